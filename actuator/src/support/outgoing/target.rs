//! The address of a call: what is asked, and what may be shown of it.

use std::fmt;

use reqwest::Url;

/// An absolute http(s) URL. Credentials in it are sent as basic authentication.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpTarget {
    url: Url,
}

impl HttpTarget {
    /// Reads it; the error says what is accepted and never repeats the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected an absolute URL such as https://shop.example/ping";
        let mut url = Url::parse(text.trim()).map_err(|error| format!("{EXPECTED} ({error})"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("{EXPECTED} (the scheme has to be http or https)"));
        }
        if url.scheme() == "https"
            && let Some(missing) = super::tls::MISSING
        {
            return Err(missing.to_owned());
        }
        url.set_fragment(None);
        Ok(Self { url })
    }

    /// The address below this one, whose path goes on with `path` (`/metrics/job/shop`), which is
    /// encoded already.
    pub fn below(&self, path: &str) -> Self {
        let mut url = self.url.clone();
        let whole = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        Self { url }
    }

    /// Whether TLS is needed.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The same address for anybody.
    pub(super) fn without_credentials(&self) -> Self {
        let mut url = self.url.clone();
        // Cannot fail: the URL has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Self { url }
    }

    /// Without credentials and query.
    pub fn shown(&self) -> String {
        let mut url = self.without_credentials().url;
        url.set_query(None);
        url.into()
    }

    /// Scheme, host and port only: the path of a webhook is its password.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

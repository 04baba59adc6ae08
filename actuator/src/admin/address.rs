//! The address of one admin server: from the setting to what is asked and what is shown.

use std::{fmt, net::IpAddr};

use reqwest::Url;

use crate::support::outgoing::{Credentials, TLS_MISSING};

/// One admin server: where to POST and DELETE.
#[derive(Clone)]
pub struct ServerAddress {
    /// `…/instances`, with the query of the setting if it had one.
    instances: Url,
    /// Credentials that stood in the URL itself.
    credentials: Option<Credentials>,
}

impl ServerAddress {
    /// Reads a base URL, with or without the API path at its end. The error says what is
    /// accepted and never repeats the text, which may hold a password.
    pub fn parse(text: &str, api_path: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected the base URL of a Spring Boot Admin server, \
                                such as http://admin.example.com:8080";
        let mut url = Url::parse(text.trim()).map_err(|error| format!("{EXPECTED} ({error})"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!("{EXPECTED} (the scheme has to be http or https)"));
        }
        if url.scheme() == "https"
            && let Some(missing) = TLS_MISSING
        {
            return Err(missing.to_owned());
        }
        let credentials = take_credentials(&mut url);
        url.set_fragment(None);
        let api_path = format!("/{}", api_path.trim_matches('/'));
        let base = url.path().trim_end_matches('/');
        let path =
            if base.ends_with(&api_path) { base.to_owned() } else { format!("{base}{api_path}") };
        url.set_path(&path);
        Ok(Self { instances: url, credentials })
    }

    /// Where a registration is sent by `POST`.
    pub fn instances(&self) -> Url {
        self.instances.clone()
    }

    /// Where the registration with this id is taken back by `DELETE`.
    pub fn instance(&self, id: &str) -> Url {
        let mut url = self.instances.clone();
        // Cannot fail: only URLs without a host have no path segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(id);
        }
        url
    }

    /// Credentials that stood in the URL.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// Whether TLS is needed.
    pub fn is_https(&self) -> bool {
        self.instances.scheme() == "https"
    }

    /// The server's address, if the URL names it by address.
    pub fn ip(&self) -> Option<IpAddr> {
        ip_of_host(self.instances.host_str()?)
    }

    /// Whether the server is named as this very machine.
    pub fn is_loopback(&self) -> bool {
        self.instances.host_str().is_some_and(is_loopback_host)
    }

    /// What may be shown: no credentials, no query.
    pub fn shown(&self) -> String {
        let mut url = self.instances.clone();
        url.set_query(None);
        url.to_string()
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// The address that a host is, as it stands in a URL: IPv6 in brackets.
pub fn ip_of_host(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a host, as it stands in a URL, is this very machine.
pub fn is_loopback_host(host: &str) -> bool {
    ip_of_host(host).map_or_else(
        || host == "localhost" || host.ends_with(".localhost"),
        |address| address.is_loopback(),
    )
}

fn take_credentials(url: &mut Url) -> Option<Credentials> {
    let decode =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = Credentials {
        username: decode(url.username()),
        password: decode(url.password().unwrap_or_default()),
    };
    // Cannot fail: the URL has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(credentials).filter(|found| !found.username.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_base_url_is_accepted_with_and_without_the_api_path() {
        for (given, asked) in [
            ("http://sba:1", "http://sba:1/instances"),
            ("http://sba:1/", "http://sba:1/instances"),
            ("http://sba:1/instances", "http://sba:1/instances"),
            ("http://sba:1/instances/", "http://sba:1/instances"),
            ("http://sba:1/ctx", "http://sba:1/ctx/instances"),
            ("http://sba:1/ctx/instances", "http://sba:1/ctx/instances"),
            ("http://sba:1/ctx?tenant=a#top", "http://sba:1/ctx/instances?tenant=a"),
        ] {
            let address = ServerAddress::parse(given, "instances").unwrap();
            assert_eq!(address.instances().as_str(), asked, "{given}");
        }
        let other = ServerAddress::parse("http://sba", "/api/instances/").unwrap();
        assert_eq!(other.instances().as_str(), "http://sba/api/instances");
    }

    #[test]
    fn the_id_goes_before_the_query_and_cannot_leave_the_path() {
        let address = ServerAddress::parse("http://sba/x?tenant=a", "instances").unwrap();
        assert_eq!(address.instance("a9/..").as_str(), "http://sba/x/instances/a9%2F..?tenant=a");
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_repeated() {
        for bad in ["admin:secret@host", "ftp://admin:secret@host", "", "localhost:8080", "/x"] {
            let error = ServerAddress::parse(bad, "instances").unwrap_err();
            assert!(error.contains("http://admin.example.com:8080"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_used_and_never_shown() {
        let address =
            ServerAddress::parse("http://a%40b:s%3Acret@sba?token=x", "instances").unwrap();
        let credentials = address.credentials().unwrap();
        assert_eq!((&*credentials.username, &*credentials.password), ("a@b", "s:cret"));
        assert_eq!(address.shown(), "http://sba/instances");
        let shown = format!("{address:?} {credentials:?}");
        assert!(!shown.contains("cret") && !shown.contains("token"), "{shown}");
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_is_read_or_refused_and_its_password_is_never_told(
            text in "\\PC{0,40}|https?://[ -~]{0,40}", password in "[a-z0-9]{16}", id in "\\PC{0,9}",
        ) {
            for text in [text.clone(), format!("https://u:{password}@{text}"), format!("{text}@{password}")] {
                let Ok(address) = ServerAddress::parse(&text, "instances") else { continue };
                let (all, one) = (address.instances(), address.instance(&id));
                prop_assert_eq!(all.host_str(), one.host_str());
                prop_assert!(all.username().is_empty() && all.password().is_none());
            }
            if let Err(error) = ServerAddress::parse(&format!("ftp://u:{password}@{text}"), "x") {
                prop_assert!(!error.contains(&password), "{}", error);
            }
        }
    }
}

//! Origins as browsers write them: `https://admin.example:8443`.

use http::{HeaderMap, Uri, header, request::Parts};

use crate::web::forwarded::Origin;

/// An origin; those of opaque pages (`null`) and what is none at all are equal to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WebOrigin {
    /// In lower case.
    scheme: String,
    /// In lower case, as it stands in a URL.
    host: String,
    port: Option<u16>,
}

impl WebOrigin {
    /// Of a text such as a header or a setting: scheme, host and port; a path is left out.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.trim().parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let port = authority.port_u16().or_else(|| default_port(&scheme));
        Some(Self { host: authority.host().to_ascii_lowercase(), scheme, port })
    }

    /// Whether a page of this origin was sent by the host of an authority (`shop.example:8080`).
    /// What stands in front of the service may have spoken another scheme with the browser, so
    /// schemes are not compared.
    fn is_of(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<http::uri::Authority>() else { return false };
        let port = authority.port_u16().or_else(|| default_port(&self.scheme));
        self.host == authority.host().to_ascii_lowercase() && self.port == port
    }
}

/// The text of the only `Origin` header; several are taken for one that is foreign.
pub(super) fn sent(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let first = values.next()?;
    Some(if values.next().is_some() { "" } else { first.to_str().unwrap_or_default() })
}

/// Whether the page that sent a request was sent by the same host.
pub(super) fn is_same(origin: &str, parts: &Parts) -> bool {
    let Some(origin) = WebOrigin::parse(origin) else { return false };
    // Behind a trusted proxy the browser knows the proxy's host, and not ours.
    let public = parts.extensions.get::<Origin>().map(|origin| &*origin.host);
    public.or_else(|| authorities(parts).next()).is_some_and(|host| origin.is_of(host))
}

/// The hosts that a request names; there should be one.
pub(super) fn authorities(parts: &Parts) -> impl Iterator<Item = &str> {
    let of_uri = parts.uri.authority().map(http::uri::Authority::as_str);
    let headers = parts.headers.get_all(header::HOST).iter();
    of_uri.into_iter().chain(headers.map(|host| host.to_str().unwrap_or("?")))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(origin: &str, host: &str) -> bool {
        let request = http::Request::builder().uri("/").header("host", host).body(());
        is_same(origin, &request.unwrap().into_parts().0)
    }

    #[test]
    fn an_origin_is_the_hosts_own_if_name_and_port_are_the_same() {
        for (origin, host) in [
            ("http://shop.example", "shop.example"),
            ("https://shop.example", "shop.example"),
            ("https://shop.example", "shop.example:443"),
            ("http://Shop.Example:8080", "shop.example:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            assert!(same(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("null", "shop.example"),
            ("", "shop.example"),
            ("shop.example", "shop.example"),
            ("http://shop.example:8081", "shop.example:8080"),
            ("http://shop.example.evil.example", "shop.example"),
            ("http://shop.example@evil.example", "shop.example"),
            ("http://evil.example", "shop.example"),
            ("file://", "shop.example"),
        ] {
            assert!(!same(origin, host), "{origin} {host}");
        }
    }
}

//! Where a call goes: scheme, host and port, as far as they are known.

use std::{borrow::Cow, fmt};

use super::NONE;

/// An origin, borrowed from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    pub scheme: Option<&'a str>,
    /// Empty if it is unknown.
    pub host: &'a str,
    /// `None` for that of the scheme.
    pub port: Option<u16>,
}

impl<'a> Origin<'a> {
    /// That host; the template tells the rest if it is a whole address.
    pub fn of(host: &'a str, template: &'a str) -> Self {
        let Some((scheme, rest)) = template.split_once("://") else {
            return Self { scheme: None, host, port: None };
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // Of an IPv6 address the last part ends with a bracket.
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        Self { scheme: Some(scheme), host, port }
    }

    /// The tag `client.name`.
    pub fn host(&self) -> &'a str {
        if self.host.is_empty() { NONE } else { self.host }
    }

    /// The tag `url.scheme`.
    pub fn scheme(&self) -> &'a str {
        self.scheme.unwrap_or(NONE)
    }

    /// The tag `server.port`.
    pub fn port(&self) -> Cow<'static, str> {
        match (self.port, self.scheme) {
            (Some(port), _) => port.to_string().into(),
            (None, Some("http")) => "80".into(),
            (None, Some("https")) => "443".into(),
            (None, _) => NONE.into(),
        }
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme(), self.host(), self.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_is_a_whole_address_tells_scheme_and_port() {
        let cases = [
            ("/users/{id}", "none://shop:none"),
            ("http://shop/users/{id}", "http://shop:80"),
            ("https://shop:8443/users?at=a:1", "https://shop:8443"),
            ("https://[::1]/users", "https://shop:443"),
            ("https://[::1]:8443", "https://shop:8443"),
            ("ftp://shop/x", "ftp://shop:none"),
        ];
        for (template, origin) in cases {
            assert_eq!(Origin::of("shop", template).to_string(), origin, "{template}");
        }
        assert_eq!(Origin::of("", "").to_string(), "none://none:none");
    }
}

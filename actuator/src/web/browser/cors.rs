//! CORS by Spring's settings (`management.endpoints.web.cors.*`), to the letter of what Spring
//! answers (recorded: `run-cors`, `run-cors-any`, `run-cors-pattern`).

use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};

use super::{super::refusal::Refusal, origin};

/// Bytes of `Access-Control-Request-Headers` that are looked at.
const MAX_REQUESTED: usize = 4_096;
const VARY: [&str; 3] =
    ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];

/// Who may call from pages of other origins.
#[derive(Clone, Debug)]
pub(super) struct Cors {
    /// Origins, without a slash at the end.
    pub(super) origins: Vec<String>,
    /// Any origin may.
    pub(super) any_origin: bool,
    pub(super) patterns: Vec<OriginPattern>,
    /// In upper case; `*` for all.
    pub(super) methods: Vec<String>,
    /// In lower case; `*` for all.
    pub(super) headers: Vec<String>,
    /// Joined.
    pub(super) exposed: Option<HeaderValue>,
    pub(super) credentials: bool,
    /// In seconds.
    pub(super) max_age: HeaderValue,
}

/// What a browser is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct CorsGrant {
    /// Whether the answer depends on who asks.
    vary: bool,
    origin: Option<HeaderValue>,
    exposed: Option<HeaderValue>,
    credentials: bool,
    preflight: Option<PreflightGrant>,
}

#[derive(Clone, Debug)]
struct PreflightGrant {
    methods: HeaderValue,
    headers: Option<HeaderValue>,
    max_age: HeaderValue,
}

impl Cors {
    /// Judges a request of a page of another origin.
    pub(super) fn judge(
        &self,
        parts: &Parts,
        preflight: bool,
        grant: &mut CorsGrant,
    ) -> Result<(), Refusal> {
        let Some(origin) = origin::sent(&parts.headers) else { return Ok(()) };
        if !self.allows(origin) {
            return Err(refusal());
        }
        let method = if preflight { requested_method(parts) } else { Some(parts.method.as_str()) };
        if !method.is_some_and(|method| self.allows_method(method)) {
            return Err(refusal());
        }
        if preflight {
            let allowed = self.allowed_headers(parts)?;
            grant.preflight = HeaderValue::try_from(self.methods_for(method)).ok().map(|methods| {
                PreflightGrant { methods, headers: allowed, max_age: self.max_age.clone() }
            });
        }
        let any = self.any_origin && !self.credentials;
        let told = if any { "*" } else { origin };
        grant.origin = HeaderValue::try_from(told).ok();
        grant.exposed.clone_from(&self.exposed);
        grant.credentials = self.credentials;
        Ok(())
    }

    fn allows(&self, origin: &str) -> bool {
        let origin = origin.strip_suffix('/').unwrap_or(origin);
        !origin.is_empty()
            && (self.any_origin
                || self.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
                || self.patterns.iter().any(|pattern| pattern.matches(origin)))
    }

    fn allows_method(&self, method: &str) -> bool {
        self.methods.iter().any(|allowed| allowed == "*" || allowed == method)
    }

    fn methods_for(&self, method: Option<&str>) -> String {
        if self.methods.iter().any(|allowed| allowed == "*") {
            return method.unwrap_or_default().to_owned();
        }
        self.methods.join(",")
    }

    /// Those of the requested headers that are allowed; refuses if none of them is.
    fn allowed_headers(&self, parts: &Parts) -> Result<Option<HeaderValue>, Refusal> {
        let requested = parts.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let requested = requested.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if requested.len() > MAX_REQUESTED {
            return Err(refusal());
        }
        let names = requested.split(',').map(str::trim).filter(|name| !name.is_empty());
        let allowed: Vec<&str> = names.clone().filter(|name| self.allows_header(name)).collect();
        if allowed.is_empty() {
            let asked = names.count() > 0;
            return if asked { Err(refusal()) } else { Ok(None) };
        }
        Ok(HeaderValue::try_from(allowed.join(", ")).ok())
    }

    fn allows_header(&self, name: &str) -> bool {
        self.headers.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(name))
    }
}

impl CorsGrant {
    /// CORS is on, and was not needed.
    pub(super) fn not_asked() -> Self {
        Self { vary: true, ..Self::default() }
    }

    /// Whether a page of another origin may have what it asked for.
    pub(super) fn allows_origin(&self) -> bool {
        self.origin.is_some()
    }

    /// Writes the headers.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        if self.vary {
            for name in VARY {
                headers.append(header::VARY, HeaderValue::from_static(name));
            }
        }
        let Some(origin) = self.origin else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if let Some(exposed) = self.exposed {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
        if self.credentials {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        if let Some(preflight) = self.preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, preflight.methods);
            if let Some(allowed) = preflight.headers {
                headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
            }
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, preflight.max_age);
        }
    }
}

fn requested_method(parts: &Parts) -> Option<&str> {
    let method = parts.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    method.to_str().ok().filter(|method| Method::from_bytes(method.as_bytes()).is_ok())
}

fn refusal() -> Refusal {
    Refusal::text(StatusCode::FORBIDDEN, "Invalid CORS request")
}

/// A pattern of origins as Spring has it: `https://*.example.com`, with a list of ports at the end
/// if there are several: `https://*.example.com:[8080,8443]`, `:[*]` for any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OriginPattern {
    /// What stands between the stars.
    pieces: Vec<String>,
    ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ports {
    /// They are part of the text, or there is none.
    Written,
    Any,
    Of(Vec<u16>),
}

impl OriginPattern {
    /// Reads a pattern; tells what is expected of a bad one.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected a pattern such as https://*.example.com:[8080,8443]".to_owned();
        let text = text.trim();
        let text = text.strip_suffix('/').unwrap_or(text);
        let (text, ports) = match text.strip_suffix(']').and_then(|text| text.rsplit_once(":[")) {
            Some((text, "*")) => (text, Ports::Any),
            Some((text, list)) if !list.contains(':') => {
                let ports: Result<Vec<u16>, _> =
                    list.split(',').map(|port| port.trim().parse()).collect();
                (text, Ports::Of(ports.map_err(|_| expected())?))
            }
            _ => (text, Ports::Written),
        };
        if text.is_empty() || text != "*" && !text.contains("://") {
            return Err(expected());
        }
        let pieces = text.to_ascii_lowercase().split('*').map(str::to_owned).collect();
        Ok(Self { pieces, ports })
    }

    pub(super) fn matches(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        match &self.ports {
            Ports::Written => self.matches_text(&origin),
            ports => {
                let (text, port) = match origin.rsplit_once(':') {
                    Some((text, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
                        (text, port.parse().ok())
                    }
                    _ => (origin.as_str(), None),
                };
                let fits = match (ports, port) {
                    (Ports::Of(ports), Some(port)) => ports.contains(&port),
                    (Ports::Of(_), None) => false,
                    _ => true,
                };
                fits && self.matches_text(text)
            }
        }
    }

    /// Each star is any text. The pieces are looked for one behind the other, so that no pattern
    /// takes longer than its length times that of the text.
    fn matches_text(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        let Some(text) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, between)) = rest.split_last() else { return text.is_empty() };
        let mut text = text;
        for piece in between {
            let Some(at) = text.find(piece.as_str()) else { return false };
            text = text.get(at + piece.len()..).unwrap_or_default();
        }
        text.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_springs_do() {
        let matches =
            |pattern: &str, origin: &str| OriginPattern::parse(pattern).unwrap().matches(origin);
        assert!(matches("http://*.good.example", "http://a.good.example"));
        assert!(matches("http://*.good.example", "HTTP://a.b.good.example"));
        assert!(!matches("http://*.good.example", "https://a.good.example"));
        assert!(!matches("http://*.good.example", "http://good.example"));
        assert!(!matches("http://*.good.example", "http://a.good.example.evil"));
        assert!(matches("*", "https://x.example:1"));
        assert!(matches("https://*.x.example:[8080,8443]", "https://a.x.example:8443"));
        assert!(!matches("https://*.x.example:[8080,8443]", "https://a.x.example:81"));
        assert!(!matches("https://*.x.example:[8080]", "https://a.x.example"));
        assert!(matches("https://x.example:[*]", "https://x.example:1"));
        assert!(matches("https://x.example:[*]", "https://x.example"));
        for bad in ["", "x.example", "https://x:[a]"] {
            assert!(OriginPattern::parse(bad).is_err(), "{bad}");
        }
    }
}

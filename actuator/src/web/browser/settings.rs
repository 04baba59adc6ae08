//! What can be set about browsers.

use std::time::Duration;

use http::HeaderValue;

use super::{
    cors::{Cors, OriginPattern},
    origin::WebOrigin,
};
use crate::settings::SettingsReader;

const ORIGINS: &str = "management.endpoints.web.cors.allowed-origins";
const PATTERNS: &str = "management.endpoints.web.cors.allowed-origin-patterns";
const METHODS: &str = "management.endpoints.web.cors.allowed-methods";
const HEADERS: &str = "management.endpoints.web.cors.allowed-headers";
const EXPOSED: &str = "management.endpoints.web.cors.exposed-headers";
const CREDENTIALS: &str = "management.endpoints.web.cors.allow-credentials";
const MAX_AGE: &str = "management.endpoints.web.cors.max-age";
const TRUSTED: &str = "actuator.security.trusted-origins";

/// `management.endpoints.web.cors.*`, and what is said of hosts, origins and headers.
#[derive(Debug, Default)]
pub(crate) struct BrowserSettings {
    /// None: no page of another origin may call.
    pub(super) cors: Option<Cors>,
    /// Names by which a listener on loopback may be called.
    pub(super) allowed_hosts: Vec<String>,
    /// Origins whose pages may change something.
    pub(super) trusted_origins: Vec<String>,
    /// Whether answers tell browsers how to treat them.
    pub(super) headers: bool,
}

impl BrowserSettings {
    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let trusted_origins = reader.list(TRUSTED).unwrap_or_default();
        if trusted_origins.iter().any(|origin| WebOrigin::parse(origin).is_none()) {
            reader.reject(TRUSTED, "expected origins such as https://admin.example:8443");
        }
        Self {
            cors: cors(reader),
            allowed_hosts: reader.list("actuator.security.allowed-hosts").unwrap_or_default(),
            trusted_origins,
            headers: reader.value_or("actuator.security.headers.enabled", true),
        }
    }
}

/// CORS is on once origins or patterns of them are named.
fn cors(reader: &mut SettingsReader<'_>) -> Option<Cors> {
    let origins = reader.list(ORIGINS).unwrap_or_default();
    let patterns = patterns(reader);
    let any_origin = origins.iter().any(|origin| origin == "*");
    let credentials = reader.value_or(CREDENTIALS, false);
    let max_age: Duration = reader.value_or(MAX_AGE, Duration::from_mins(30));
    if any_origin && credentials {
        let complaint =
            format!("* cannot be together with {CREDENTIALS}; name the origins, or use {PATTERNS}");
        reader.reject(ORIGINS, complaint);
    }
    if origins.iter().any(|origin| origin != "*" && WebOrigin::parse(origin).is_none()) {
        reader.reject(ORIGINS, "expected origins such as https://shop.example, or *");
    }
    let methods = methods(reader);
    let exposed = reader.list(EXPOSED).filter(|names| !names.is_empty());
    let exposed = exposed.and_then(|names| {
        let value = HeaderValue::try_from(names.join(", "));
        value.inspect_err(|_| reader.reject(EXPOSED, "expected names of headers")).ok()
    });
    let headers = reader.list(HEADERS).unwrap_or_default();
    (!origins.is_empty() || !patterns.is_empty()).then(|| Cors {
        origins: origins.iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect(),
        any_origin,
        patterns,
        methods,
        headers,
        exposed,
        credentials,
        max_age: max_age.as_secs().into(),
    })
}

fn patterns(reader: &mut SettingsReader<'_>) -> Vec<OriginPattern> {
    let mut patterns = Vec::new();
    for text in reader.list(PATTERNS).unwrap_or_default() {
        match OriginPattern::parse(&text) {
            Ok(pattern) => patterns.push(pattern),
            Err(expected) => reader.reject(PATTERNS, expected),
        }
    }
    patterns
}

/// GET and HEAD unless some are named.
fn methods(reader: &mut SettingsReader<'_>) -> Vec<String> {
    let named = reader.list(METHODS).filter(|methods| !methods.is_empty());
    let named = named.unwrap_or_else(|| vec!["GET".to_owned(), "HEAD".to_owned()]);
    let is_token =
        |method: &String| method == "*" || http::Method::from_bytes(method.as_bytes()).is_ok();
    if !named.iter().all(is_token) {
        reader.reject(METHODS, "expected methods such as GET, POST");
    }
    named.iter().map(|method| method.to_ascii_uppercase()).collect()
}

//! `Server-Timing`: how long a request took, told to the browser or caller that waits for it
//! (<https://www.w3.org/TR/server-timing/>).

use std::{
    convert::Infallible,
    fmt::Write as _,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

/// So many parts are told; a loop that adds one each time must not fill the header.
const MAX_PARTS: usize = 32;
const MAX_NAME: usize = 64;
const HEADER: HeaderName = HeaderName::from_static("server-timing");

/// The parts of a request that the application measures by itself, for the header
/// `Server-Timing`. A handler takes it as a parameter; while
/// `actuator.server-timing.enabled` is off, what is added goes nowhere.
///
/// ```
/// use actuator::ServerTiming;
///
/// async fn order(timing: ServerTiming) -> &'static str {
///     timing.measure("db", async { /* ask the database */ }).await;
///     "an order"
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ServerTiming {
    parts: Option<Arc<Mutex<MeasuredParts>>>,
}

/// Names and how long they took.
type MeasuredParts = Vec<(String, Duration)>;

impl ServerTiming {
    /// Adds a part that took so long. Parts of one name are summed. In a name, what a header
    /// cannot hold becomes `_`.
    pub fn add(&self, name: &str, duration: Duration) {
        let Some(parts) = &self.parts else { return };
        let name: String = name.chars().take(MAX_NAME).map(token).collect();
        let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, total)) = parts.iter_mut().find(|(known, _)| *known == name) {
            *total = total.saturating_add(duration);
        } else if parts.len() < MAX_PARTS && !name.is_empty() {
            parts.push((name, duration));
        }
    }

    /// Waits for a future and adds how long it took.
    pub async fn measure<T>(&self, name: &str, future: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = future.await;
        self.add(name, started.elapsed());
        result
    }

    /// One that keeps what is added.
    pub(super) fn kept() -> Self {
        Self { parts: Some(Arc::default()) }
    }

    /// Writes the header: the route and how long the request took on the wall, then the parts.
    pub(super) fn write(&self, route: &str, took: Duration, headers: &mut HeaderMap) {
        let mut value = String::with_capacity(64);
        // Writing to a string cannot fail.
        let _ = write!(value, "route;desc=\"{}\";dur={}", quoted(route), Millis(took));
        let parts = self
            .parts
            .iter()
            .flat_map(|parts| parts.lock().unwrap_or_else(PoisonError::into_inner).clone());
        for (name, duration) in parts {
            let _ = write!(value, ", {name};dur={}", Millis(duration));
        }
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(HEADER, value);
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ServerTiming {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Milliseconds with microseconds, as browsers read them.
struct Millis(Duration);

impl std::fmt::Display for Millis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = self.0.as_micros();
        write!(f, "{}.{:03}", micros / 1_000, micros % 1_000)
    }
}

/// A character of an RFC 9110 token.
fn token(c: char) -> char {
    let is_token = c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if is_token { c } else { '_' }
}

/// The content of a quoted string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => quoted.push('?'),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(timing: &ServerTiming, route: &str) -> String {
        let mut headers = HeaderMap::new();
        timing.write(route, Duration::from_micros(12_345), &mut headers);
        headers["server-timing"].to_str().unwrap().to_owned()
    }

    #[test]
    fn parts_are_summed_by_name_and_bounded() {
        let timing = ServerTiming::kept();
        timing.add("db", Duration::from_millis(2));
        timing.add("db", Duration::from_millis(3));
        timing.add("a b\"\r\n", Duration::from_millis(1));
        let written = header(&timing, "/orders/{id}");
        let expected = r#"route;desc="/orders/{id}";dur=12.345, db;dur=5.000, a_b___;dur=1.000"#;
        assert_eq!(written, expected);
        (0..1_000).for_each(|n| timing.add(&n.to_string(), Duration::ZERO));
        assert!(header(&timing, "/").len() < 1_000);
    }

    #[test]
    fn a_route_that_no_header_holds_is_made_to_fit() {
        let written = header(&ServerTiming::kept(), "/\"ä\\\n");
        assert_eq!(written, r#"route;desc="/\"?\\?";dur=12.345"#);
    }
}

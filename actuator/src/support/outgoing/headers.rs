//! Headers of a call that somebody chose.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Headers to send with a call; all values are secrets, so no debug output shows them.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    map: HeaderMap,
}

impl Headers {
    /// Adds a header, in place of one of the same name. The error says what is accepted and does
    /// not repeat the value.
    pub fn insert(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.map.insert(name, value);
                Ok(())
            }
            _ => Err("expected the name of an HTTP header and a value of visible ASCII characters"),
        }
    }

    /// Adds all others, each in place of one of the same name.
    pub fn extend(&mut self, others: &Self) {
        for (name, value) in &others.map {
            self.map.insert(name, value.clone());
        }
    }

    /// Whether there is one of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// As the client takes them.
    pub fn into_map(self) -> HeaderMap {
        self.map
    }
}

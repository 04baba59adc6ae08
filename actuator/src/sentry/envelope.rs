//! Sentry's framing: a line about the whole, then for each item a line about it, and the item.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher as _, Hasher as _},
    time::SystemTime,
};

use serde_json::{Value, json};

/// The id of an event: a UUID of version 4, in 32 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventId(u128);

impl EventId {
    /// One that was never given before.
    pub(super) fn new() -> Self {
        // Each state has keys of its own, from the system's randomness.
        let half = || u128::from(RandomState::new().build_hasher().finish());
        let bits = half() << 64 | half();
        let version = bits & !(0xf << 76) | 0x4 << 76;
        Self(version & !(0x3 << 62) | 0x2 << 62)
    }
}

impl EventId {
    /// As a number, never 0.
    pub(super) fn number(self) -> u128 {
        self.0
    }

    /// A half of it, as ids of spans are; never 0.
    pub(super) fn half(self) -> u64 {
        // The bits of the variant are in it.
        u64::try_from(self.0 & u128::from(u64::MAX)).unwrap_or(1)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// An envelope that is being written.
#[derive(Debug)]
pub(super) struct Envelope {
    bytes: Vec<u8>,
}

impl Envelope {
    /// An envelope for what is about this event.
    pub(super) fn new(id: EventId) -> Self {
        let sent_at = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let header = json!({ "event_id": id.to_string(), "sent_at": sent_at });
        Self { bytes: header.to_string().into_bytes() }
    }

    /// Adds an item of this type.
    pub(super) fn add(&mut self, kind: &str, item: &Value) {
        let item = item.to_string();
        let header = json!({ "type": kind, "length": item.len() }).to_string();
        for line in [header, item] {
            self.bytes.push(b'\n');
            self.bytes.extend_from_slice(line.as_bytes());
        }
    }

    /// As it is sent.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_4_and_never_given_twice() {
        let ids: std::collections::HashSet<String> =
            (0..1_000).map(|_| EventId::new().to_string()).collect();
        assert_eq!(ids.len(), 1_000);
        for id in ids {
            let (version, variant) = (id.as_bytes()[12], id.as_bytes()[16]);
            assert!(id.len() == 32 && version == b'4' && b"89ab".contains(&variant), "{id}");
        }
    }
}

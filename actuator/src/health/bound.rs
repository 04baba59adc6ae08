//! Keeps what a check says small enough to be shown: 64 KiB of details, 16 levels deep.

use super::health::Health;
use crate::support::json::is_deeper_than;

const MAX_BYTES: usize = 64 * 1024;
const MAX_DEPTH: usize = 16;
const NOTE: &str = "note";

/// The health with details that are too deep, or too large together, replaced by a note.
pub(super) fn bounded(health: Health) -> Health {
    let mut bytes =
        health.status().description().map_or(0, str::len) + health.status().code().len();
    let mut too_deep = false;
    for (key, value) in health.details() {
        bytes = bytes.saturating_add(key.len()).saturating_add(value.get().len());
        too_deep |= is_deeper_than(value.get(), MAX_DEPTH);
    }
    if bytes > MAX_BYTES {
        return replaced(&health, "details left out: they are larger than 64 KiB");
    }
    if too_deep {
        return replaced(&health, "details left out: they are nested deeper than 16 levels");
    }
    health
}

fn replaced(health: &Health, note: &'static str) -> Health {
    let mut status = health.status().clone();
    let described = status.description().map_or(0, str::len);
    if status.code().len() + described > MAX_BYTES {
        status = super::health::Status::UNKNOWN;
    }
    Health::new(status).with_detail(NOTE, note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    fn note(health: &Health) -> Option<String> {
        let (_, value) = health.details().find(|(key, _)| *key == NOTE)?;
        Some(value.get().to_owned())
    }

    #[test]
    fn large_details_are_replaced_by_a_note_and_the_status_stays() {
        let health = bounded(Health::down().with_detail("dump", "x".repeat(70_000)));
        assert_eq!(health.status(), &Status::DOWN);
        assert!(note(&health).unwrap().contains("64 KiB"));
        let many = (0..100)
            .fold(Health::up(), |health, n| health.with_detail(format!("d{n}"), "x".repeat(1_000)));
        assert!(note(&bounded(many)).is_some());
    }

    #[test]
    fn deep_details_are_replaced_by_a_note_but_brackets_in_texts_do_not_count() {
        let deep = |levels: usize| {
            let mut value = serde_json::json!("end of a rather long text, so that it is looked at");
            for _ in 0..levels {
                value = serde_json::json!([value]);
            }
            bounded(Health::up().with_detail("tree", value))
        };
        assert!(note(&deep(16)).is_none());
        assert!(note(&deep(17)).is_some());
        let text =
            bounded(Health::up().with_detail("text", ["\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[["; 2]));
        assert!(note(&text).is_none());
    }
}

//! One event: bounded, and cheap to hand around.

use std::{io, sync::Arc, time::SystemTime};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    model::sanitizer::Sanitizer,
    support::{json::is_deeper_than, text::shortened, time::printable},
};

/// Bytes of the data, as JSON.
const MAX_DATA: usize = 8 * 1024;
/// Levels of lists and objects in the data.
const MAX_DEPTH: usize = 16;
/// Bytes of the principal, and of the type.
const MAX_NAME: usize = 256;

/// Something that somebody did, or that happened.
///
/// It takes a bounded number of bytes: names are cut at 256, data of more than 8 KiB or 16 levels
/// gives way to a member `note` that says so. Clones share what they hold.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    timestamp: SystemTime,
    principal: Arc<str>,
    event_type: Arc<str>,
    data: Option<Arc<RawValue>>,
}

impl AuditEvent {
    /// An event of any time from 1970 to 9999; other times are moved there.
    ///
    /// `principal` is who did it, or empty. `data` is anything that is written as a JSON object:
    /// a struct, a map, `json!({…})`; `()` is none, and another kind of value becomes the member
    /// `value` of an object.
    pub fn new(
        timestamp: SystemTime,
        principal: impl AsRef<str>,
        event_type: impl AsRef<str>,
        data: impl Serialize,
    ) -> Self {
        Self {
            timestamp: printable(timestamp),
            principal: shortened(principal.as_ref(), MAX_NAME).into(),
            event_type: shortened(event_type.as_ref(), MAX_NAME).into(),
            data: data_of(&data).map(Arc::from),
        }
    }

    /// An event that was kept: its data is as it was written, if that is an object.
    pub(super) fn restored(
        timestamp: SystemTime,
        principal: &str,
        event_type: &str,
        data: Option<&RawValue>,
    ) -> Self {
        let data = data
            .filter(|data| data.get().starts_with('{') && !is_deeper_than(data.get(), MAX_DEPTH));
        Self {
            data: data.map(|data| Arc::from(data.to_owned())),
            ..Self::new(timestamp, principal, event_type, ())
        }
    }

    /// When it happened.
    pub fn timestamp(&self) -> SystemTime {
        self.timestamp
    }

    /// Who did it; empty if nobody in particular.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// What it was, such as `AUTHENTICATION_SUCCESS`.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// What else is known: a JSON object that is not empty.
    pub fn data(&self) -> Option<&RawValue> {
        self.data.as_deref()
    }

    /// The event without the secrets in it.
    pub(super) fn sanitized(mut self, sanitizer: &Sanitizer) -> Self {
        for name in [&mut self.principal, &mut self.event_type] {
            if let std::borrow::Cow::Owned(clean) = sanitizer.sanitize_text(name) {
                *name = clean.into();
            }
        }
        if let Some(data) = &self.data
            && let std::borrow::Cow::Owned(clean) = sanitizer.sanitize_text(data.get())
        {
            let clean = RawValue::from_string(clean).ok();
            self.data = clean.or_else(|| note("data left out: it cannot be shown")).map(Arc::from);
        }
        self
    }
}

fn data_of(data: &impl Serialize) -> Option<Box<RawValue>> {
    let mut json = Bounded(Vec::new());
    if let Err(error) = serde_json::to_writer(&mut json, data) {
        return if error.is_io() {
            note("data left out: it is larger than 8 KiB")
        } else {
            note(&format!("data left out: it is not JSON: {error}"))
        };
    }
    let json = String::from_utf8(json.0).ok()?;
    if is_deeper_than(&json, MAX_DEPTH) {
        return note("data left out: it is nested deeper than 16 levels");
    }
    let json = match json.as_str() {
        "null" | "{}" => return None,
        object if object.starts_with('{') => json,
        value => format!("{{\"value\":{value}}}"),
    };
    RawValue::from_string(json).ok()
}

fn note(text: &str) -> Option<Box<RawValue>> {
    #[derive(Serialize)]
    struct Note<'t> {
        note: &'t str,
    }
    serde_json::value::to_raw_value(&Note { note: shortened(text, MAX_NAME) }).ok()
}

/// Takes no more than [`MAX_DATA`] bytes, so that huge data is not even written.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_DATA {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use serde_json::{Value, json};

    use super::*;

    fn data(data: impl Serialize) -> Option<String> {
        let event = AuditEvent::new(SystemTime::UNIX_EPOCH, "kim", "T", data);
        event.data().map(|data| data.get().to_owned())
    }

    #[test]
    fn data_is_an_object_or_absent_whatever_it_was() {
        #[derive(Serialize)]
        struct Order {
            number: u32,
        }
        assert_eq!(data(Order { number: 7 }).unwrap(), r#"{"number":7}"#);
        assert_eq!(data(json!({"b": [1], "a": null})).unwrap(), r#"{"a":null,"b":[1]}"#);
        assert_eq!(data("disk full").unwrap(), r#"{"value":"disk full"}"#);
        assert_eq!(data([1, 2]).unwrap(), r#"{"value":[1,2]}"#);
        assert_eq!((data(()), data(json!({})), data(None::<u8>)), (None, None, None));
    }

    #[test]
    fn data_that_is_too_large_too_deep_or_no_json_gives_way_to_a_note() {
        let mut deep = json!("end of a rather long text, so that it is looked at");
        for _ in 0..17 {
            deep = json!([deep]);
        }
        let no_json = BTreeMap::from([(vec![1], 2)]);
        for (given, word) in [
            (data("x".repeat(9_000)), "8 KiB"),
            (data(vec![0; 1_000_000]), "8 KiB"),
            (data(deep), "16 levels"),
            (data(no_json), "not JSON"),
        ] {
            let given: Value = serde_json::from_str(&given.unwrap()).unwrap();
            assert!(given["note"].as_str().unwrap().contains(word), "{given}");
        }
        assert!(data("x".repeat(8_000)).unwrap().len() > 8_000, "what fits is kept");
    }

    #[test]
    fn names_are_cut_at_a_character_and_times_are_moved_to_where_they_can_be_written() {
        let long = "ü".repeat(1_000);
        let past = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        let event = AuditEvent::new(past, &long, &long, ());
        assert_eq!((event.principal().len(), event.event_type().len()), (256, 256));
        assert_eq!(event.timestamp(), SystemTime::UNIX_EPOCH);
        let future = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000_000);
        let event = AuditEvent::new(future, "", "T", ());
        let text = crate::support::time::iso_instant(event.timestamp());
        assert_eq!(text, "9999-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn secrets_in_data_are_masked() {
        let event = AuditEvent::new(
            SystemTime::UNIX_EPOCH,
            "kim",
            "T",
            json!({"password": "hunter2", "url": "redis://:pw@h", "n": 1}),
        );
        let event = event.sanitized(&Sanitizer::default());
        let expected = r#"{"n":1,"password":"******","url":"redis://:******@h"}"#;
        assert_eq!(event.data().unwrap().get(), expected);
    }
}

//! How a Sentry server reads what it is sent, stricter than the real one: for tests.

use serde_json::Value;

/// The key of the project.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The DSN of project 42 at a server of this address.
pub fn dsn(address: std::net::SocketAddr) -> String {
    format!("http://{KEY}@{address}/42")
}

/// An envelope that is as the protocol wants it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The items, by their type.
    pub items: Vec<(String, Value)>,
}

impl Received {
    /// Reads a request: its first line without the version, its header lines with names in lower
    /// case, its body.
    ///
    /// # Panics
    /// At everything that is not as it should be.
    #[track_caller]
    pub fn read(line: &str, headers: &str, body: &[u8]) -> Self {
        assert_eq!(line, "POST /api/42/envelope/");
        let header = |name: &str| {
            let value =
                headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_else(|| panic!("no header {name} in {headers}"))
        };
        assert_eq!(header("content-type"), "application/x-sentry-envelope");
        assert_eq!(header("content-length"), body.len().to_string());
        check_authentication(header("x-sentry-auth"));
        let (first, mut rest) = split_line(body);
        let envelope = object(first);
        let id = envelope["event_id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        assert!(humantime::parse_rfc3339(envelope["sent_at"].as_str().unwrap()).is_ok());
        let mut items = Vec::new();
        while !rest.is_empty() {
            let (head, behind) = split_line(rest);
            let head = object(head);
            let length = usize::try_from(head["length"].as_u64().unwrap()).unwrap();
            let (item, behind) = behind.split_at(length);
            rest = if behind.is_empty() { behind } else { behind.strip_prefix(b"\n").unwrap() };
            let item = object(item);
            if item.get("event_id").is_some() {
                assert_eq!(item["event_id"], id);
            }
            items.push((head["type"].as_str().unwrap().to_owned(), item));
        }
        assert!(!items.is_empty());
        check_by_the_library(body, &items);
        Self { items }
    }

    /// The item of this type.
    pub fn item(&self, kind: &str) -> Option<&Value> {
        self.items.iter().find(|(found, _)| found == kind).map(|(_, item)| item)
    }

    /// The event.
    #[track_caller]
    pub fn event(&self) -> &Value {
        self.item("event").unwrap()
    }

    /// What the event says: its message, or that of the last exception.
    #[track_caller]
    pub fn says(&self) -> &str {
        let event = self.event();
        let exception = event["exception"]["values"].as_array().and_then(|all| all.last());
        let said = event["message"].as_str().or_else(|| exception?["value"].as_str());
        said.unwrap_or_else(|| panic!("{event}"))
    }
}

fn check_authentication(value: &str) {
    let pairs = value.strip_prefix("Sentry ").unwrap().split(", ");
    let mut names = Vec::new();
    for (name, value) in pairs.map(|pair| pair.split_once('=').unwrap()) {
        match name {
            "sentry_version" => assert_eq!(value, "7"),
            "sentry_key" => assert_eq!(value, KEY),
            "sentry_client" => assert!(value.starts_with("actuator/"), "{value}"),
            other => panic!("{other} in {value}"),
        }
        names.push(name);
    }
    names.sort_unstable();
    assert_eq!(names, ["sentry_client", "sentry_key", "sentry_version"]);
}

/// The protocol as Sentry's own library for Rust has it.
fn check_by_the_library(body: &[u8], items: &[(String, Value)]) {
    use sentry_types::protocol::v7::{Envelope, Event, Transaction};

    let read = Envelope::from_slice(body).unwrap();
    assert_eq!(read.items().count(), items.len());
    for (_, item) in items.iter().filter(|(kind, _)| kind == "transaction") {
        let _: Transaction<'_> = serde_json::from_value(item.clone()).unwrap();
    }
    for (kind, item) in items.iter().filter(|(kind, _)| kind == "event") {
        let event: Event<'_> = serde_json::from_value(item.clone()).unwrap();
        // Whatever it does not know goes into no member of its own.
        let again = serde_json::to_value(&event).unwrap();
        for name in item.as_object().unwrap().keys() {
            // The library leaves defaults out.
            let is_default = name == "level" && item[name] == "error";
            let is_empty = item[name].as_object().is_some_and(serde_json::Map::is_empty)
                || item[name]["values"].as_array().is_some_and(Vec::is_empty);
            assert!(
                is_default || is_empty || again.get(name).is_some(),
                "{kind}: {name} is unknown to the library"
            );
        }
    }
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    (&bytes[..end], &bytes[end + 1..])
}

fn object(bytes: &[u8]) -> Value {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    assert!(value.is_object(), "{value}");
    value
}

//! Which settings are read, which are refused, and what they decide.

use super::{include::INCLUDE, *};
use crate::settings::Settings;

fn read(settings: &[(&str, &str)]) -> Result<ExchangeSettings, String> {
    let builder =
        settings.iter().fold(Settings::builder(), |b, (name, value)| b.force(name, *value));
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = ExchangeSettings::read(&mut reader);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

#[test]
fn what_is_included_replaces_the_defaults() {
    let expected = Include { request_headers: true, remote_address: true, ..Include::NOTHING };
    assert_eq!(
        read(&[(INCLUDE, "request-headers, REMOTE_ADDRESS")]),
        Ok(ExchangeSettings { include: expected, ..ExchangeSettings::default() })
    );
}

#[test]
fn bad_values_are_refused_by_name() {
    for (name, value, complaint) in [
        (INCLUDE, "everything", "everything is none of"),
        (CAPACITY, "-1", CAPACITY),
        (MAX_BYTES, "0", "more than 0"),
        (EXCLUDE_PATHS, "static/**", "does not begin with /"),
        ("actuator.httpexchanges.include-bodies", "all", "neither request nor response"),
        ("actuator.httpexchanges.max-body-size", "65KB", "from 1B to 64KB"),
        ("actuator.httpexchanges.max-body-size", "0", "from 1B to 64KB"),
        ("actuator.httpexchanges.request-headers", "x a", "no name of a header"),
        ("actuator.httpexchanges.exclude-headers", "*-id", "no name of a header"),
    ] {
        let message = read(&[(name, value)]).unwrap_err();
        assert!(message.contains(complaint) && message.contains(name), "{message}");
    }
}

#[test]
fn any_capacity_can_be_set_and_none_records_nothing() {
    for capacity in ["1", "100000", "1000000000"] {
        let settings = read(&[(CAPACITY, capacity)]).unwrap();
        assert!(settings.is_recording() && settings.capacity.to_string() == capacity);
    }
    assert!(!read(&[(CAPACITY, "0")]).unwrap().is_recording());
    assert_eq!(read(&[(MAX_BYTES, "10MB")]).unwrap().max_bytes, 10 * 1024 * 1024);
}

#[test]
fn listed_headers_are_recorded_unless_they_need_a_switch_of_their_own() {
    let settings = read(&[
        ("actuator.httpexchanges.request-headers", "Accept, x-*, cookie, authorization"),
        ("actuator.httpexchanges.exclude-headers", "X-Internal-*"),
    ])
    .unwrap();
    let records = |name| settings.records_header(Direction::Request, name);
    assert!(records("accept") && records("x-request-id"));
    for name in ["user-agent", "x-internal-id", "cookie", "authorization"] {
        assert!(!records(name), "{name}");
    }
    assert!(settings.records_header(Direction::Response, "content-type"));
    let all = read(&[("actuator.httpexchanges.request-headers", "accept, *")]).unwrap();
    assert_eq!(all.request_headers, HeaderNames::All);
    let none = read(&[("actuator.httpexchanges.response-headers", "")]).unwrap();
    assert!(!none.records_header(Direction::Response, "content-type"));
}

#[test]
fn requests_are_left_out_by_path_by_method_and_by_being_of_the_management() {
    let settings = read(&[
        (EXCLUDE_PATHS, "/healthz,/static/**"),
        (EXCLUDE_METHODS, "options"),
        ("actuator.httpexchanges.management-requests", "false"),
    ])
    .unwrap();
    assert!(settings.records("GET", "/orders", false));
    assert!(!settings.records("GET", "/orders", true));
    assert!(!settings.records("OPTIONS", "/orders", false));
    assert!(!settings.records("GET", "/static/app.js", false));
    assert!(settings.records("GET", "/healthz-foo", false));
}

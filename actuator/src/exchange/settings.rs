//! What can be set about recording exchanges.

use crate::settings::SettingsReader;

const INCLUDE: &str = "management.httpexchanges.recording.include";
/// The older name, from when the endpoint was called `httptrace`.
const OLD_INCLUDE: &str = "management.trace.http.include";

/// `management.httpexchanges.*`, and `actuator.httpexchanges.*` where Spring has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeSettings {
    /// `management.httpexchanges.recording.enabled`, on by default.
    pub enabled: bool,
    /// `management.httpexchanges.recording.include`: what is recorded beside method, URI and
    /// status.
    pub include: Include,
    /// `actuator.httpexchanges.capacity`: how many are remembered, by default 100.
    pub capacity: usize,
    /// `actuator.httpexchanges.management-requests`: whether requests of the management API are
    /// recorded, as Spring does. On by default.
    pub management_requests: bool,
}

impl Default for ExchangeSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            include: Include::default(),
            capacity: 100,
            management_requests: true,
        }
    }
}

impl ExchangeSettings {
    /// The most exchanges that can be remembered.
    const MAX_CAPACITY: usize = 10_000;

    /// Reads them.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        let enabled = reader
            .value("management.httpexchanges.recording.enabled")
            .or_else(|| reader.value("management.trace.http.enabled"))
            .unwrap_or(defaults.enabled);
        let capacity = reader.value_or("actuator.httpexchanges.capacity", defaults.capacity);
        if !(1..=Self::MAX_CAPACITY).contains(&capacity) {
            let expected = format!("expected a number from 1 to {}", Self::MAX_CAPACITY);
            reader.reject("actuator.httpexchanges.capacity", expected);
        }
        Self {
            enabled,
            include: Include::read(reader),
            capacity: capacity.clamp(1, Self::MAX_CAPACITY),
            management_requests: reader.value_or(
                "actuator.httpexchanges.management-requests",
                defaults.management_requests,
            ),
        }
    }
}

/// What is recorded of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Spring's list of independent switches")]
pub struct Include {
    /// `time-taken`, on by default.
    pub time_taken: bool,
    /// `request-headers`, on by default.
    pub request_headers: bool,
    /// `response-headers`, on by default.
    pub response_headers: bool,
    /// `cookie-headers`: `Cookie` and `Set-Cookie`.
    pub cookie_headers: bool,
    /// `authorization-header`: `Authorization`. Its value is masked all the same.
    pub authorization_header: bool,
    /// `remote-address`.
    pub remote_address: bool,
    /// `principal`.
    pub principal: bool,
    /// `session-id`: accepted, but there are no sessions to name.
    pub session_id: bool,
}

impl Default for Include {
    fn default() -> Self {
        Self { time_taken: true, request_headers: true, response_headers: true, ..Self::NOTHING }
    }
}

impl Include {
    /// Method, URI and status only.
    pub const NOTHING: Self = Self {
        time_taken: false,
        request_headers: false,
        response_headers: false,
        cookie_headers: false,
        authorization_header: false,
        remote_address: false,
        principal: false,
        session_id: false,
    };

    fn read(reader: &mut SettingsReader<'_>) -> Self {
        let found = [INCLUDE, OLD_INCLUDE]
            .into_iter()
            .find_map(|name| reader.list(name).map(|values| (name, values)));
        let Some((name, values)) = found else { return Self::default() };
        let mut include = Self::NOTHING;
        for value in values {
            // Spring reads enums without regard to case and separators.
            let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            match plain.to_ascii_lowercase().as_str() {
                "timetaken" => include.time_taken = true,
                "requestheaders" => include.request_headers = true,
                "responseheaders" => include.response_headers = true,
                "cookieheaders" => include.cookie_headers = true,
                "authorizationheader" => include.authorization_header = true,
                "remoteaddress" => include.remote_address = true,
                "principal" => include.principal = true,
                "sessionid" => include.session_id = true,
                _ => reader.reject(
                    name,
                    format_args!(
                        "{value} is none of time-taken, request-headers, response-headers, \
                         cookie-headers, authorization-header, remote-address, principal, \
                         session-id"
                    ),
                ),
            }
        }
        include
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn what_is_included_replaces_the_defaults() {
        let settings =
            Settings::builder().force(INCLUDE, "request-headers, REMOTE_ADDRESS").build().unwrap();
        let read = ExchangeSettings::read(&mut SettingsReader::new(&settings));
        let expected = Include { request_headers: true, remote_address: true, ..Include::NOTHING };
        assert_eq!(read, ExchangeSettings { include: expected, ..ExchangeSettings::default() });
    }

    #[test]
    fn bad_values_are_refused_by_name() {
        let settings = Settings::builder()
            .force(INCLUDE, "everything")
            .force("actuator.httpexchanges.capacity", "0")
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        assert_eq!(ExchangeSettings::read(&mut reader).capacity, 1);
        let message = reader.finish().unwrap_err().to_string();
        assert!(message.contains("everything") && message.contains("capacity"), "{message}");
    }
}

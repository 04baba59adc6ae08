//! Spring's switches of what is recorded.

use crate::settings::SettingsReader;

/// The setting.
pub(super) const INCLUDE: &str = "management.httpexchanges.recording.include";
/// The older name, from when the endpoint was called `httptrace`.
const OLD_INCLUDE: &str = "management.trace.http.include";

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

    /// Reads them.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
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

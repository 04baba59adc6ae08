//! What can be set about recording exchanges.

mod bodies;
mod header_names;
mod include;
mod path_pattern;

use self::header_names::HeaderNames;
pub(crate) use self::include::Include;
pub(crate) use self::{bodies::BodySettings, path_pattern::PathPattern};
use super::Direction;
use crate::settings::{DataSize, SettingsReader};

const CAPACITY: &str = "actuator.httpexchanges.capacity";
const MAX_BYTES: &str = "actuator.httpexchanges.max-bytes";
const EXCLUDE_PATHS: &str = "actuator.httpexchanges.exclude-paths";
const EXCLUDE_METHODS: &str = "actuator.httpexchanges.exclude-methods";

/// The longest list of a setting: each is looked through with each request.
const MAX_LISTED: usize = 100;

/// `management.httpexchanges.*`, and `actuator.httpexchanges.*` where Spring has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeSettings {
    /// `management.httpexchanges.recording.enabled`, on by default.
    pub enabled: bool,
    /// `management.httpexchanges.recording.include`: what is recorded beside method, URI and
    /// status.
    pub include: Include,
    /// `actuator.httpexchanges.capacity`: how many are remembered, by default 100; with 0 none,
    /// as if recording were off.
    pub capacity: usize,
    /// `actuator.httpexchanges.max-bytes`: what they may take in memory, by default 64 MB. The
    /// newest is remembered even if it alone takes more.
    pub max_bytes: usize,
    /// `actuator.httpexchanges.management-requests`: whether requests of the management API are
    /// recorded, as Spring does. On by default.
    pub management_requests: bool,
    /// `actuator.httpexchanges.request-headers`: which of them, if they are included.
    pub request_headers: HeaderNames,
    /// `actuator.httpexchanges.response-headers`: which of them, if they are included.
    pub response_headers: HeaderNames,
    /// `actuator.httpexchanges.exclude-headers`: of both, but not these.
    pub exclude_headers: HeaderNames,
    /// `actuator.httpexchanges.exclude-paths`: requests that are not recorded.
    pub exclude_paths: Vec<PathPattern>,
    /// `actuator.httpexchanges.exclude-methods`: requests that are not recorded.
    pub exclude_methods: Vec<String>,
    /// `actuator.httpexchanges.include-bodies` and `actuator.httpexchanges.max-body-size`.
    pub bodies: BodySettings,
}

impl Default for ExchangeSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            include: Include::default(),
            capacity: 100,
            max_bytes: 64 * 1024 * 1024,
            management_requests: true,
            request_headers: HeaderNames::All,
            response_headers: HeaderNames::All,
            exclude_headers: HeaderNames::NONE,
            exclude_paths: Vec::new(),
            exclude_methods: Vec::new(),
            bodies: BodySettings::default(),
        }
    }
}

impl ExchangeSettings {
    /// Reads them.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        let enabled = reader
            .value("management.httpexchanges.recording.enabled")
            .or_else(|| reader.value("management.trace.http.enabled"))
            .unwrap_or(defaults.enabled);
        let mut names = |name: &str, default| HeaderNames::read(reader, name).unwrap_or(default);
        let request_headers = names("actuator.httpexchanges.request-headers", HeaderNames::All);
        let response_headers = names("actuator.httpexchanges.response-headers", HeaderNames::All);
        let exclude_headers = names("actuator.httpexchanges.exclude-headers", HeaderNames::NONE);
        Self {
            enabled,
            include: Include::read(reader),
            capacity: reader.value_or(CAPACITY, defaults.capacity),
            max_bytes: max_bytes(reader).unwrap_or(defaults.max_bytes),
            management_requests: reader.value_or(
                "actuator.httpexchanges.management-requests",
                defaults.management_requests,
            ),
            request_headers,
            response_headers,
            exclude_headers,
            exclude_paths: exclude_paths(reader),
            exclude_methods: exclude_methods(reader),
            bodies: BodySettings::read(reader),
        }
    }

    /// Whether anything is recorded at all.
    pub(crate) fn is_recording(&self) -> bool {
        self.enabled && self.capacity > 0
    }

    /// Whether a request is recorded.
    #[inline]
    pub(crate) fn records(&self, method: &str, path: &str, is_management: bool) -> bool {
        (self.management_requests || !is_management)
            && !self.exclude_methods.iter().any(|excluded| excluded == method)
            && !self.exclude_paths.iter().any(|excluded| excluded.matches(path.as_bytes()))
    }

    /// Whether all headers of a direction are recorded, except those that have a switch of their
    /// own: as it is by default.
    #[inline]
    pub(crate) fn records_all_headers(&self, direction: Direction) -> bool {
        let names = match direction {
            Direction::Request => &self.request_headers,
            Direction::Response => &self.response_headers,
        };
        *names == HeaderNames::All && self.exclude_headers == HeaderNames::NONE
    }

    /// Whether a header is recorded, given that those of its direction are. The name is in lower
    /// case. What Spring includes by a switch of its own needs that switch, whatever is listed.
    pub(crate) fn records_header(&self, direction: Direction, name: &str) -> bool {
        let is_included = match name {
            "cookie" | "set-cookie" => self.include.cookie_headers,
            "authorization" => self.include.authorization_header,
            _ => true,
        };
        let names = match direction {
            Direction::Request => &self.request_headers,
            Direction::Response => &self.response_headers,
        };
        is_included && names.includes(name) && !self.exclude_headers.includes(name)
    }
}

fn max_bytes(reader: &mut SettingsReader<'_>) -> Option<usize> {
    let DataSize(bytes) = reader.value(MAX_BYTES)?;
    if bytes == 0 {
        reader
            .reject(MAX_BYTES, format_args!("expected more than 0; {CAPACITY}=0 records nothing"));
    }
    Some(usize::try_from(bytes).unwrap_or(usize::MAX))
}

fn exclude_paths(reader: &mut SettingsReader<'_>) -> Vec<PathPattern> {
    let mut patterns = Vec::new();
    for text in listed(reader, EXCLUDE_PATHS).unwrap_or_default() {
        match PathPattern::parse(&text) {
            Ok(pattern) => patterns.push(pattern),
            Err(complaint) => reader.reject(EXCLUDE_PATHS, complaint),
        }
    }
    patterns
}

fn exclude_methods(reader: &mut SettingsReader<'_>) -> Vec<String> {
    let methods = listed(reader, EXCLUDE_METHODS).unwrap_or_default();
    methods.into_iter().map(|method| method.to_ascii_uppercase()).collect()
}

/// A list of sane length, without empty entries.
fn listed(reader: &mut SettingsReader<'_>, name: &str) -> Option<Vec<String>> {
    let mut values = reader.list(name)?;
    values.retain(|value| !value.trim().is_empty());
    if values.len() > MAX_LISTED {
        reader.reject(name, format_args!("expected at most {MAX_LISTED} entries"));
    }
    Some(values)
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

//! What a listener grants its callers: how many there may be, how long they may take, and how much
//! they may send.

use std::{path::PathBuf, time::Duration};

use crate::{
    settings::{DataSize, SettingsReader},
    support::host,
};

/// Connections at most, as in Tomcat, where the process may have as many files open.
const MAX_CONNECTIONS: usize = 8192;
/// The same on a management port of its own.
const MAX_MANAGEMENT_CONNECTIONS: usize = 512;
/// The longest that any of the durations may be.
const LONGEST: Duration = Duration::from_hours(24);
/// The smallest and the largest head that may be asked for, in bytes.
const HEAD: std::ops::RangeInclusive<u64> = 1024..=1024 * 1024;

/// The limits of one listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many connections are open at once. Those beyond wait until one of them ends; idle ones
    /// are ended for them.
    pub connections: usize,
    /// How long a request's head may take, from its first byte to its end, and how long a new
    /// connection may wait with it (the handshake of TLS included).
    pub header: Duration,
    /// How long a connection is kept open between requests.
    pub keep_alive: Duration,
    /// How long a caller may take nothing of an answer.
    pub write: Duration,
    /// How long a caller may send nothing of a body that somebody waits for; `None` for ever.
    pub body: Option<Duration>,
    /// The bytes of a request's head.
    pub head: usize,
    /// Whether HTTP/2 is spoken as well.
    pub http2: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: MAX_CONNECTIONS,
            header: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            write: Duration::from_secs(30),
            body: None,
            head: 8 * 1024,
            http2: false,
        }
    }
}

/// The limits of both listeners.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListenerSettings {
    /// Those of the application's.
    pub application: Limits,
    /// Those of the management API's own, if it has one.
    pub management: Limits,
}

impl ListenerSettings {
    /// Reads `actuator.server.*` and the names of Spring that mean the same.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Limits::default();
        let application = Limits {
            connections: connections(
                reader,
                &["actuator.server.max-connections", "server.tomcat.max-connections"],
                among_files(MAX_CONNECTIONS, 4, 3),
            ),
            header: duration(
                reader,
                &["actuator.server.header-timeout", "server.tomcat.connection-timeout"],
                defaults.header,
            ),
            keep_alive: duration(
                reader,
                &["actuator.server.keep-alive-timeout", "server.tomcat.keep-alive-timeout"],
                defaults.keep_alive,
            ),
            write: duration(reader, &["actuator.server.write-timeout"], defaults.write),
            body: body_timeout(reader),
            head: head(reader, defaults.head),
            http2: http2(reader, "server.http2.enabled"),
        };
        let management = Limits {
            connections: connections(
                reader,
                &["actuator.server.max-management-connections"],
                among_files(MAX_MANAGEMENT_CONNECTIONS, 8, 1),
            ),
            http2: http2(reader, "actuator.server.management-http2.enabled"),
            ..application
        };
        Self { application, management }
    }
}

/// A Unix socket to listen on.
#[derive(Clone, Debug)]
pub(crate) struct SocketSettings {
    /// Its file.
    pub path: PathBuf,
    /// Who may connect: the permissions of the file.
    pub mode: u32,
}

impl SocketSettings {
    /// The setting that asks for one.
    pub(crate) const NAME: &str = "actuator.management.unix-socket.path";

    /// Whether there is to be one.
    pub(crate) fn is_set(reader: &mut SettingsReader<'_>) -> bool {
        first(reader, &[Self::NAME]).is_some()
    }

    /// That of the management API, if there is to be one.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        const MODE: &str = "actuator.management.unix-socket.mode";
        let mode: String = reader.value_or(MODE, "600".to_owned());
        let mode = u32::from_str_radix(&mode, 8).ok().filter(|mode| *mode <= 0o777);
        if mode.is_none() {
            reader.reject(MODE, "expected permissions in octal, such as 660");
        }
        let name = first(reader, &[Self::NAME])?;
        let path: PathBuf = reader.value(name)?;
        if !cfg!(unix) {
            reader.reject(Self::NAME, "this system has no Unix sockets");
        }
        Some(Self { path, mode: mode? })
    }
}

/// At most `limit`, and at most `of` parts out of `parts` of the files that the process may open:
/// the application needs some too.
fn among_files(limit: usize, parts: usize, of: usize) -> usize {
    let files = host::max_files().and_then(|files| usize::try_from(files).ok());
    files.map_or(limit, |files| limit.min(files / parts * of).max(16))
}

/// The first of the names that is set.
fn first<'n>(reader: &mut SettingsReader<'_>, names: &[&'n str]) -> Option<&'n str> {
    let mut names = names.iter().copied();
    names.find(|name| reader.value::<String>(name).is_some_and(|text| !text.trim().is_empty()))
}

fn connections(reader: &mut SettingsReader<'_>, names: &[&str], default: usize) -> usize {
    let Some(name) = first(reader, names) else { return default };
    match reader.value(name) {
        Some(0) => {
            reader.reject(name, "expected a number from 1");
            default
        }
        value => value.unwrap_or(default),
    }
}

fn duration(reader: &mut SettingsReader<'_>, names: &[&str], default: Duration) -> Duration {
    match first(reader, names) {
        Some(name) => reader.duration_within(name, default, LONGEST),
        None => default,
    }
}

fn body_timeout(reader: &mut SettingsReader<'_>) -> Option<Duration> {
    const NAME: &str = "actuator.server.body-timeout";
    first(reader, &[NAME]).map(|name| reader.duration_within(name, LONGEST, LONGEST))
}

fn head(reader: &mut SettingsReader<'_>, default: usize) -> usize {
    const NAME: &str = "server.max-http-request-header-size";
    let Some(DataSize(size)) = reader.value(NAME) else { return default };
    if !HEAD.contains(&size) {
        reader.reject(NAME, "expected a size from 1KB to 1MB");
    }
    usize::try_from(size).unwrap_or(default)
}

fn http2(reader: &mut SettingsReader<'_>, name: &str) -> bool {
    let wanted = reader.value_or(name, false);
    if wanted && !super::http2::IS_BUILT_IN {
        let complaint = "this program speaks HTTP/1.1 only; add the feature \"http2\" of actuator";
        reader.reject(name, complaint);
    }
    wanted && super::http2::IS_BUILT_IN
}

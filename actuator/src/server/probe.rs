//! Whom the command line probe asks, by the settings that the service itself reads.

use std::{borrow::Cow, io::Write as _, net::SocketAddr, process, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    actuator::Actuator,
    all_settings,
    basics::Surroundings,
    builder::Builder,
    listener::Inherited,
    settings::ServerSettings,
    tls::{OwnClient, TlsSettings},
};
use crate::{
    endpoint,
    error::{Error, ErrorKind, Result},
    health::{HealthDefaults, HealthSettings},
    model::show::Show,
    probe::{DEFAULT_TIMEOUT, Encrypt, ProbeArguments, ProbeReport, Target},
    settings::SettingsReader,
    support::text::shortened,
    web::{Exposure, ExposureDefaults},
};

/// What stands in a path as it is.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
/// Bytes of the line that says why there is no answer.
const MAX_LINE: usize = 1_000;

/// Asks the running instance of this program how it is, over HTTP and within five seconds: what
/// `--actuator-probe` does, for programs that want to do it elsewhere.
///
/// Address and paths come from the settings of this process, which have to be those of the
/// instance. Without a group the group `readiness` is asked, or the whole health where there is no
/// such group; `health` is always the whole. A check's path (`brokers/primary`) will do too.
///
/// It blocks the thread. [`Builder::probe`] is for programs whose settings are not all outside.
///
/// # Errors
/// Nobody listens, or there is no answer in time; settings that cannot be used; a port that is 0.
///
/// ```no_run
/// # fn main() -> actuator::Result<()> {
/// let report = actuator::probe(Some("liveness"))?;
/// println!("{report}"); // UP, or DOWN: db, queue
/// # Ok(())
/// # }
/// ```
pub fn probe(group: Option<&str>) -> Result<ProbeReport> {
    Actuator::builder().probe(group, DEFAULT_TIMEOUT)
}

impl Builder {
    /// As [`probe()`], with the settings that this builder adds and the address of
    /// [`Self::listening_on`]. `timeout` is for everything together, ten minutes at most.
    ///
    /// # Errors
    /// As there.
    pub fn probe(&self, group: Option<&str>, timeout: Duration) -> Result<ProbeReport> {
        let failed = |reason| Error::new(ErrorKind::Probe, reason);
        ProbeReport::ask(&self.target(group)?, timeout).map_err(failed)
    }

    /// Does what `--actuator-probe [group]` asks for, if it is among the arguments of this
    /// process: asks the running instance, writes one line and **ends the process**, with 0 for a
    /// well instance and 1 for anything else. Returns if it is not among them, and for an isolated
    /// builder, which looks at no arguments.
    ///
    /// [`crate::serve!`] and [`Self::run`] begin with it. A program that has a server of its own
    /// calls it first, before it opens a port or a database:
    ///
    /// ```no_run
    /// # let address = std::net::SocketAddr::from(([127, 0, 0, 1], 8080));
    /// let builder = actuator::Actuator::builder().listening_on(address);
    /// builder.exit_if_probed();
    /// ```
    pub fn exit_if_probed(&self) {
        if !self.from_process {
            return;
        }
        let arguments = std::env::args_os().skip(1);
        let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
        let Some(asked) = ProbeArguments::find(arguments) else { return };
        let answer = asked.and_then(|ProbeArguments { group, timeout }| {
            self.probe(group.as_deref(), timeout).map_err(|error| one_line(&error.to_string()))
        });
        let (line, code) = match answer {
            Ok(report) => (report.to_string(), i32::from(!report.is_success())),
            Err(reason) => (reason, 1),
        };
        // Whoever closed the pipe still gets the code.
        let _ = writeln!(std::io::stdout(), "{line}");
        process::exit(code);
    }

    fn target(&self, group: Option<&str>) -> Result<Target> {
        let surroundings = Surroundings::read(self)?;
        surroundings.settings.until_usable(|| self.target_by(&surroundings, group))
    }

    fn target_by(&self, surroundings: &Surroundings, group: Option<&str>) -> Result<Target> {
        let Surroundings { settings, environment } = surroundings;
        let mut reader = SettingsReader::new(settings);
        let platform = all_settings::platform(&mut reader, environment);
        let server = ServerSettings::read(&mut reader, platform.is_some(), Inherited::default());
        let exposure = Exposure::read(&mut reader, endpoint::IDS, ExposureDefaults::Health);
        let health =
            HealthSettings::read(&mut reader, HealthDefaults { show_details: Show::Never });
        reader.finish()?;
        let has_group = |name: &str| health.groups.get(name).is_some();
        let below = match group {
            None if has_group("readiness") => "/readiness".into(),
            Some(path) if path != "health" || has_group(path) => {
                format!("/{}", utf8_percent_encode(path.trim_matches('/'), PATH)).into()
            }
            _ => Cow::Borrowed(""),
        };
        let base = server.full_base_path();
        let health = exposure.path_of("health").trim_matches('/');
        let path = format!("{base}/{health}{below}");
        #[cfg(unix)]
        if let (None, None, Some(socket)) =
            (self.listening_on, server.management, &server.management_socket)
        {
            return Ok(Target::of_file(socket.path.clone(), path));
        }
        let encrypt = server.management_tls().map(own_client).transpose()?;
        Ok(Target::new(self.listener(&server)?, path, encrypt))
    }

    /// The listener of the management API.
    fn listener(&self, server: &ServerSettings) -> Result<SocketAddr> {
        let (address, what) = match (self.listening_on, server.management) {
            (Some(address), _) => (address, "the address of `listening_on`"),
            (None, Some(address)) => (address, "management.server.port"),
            (None, None) => (server.address, "server.port"),
        };
        let nowhere = self.listening_on.is_none() && server.is_apart();
        if nowhere && server.management.is_none() {
            return Err(Error::new(
                ErrorKind::Probe,
                "the management API is on no port; set management.server.port",
            ));
        }
        if address.port() == 0 {
            return Err(Error::new(
                ErrorKind::Probe,
                format!(
                    "{what} leaves the port to the system (0), and so only the running instance \
                     knows it; set a fixed one, and give the probe the same settings"
                ),
            ));
        }
        Ok(address)
    }
}

/// What speaks TLS with the running instance.
fn own_client(settings: &TlsSettings) -> Result<Encrypt> {
    let client = OwnClient::new(settings)?;
    Ok(Encrypt::with(move |stream, address| Ok(Box::new(client.encrypt(stream, address)?))))
}

fn one_line(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&line, MAX_LINE).to_owned()
}

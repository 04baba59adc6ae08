//! How a service begins anew, what it tells a service manager, and which files tell of it.

use std::{env, ffi::OsString, path::PathBuf, process::Command, time::Duration};

use crate::{
    error::{Error, ErrorKind},
    settings::{SettingsReader, one_of},
};

/// The exit code of a restart that a supervisor is to do, if no setting says another one:
/// `EX_TEMPFAIL` of `sysexits.h`.
const TRY_AGAIN: u8 = 75;
const PHASE: Duration = Duration::from_secs(30);

/// The settings of the life of a service.
#[derive(Clone, Debug)]
pub(in crate::server) struct LifecycleSettings {
    /// How long each hook of the way down may take.
    pub(in crate::server) phase: Duration,
    /// How it begins anew.
    pub(super) restart: RestartMode,
    /// Whether SIGHUP reads all settings again; by default where the endpoint may.
    pub(in crate::server) refresh_on_hangup: Option<bool>,
    /// Where the number of the process is written.
    pub(super) pid_file: Option<PathBuf>,
    /// Where the ports are written.
    pub(super) port_file: Option<PathBuf>,
    /// Whether a file that cannot be written refuses the start.
    pub(super) fail_on_write_error: bool,
    /// Whether the watchdog gets no sign of life of an application that calls itself broken.
    pub(in crate::server) watchdog_follows_liveness: bool,
}

/// How a service begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) enum RestartMode {
    /// This process becomes the program anew.
    Exec(OwnProgram),
    /// The process ends with this code, and who watches over it starts it again.
    Exit(u8),
}

/// This very program, as it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct OwnProgram {
    path: PathBuf,
    arguments: Vec<OsString>,
}

impl LifecycleSettings {
    /// Reads the settings. Sockets that were handed over are gone with the process: whoever gave
    /// them has to start it again.
    pub(in crate::server) fn read(reader: &mut SettingsReader<'_>, handed_sockets: bool) -> Self {
        Self {
            phase: reader.value_or("spring.lifecycle.timeout-per-shutdown-phase", PHASE),
            restart: restart_mode(reader, handed_sockets),
            refresh_on_hangup: reader.value("actuator.refresh.on-hangup"),
            pid_file: path(reader, "spring.pid.file"),
            port_file: path(reader, "portfile"),
            fail_on_write_error: reader.value_or("spring.pid.fail-on-write-error", false),
            watchdog_follows_liveness: reader
                .value_or("actuator.systemd.watchdog.follows-liveness", true),
        }
    }

    /// Whether it begins anew in the same process.
    pub(in crate::server) fn restarts_in_place(&self) -> bool {
        matches!(self.restart, RestartMode::Exec(_))
    }
}

fn path(reader: &mut SettingsReader<'_>, name: &str) -> Option<PathBuf> {
    reader.value::<String>(name).filter(|path| !path.trim().is_empty()).map(PathBuf::from)
}

fn restart_mode(reader: &mut SettingsReader<'_>, handed_sockets: bool) -> RestartMode {
    const MODE: &str = "actuator.restart.mode";
    const CODE: &str = "actuator.restart.exit-code";
    let code: u8 = reader.value_or(CODE, TRY_AGAIN);
    if code == 0 {
        reader.reject(CODE, "expected 1 to 255: 0 says that nothing is left to do");
    }
    let mode: String = reader.value_or(MODE, "exec".to_owned());
    match one_of(&mode, &[("exec", true), ("exit", false)]) {
        // Where the program is is known now: later it may have been replaced.
        Ok(true) if !handed_sockets => {
            OwnProgram::find().map_or(RestartMode::Exit(code), RestartMode::Exec)
        }
        Ok(_) => RestartMode::Exit(code),
        Err(expected) => {
            reader.reject(MODE, expected);
            RestartMode::Exit(code)
        }
    }
}

impl OwnProgram {
    /// `None` where a process cannot become another program.
    fn find() -> Option<Self> {
        let path = env::current_exe().ok().filter(|_| cfg!(unix))?;
        Some(Self { path, arguments: env::args_os().skip(1).collect() })
    }

    /// Becomes the program anew. Only a failure comes back from here.
    pub(super) fn exec(&self) -> Error {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments);
        if let Some(name) = env::args_os().next() {
            named(&mut command, name);
        }
        let error = replace_with(&mut command);
        Error::new(
            ErrorKind::Exit(TRY_AGAIN),
            format!("{} cannot be started again: {error}", self.path.display()),
        )
    }
}

#[cfg(unix)]
fn named(command: &mut Command, name: OsString) {
    std::os::unix::process::CommandExt::arg0(command, name);
}

#[cfg(unix)]
fn replace_with(command: &mut Command) -> std::io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

#[cfg(not(unix))]
fn named(_: &mut Command, _: OsString) {}

#[cfg(not(unix))]
fn replace_with(_: &mut Command) -> std::io::Error {
    std::io::Error::other("this system cannot replace a process")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<LifecycleSettings, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = LifecycleSettings::read(&mut reader, false);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn a_service_restarts_itself_unless_a_supervisor_is_to_do_it() {
        assert!(read(&[]).unwrap().restarts_in_place());
        let settings = Settings::builder().build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        assert!(!LifecycleSettings::read(&mut reader, true).restarts_in_place());
        let exit = [("actuator.restart.mode", "exit"), ("actuator.restart.exit-code", "3")];
        assert_eq!(read(&exit).unwrap().restart, RestartMode::Exit(3));
        for bad in [("actuator.restart.mode", "fork"), ("actuator.restart.exit-code", "0")] {
            assert!(read(&[bad]).unwrap_err().contains(bad.0));
        }
    }
}

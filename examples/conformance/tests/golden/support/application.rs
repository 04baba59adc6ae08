//! The conformance application as a process of its own.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};

use testkit::{Process, Program};

/// The setting with which the application writes the file that recordings ask for.
pub const LOG: &str = "logging.file.name={folder}/app.log";
/// In the line that says that everything listens.
const STARTED: &str = "management at http://";
/// Long enough for a slow machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A running application; it ends with this value.
pub struct Application {
    /// Killed before the folder is removed: fields are dropped in their order.
    _process: Process,
    pub address: SocketAddr,
    pub management: SocketAddr,
    folder: Folder,
}

impl Application {
    /// Starts it with these settings. `{folder}` in a setting is a fresh folder of its own.
    pub fn start(name: &str, with_file: bool, settings: &[&str]) -> Self {
        Self::start_with(name, with_file, settings, |_| {})
    }

    /// The same with files that are written into that folder first.
    pub fn start_with(
        name: &str,
        with_file: bool,
        settings: &[&str],
        write_files: fn(&Path),
    ) -> Self {
        let folder = Folder::fresh(name);
        write_files(&folder.0);
        let mut process = program(&folder.0, with_file, settings).serve();
        let line = process.log_until(STARTED);
        let address = line.split("http://").nth(1).unwrap_or_default();
        let address = address.split(['/', ' ']).next().unwrap_or_default();
        let management = address.parse().unwrap();
        let application =
            Self { address: process.address(), management, _process: process, folder };
        if settings.contains(&LOG) {
            application.wait_for_log_file();
        }
        application
    }

    /// The console and the log file are written by threads of their own: that a line is on the one
    /// says nothing about the other, and many recordings ask for the file.
    fn wait_for_log_file(&self) {
        let file = self.file("app.log");
        let start = Instant::now();
        while !fs::read_to_string(&file).is_ok_and(|log| log.contains(STARTED)) {
            let waited = start.elapsed();
            assert!(waited < DEADLINE, "{} lacks {STARTED} after {waited:?}", file.display());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs it with settings that have to be refused: how it ended, and what it said.
    pub fn refused(name: &str, settings: &[&str]) -> (ExitStatus, String) {
        let folder = Folder::fresh(name);
        program(&folder.0, true, settings).arg("--server.port=0").spawn().finish()
    }

    /// A file in the application's own folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }
}

/// A folder that goes with its application.
struct Folder(PathBuf);

impl Folder {
    fn fresh(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // Left over from a run that was interrupted, or not there.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It is below the target folder; nothing depends on its being gone.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn program(folder: &Path, with_file: bool, settings: &[&str]) -> Program {
    let program = Program::at(env!("CARGO_BIN_EXE_conformance"))
        .env("DEMO_GREETING_SUFFIX", "fromenv")
        // A build of the whole workspace has them, one of this package alone has not.
        .arg("--actuator.threaddump.stacks=false")
        .folder(if with_file { Path::new(env!("CARGO_MANIFEST_DIR")) } else { folder });
    settings.iter().fold(program, |program, setting| {
        program.arg(&format!("--{}", setting.replace("{folder}", &folder.display().to_string())))
    })
}

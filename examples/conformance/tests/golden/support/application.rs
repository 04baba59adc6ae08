//! The conformance application as a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Longer than any start takes.
const DEADLINE: Duration = Duration::from_secs(30);

/// What stands before the addresses in the log.
const LISTENING: &str = "listening on http://";
const MANAGEMENT: &str = "management at http://";

/// A running application; it ends with this value.
pub struct Application {
    child: Child,
    pub address: SocketAddr,
    pub management: SocketAddr,
    folder: PathBuf,
}

impl Application {
    /// Starts it with these settings. `{folder}` in a setting is a fresh folder of its own.
    pub fn start(name: &str, with_file: bool, settings: &[&str]) -> Self {
        let folder = fresh_folder(name);
        let mut command = command(&folder, with_file, settings);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (sender, addresses) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Reads to the end, so that the application never waits for its log to be read.
        thread::spawn(move || {
            let mut listening = None;
            for line in lines.map_while(Result::ok) {
                if let Some(address) = address_after(&line, LISTENING) {
                    listening = Some(address);
                }
                if let (Some(application), Some(management)) =
                    (listening, address_after(&line, MANAGEMENT))
                {
                    // Nobody waits any more once the addresses are known.
                    let _ = sender.send((application, management));
                }
            }
        });
        let Ok((address, management)) = addresses.recv_timeout(DEADLINE) else {
            // The panic below says what matters.
            let _ = child.kill();
            panic!("{name}: the application did not start: {settings:?}");
        };
        Self { child, address, management, folder }
    }

    /// Runs it with settings that have to be refused: what it said; `None` if it started.
    pub fn refused(name: &str, settings: &[&str]) -> Option<Output> {
        let folder = fresh_folder(name);
        let mut command = command(&folder, true, settings);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // To its end, or to the line that says that it listens.
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let started = lines.into_iter().any(|line| address_after(&line, LISTENING).is_some());
        if started {
            child.kill().unwrap();
        }
        let output = child.wait_with_output().unwrap();
        (!started).then_some(output)
    }

    /// A file in the application's own folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        // It may have stopped by itself: the shutdown endpoint is replayed too.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn command(folder: &Path, with_file: bool, settings: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("DEMO_GREETING_SUFFIX", "fromenv")
        .current_dir(if with_file { Path::new(env!("CARGO_MANIFEST_DIR")) } else { folder })
        .arg("--server.port=0");
    for setting in settings {
        command.arg(format!("--{}", setting.replace("{folder}", &folder.display().to_string())));
    }
    command
}

fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
    // Left over from a run that was interrupted, or not there.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn address_after(line: &str, words: &str) -> Option<SocketAddr> {
    let rest = line.split_once(words)?.1;
    rest.split(['/', ' ', ',']).next()?.parse().ok()
}

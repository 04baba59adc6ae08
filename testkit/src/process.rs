//! A program under test: its log is read while it runs, and it never outlives its test.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use crate::{Answer, PATIENCE, Request, get};

/// A program to be started. It sees nothing of the surrounding environment but `PATH`, listens on
/// a free port unless it is told otherwise, and logs text, which it would not do into a pipe.
#[derive(Debug)]
pub struct Program {
    command: Command,
}

impl Program {
    /// The program at `path`, to run in the folder for temporary files.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let mut command = Command::new(path);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LOGGING_STRUCTURED_FORMAT_CONSOLE", "text")
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command }
    }

    /// An argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The working folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it on a free port of its own and waits until it says where it listens.
    #[must_use]
    pub fn serve(self) -> Process {
        self.arg("--server.port=0").start()
    }

    /// Starts it and waits until it says where it listens.
    #[must_use]
    pub fn start(self) -> Process {
        let mut process = self.spawn();
        let line = process.log_until("listening on http://");
        let address = line.split("listening on http://").nth(1).unwrap();
        let address = address.split([' ', ',']).next().unwrap();
        let mut address: SocketAddr = address.parse().unwrap();
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        process.address = address;
        process
    }

    /// Starts it, whatever it does.
    #[must_use]
    pub fn spawn(mut self) -> Process {
        let mut child = self.command.spawn().unwrap_or_else(|error| {
            panic!("{} does not start: {error}", self.command.get_program().display())
        });
        let (sender, lines) = channel();
        forward(child.stdout.take().unwrap(), sender.clone());
        forward(child.stderr.take().unwrap(), sender);
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        Process { child, address, lines, log: Vec::new() }
    }
}

fn forward(from: impl Read + Send + 'static, to: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            if to.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
}

/// A program that runs. It is killed when it goes out of scope.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
    log: Vec<String>,
}

impl Process {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// GET of a path.
    #[must_use]
    pub fn get(&self, target: &str) -> Answer {
        get(self.address, target)
    }

    /// Any request.
    #[must_use]
    pub fn send(&self, request: Request) -> Answer {
        request.send(self.address)
    }

    /// Reads its output, of both kinds, until a line has `text`; that line.
    #[track_caller]
    pub fn log_until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        if let Some(line) = self.log.iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.log.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no line with {text:?}, but:\n{}", self.log.join("\n"))
                }
            }
        }
    }

    /// The bytes of memory that it has at the moment; on Linux.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: how it ended, and all that it said.
    #[must_use]
    pub fn finish(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        // Its output ends when it does.
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.log.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it does not end, but says:\n{}", self.log.join("\n"))
                }
            }
        }
        (self.child.wait().unwrap(), self.log.join("\n"))
    }

    /// SIGTERM, and the proof that it went down as it should: exit code 0, and by its own account
    /// without having waited for anything up to its limit, which is longer. All that it said.
    #[track_caller]
    #[allow(clippy::must_use_candidate, reason = "an expectation may be all that a test has")]
    pub fn stop(self) -> String {
        self.terminate();
        let (status, log) = self.finish();
        assert_eq!(status.code(), Some(0), "{log}");
        let took = log.split("stopped in ").nth(1).unwrap_or_else(|| panic!("no farewell:\n{log}"));
        let took: u64 = took.split(' ').next().unwrap().parse().unwrap();
        assert!(Duration::from_millis(took) < PATIENCE / 2, "{log}");
        log
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago, for programs that cannot say which one they chose.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

//! One of the project's services, started from its binary.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::SystemTime;

use crate::http::{self, Answer};
use crate::process::Process;
use crate::wait;

/// How to start a service: settings as `--name=value` arguments and environment variables.
pub struct ServiceBuilder {
    /// Of its package, its binary and the application.
    name: String,
    /// The folder of its sources, below the workspace.
    sources: String,
    settings: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    /// A program and its arguments that start the binary.
    starter: Vec<String>,
}

/// A running example.
pub struct Service {
    process: Process,
    builder: ServiceBuilder,
    url: String,
}

impl Service {
    /// An example that will listen on a free port of the loopback interface, named as its package.
    pub fn example(name: &str) -> ServiceBuilder {
        ServiceBuilder::new(name, &format!("examples/{name}/src"))
    }

    /// The service of this package whose health does what [`say`](Self::say) tells it.
    pub fn steered() -> ServiceBuilder {
        ServiceBuilder::new("steered", "integration/src/bin")
            .setting("spring.application.name", "steered")
    }

    /// The service of this package whose meters are as bad as they get.
    pub fn metered() -> ServiceBuilder {
        ServiceBuilder::new("metered", "integration/src/bin")
            .setting("spring.application.name", "metered")
    }

    /// The service of this package that has something of everything that one can look into.
    pub fn inside() -> ServiceBuilder {
        ServiceBuilder::new("inside", "integration/src/bin")
            .setting("spring.application.name", "inside")
    }

    /// The service of this package that logs what [`log_lines`](Self::log_lines) tells it.
    pub fn wordy() -> ServiceBuilder {
        ServiceBuilder::new("wordy", "integration/src/bin")
            .setting("spring.application.name", "wordy")
    }

    /// Where it listens: `http://127.0.0.1:40123`, without a slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the index of its endpoints is: `http://127.0.0.1:40124/actuator`.
    #[track_caller]
    pub fn management_url(&self) -> String {
        wait::until("the service says where management is", || {
            self.log().iter().find_map(|line| {
                let (_, rest) = line.split_once("management at ")?;
                rest.split(' ').next().map(str::to_owned)
            })
        })
    }

    /// Asks it for a path, directly.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        http::get(&format!("{}{path}", self.url), &[])
    }

    /// Tells the steered service what its check `orders` has to say: `up`, `degraded`, `down` or `flapping`.
    #[track_caller]
    pub fn say(&self, word: &str) {
        let answer = http::send("POST", &format!("{}/say/{word}", self.url), &[], None);
        assert_eq!(answer.map(|answer| answer.status), Some(204), "the service does {word}");
    }

    /// Has the wordy service log so many lines, numbered from the first.
    #[track_caller]
    pub fn log_lines(&self, first: u64, count: u64) {
        self.log_long_lines(first, count, 40);
    }

    /// The same with texts of this length.
    #[track_caller]
    pub fn log_long_lines(&self, first: u64, count: u64, length: usize) {
        let url = format!("{}/say/{first}/{count}/{length}", self.url);
        let answer = http::send("POST", &url, &[], None);
        assert_eq!(answer.map(|answer| answer.status), Some(204), "the service logs");
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> Vec<String> {
        self.process.lines()
    }

    /// Sends SIGTERM and waits for the end.
    #[track_caller]
    pub fn stop(mut self) -> (ExitStatus, Vec<String>) {
        self.process.terminate();
        (self.process.wait(), self.process.lines())
    }

    /// Dies without a word, and comes back on the same port.
    #[track_caller]
    pub fn crash_and_restart(self) -> Self {
        let Self { mut process, builder, url } = self;
        process.kill();
        builder.setting("server.port", http::port(&url)).start()
    }
}

impl ServiceBuilder {
    fn new(name: &str, sources: &str) -> Self {
        let (name, sources) = (name.to_owned(), sources.to_owned());
        let (settings, variables, starter) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, sources, settings, variables, starter }
            .setting("server.port", "0")
            .setting("server.address", "127.0.0.1")
    }

    /// Sets a setting; the last one of a name counts.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has this program with these arguments start the binary, whose own arguments it gets behind them. It has to
    /// become the binary (`exec`).
    pub fn started_by(mut self, starter: &[&str]) -> Self {
        self.starter = starter.iter().map(ToString::to_string).collect();
        self
    }

    /// Starts it, and waits until it says where it listens.
    #[track_caller]
    pub fn start(self) -> Service {
        let name = &self.name;
        let binary = crate::build_directory().join(name);
        assert_fresh(&binary, &self.sources);
        let mut command = match self.starter.split_first() {
            None => Command::new(binary),
            Some((starter, arguments)) => {
                let mut command = Command::new(starter);
                command.args(arguments).arg(binary);
                command
            }
        };
        // Nothing of the surroundings may change what is tested: no variables, no actuator.toml.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Into a pipe it would write JSON.
        command.env("LOGGING_STRUCTURED_FORMAT_CONSOLE", "text");
        command.current_dir(std::env::temp_dir());
        command.args(self.settings.iter().map(|(name, value)| format!("--{name}={value}")));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let remedy = "make build";
        let mut process = Process::start(name, &mut command, remedy);
        let url = process.wait_for("where it listens", |line| {
            let (_, rest) = line.split_once("listening on http")?;
            let (scheme, rest) = rest.split_once("://")?;
            let address =
                rest.split(|c: char| !(c.is_ascii_alphanumeric() || ".:[]-".contains(c))).next()?;
            Some(format!("http{scheme}://{address}"))
        });
        Service { process, builder: self, url }
    }
}

/// A test against yesterday's binary proves nothing about today's sources.
#[track_caller]
fn assert_fresh(binary: &Path, sources: &str) {
    let built = fs::metadata(binary).and_then(|metadata| metadata.modified());
    let built =
        built.unwrap_or_else(|_| panic!("{} is missing. Try: make build", binary.display()));
    let root = crate::workspace();
    for sources in ["actuator/src", "actuator-macros/src", sources] {
        let changed = newest(&root.join(sources));
        assert!(changed <= built, "{} is older than {sources}. Try: make build", binary.display());
    }
}

/// When the youngest file under a folder was changed.
fn newest(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).expect("a folder of sources").filter_map(Result::ok);
    let times = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => newest(&entry.path()),
        Ok(metadata) => metadata.modified().expect("the time of a file"),
        Err(error) => panic!("{}: {error}", entry.path().display()),
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

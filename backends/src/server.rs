//! A server that can be stopped, started again, frozen and thawed, always at the same port.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use actuator_integration::process::Process;

use crate::folder::Folder;

/// How one kind of server is started.
pub(crate) struct Kind {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// The line that installs it.
    pub(crate) remedy: &'static str,
    /// Its command for a folder and a port.
    pub(crate) command: fn(&Folder, u16) -> Command,
    /// What it writes when it serves.
    pub(crate) ready: &'static str,
    /// The signal that ends it at once without leaving anything behind.
    pub(crate) end: &'static str,
    /// Its URL for the user `app`.
    pub(crate) url: fn(u16, &str) -> String,
}

/// A server of its test's own. It ends with its value.
pub struct Server {
    kind: Kind,
    port: u16,
    process: Option<Process>,
    // The last one: the process ends before its folder.
    folder: Folder,
}

impl Server {
    #[track_caller]
    pub(crate) fn launch(kind: Kind, folder: Folder) -> Self {
        let mut server = Self { kind, port: testkit::free_port(), process: None, folder };
        server.start();
        server
    }

    /// Its address with this password for the user `app`.
    pub fn url_with(&self, password: &str) -> String {
        (self.kind.url)(self.port, password)
    }

    /// Its address with the right password.
    pub fn url(&self) -> String {
        self.url_with(crate::PASSWORD)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Where its data lies.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Starts it again after [`Server::stop`], and waits until it serves.
    #[track_caller]
    pub fn start(&mut self) {
        let mut command = (self.kind.command)(&self.folder, self.port);
        let mut process = Process::start(self.kind.name, &mut command, self.kind.remedy);
        let ready = self.kind.ready;
        process.wait_for("that it serves", |line| line.contains(ready).then_some(()));
        self.process = Some(process);
    }

    /// Ends it at once.
    #[track_caller]
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            signal(self.kind.end, &[process.id()]);
            process.wait();
        }
    }

    /// Takes its time away: it accepts, and answers nothing any more.
    pub fn freeze(&self) {
        signal("STOP", &self.processes());
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        signal("CONT", &self.processes());
    }

    /// The server and, where each connection is served by one, its children.
    fn processes(&self) -> Vec<u32> {
        let Some(id) = self.process.as_ref().map(Process::id) else { return Vec::new() };
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.unwrap_or_default();
        std::iter::once(id).chain(children.split(' ').filter_map(|id| id.parse().ok())).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The process shows what it said, and is killed.
            return;
        }
        self.thaw();
        self.stop();
    }
}

/// Sends a signal to processes that are there.
#[track_caller]
fn signal(name: &str, processes: &[u32]) {
    let ids = processes.iter().map(ToString::to_string);
    // A child may have ended meanwhile.
    let sent = Command::new("kill").arg(format!("-{name}")).args(ids).output();
    sent.expect("kill runs");
}

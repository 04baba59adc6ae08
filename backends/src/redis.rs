//! Redis with a password.

use crate::folder::Folder;
use crate::server::{Kind, Server};

impl Server {
    /// An empty one.
    #[track_caller]
    pub fn redis() -> Self {
        Self::launch(KIND, Folder::new("redis"))
    }
}

const KIND: Kind = Kind {
    name: "Redis",
    remedy: "apt-get install redis-server",
    command: |folder, port| {
        let mut command = folder.command("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no", "--requirepass", crate::PASSWORD]);
        command
    },
    ready: "Ready to accept connections",
    end: "KILL",
    url: |port, password| format!("redis://:{password}@127.0.0.1:{port}/"),
};

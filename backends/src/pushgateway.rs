//! A Prometheus Pushgateway that wants a name and a password.

use crate::folder::Folder;
use crate::server::{Kind, Server};

impl Server {
    /// An empty one.
    #[track_caller]
    pub fn pushgateway() -> Self {
        let folder = Folder::new("prometheus");
        // crate::PASSWORD, as bcrypt keeps it.
        let hash = "$2b$04$abcdefghijklmnopqrstuuDKonwxuW8NLBTKV1UymApQSnqCNTVn6";
        folder.write("web.yml", &format!("basic_auth_users:\n  app: {hash}\n"));
        Self::launch(KIND, folder)
    }
}

const KIND: Kind = Kind {
    name: "Pushgateway",
    remedy: "apt-get install prometheus-pushgateway",
    command: |folder, port| {
        let mut command = folder.command("prometheus-pushgateway");
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        command.args(["--web.config.file=web.yml", "--persistence.file="]);
        command
    },
    ready: "TLS is disabled",
    end: "KILL",
    url: |port, password| format!("http://app:{password}@127.0.0.1:{port}"),
};

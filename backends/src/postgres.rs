//! PostgreSQL with a database and a user `app`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::Folder;
use crate::server::{Kind, Server};

const REMEDY: &str = "apt-get install postgresql";

impl Server {
    /// A new cluster.
    #[track_caller]
    pub fn postgres() -> Self {
        let folder = Folder::new("postgres");
        let password = folder.write("password", crate::PASSWORD);
        let mut command = folder.command(program("initdb"));
        command.args(["--pgdata=data", "--username=app", "--auth=scram-sha-256", "--no-sync"]);
        command.args(["--locale=C", "--encoding=UTF8"]).arg("--pwfile").arg(password);
        folder.run("initdb", &mut command, REMEDY);
        Self::launch(KIND, folder)
    }

    /// Makes a PostgreSQL that is stopped start as a replica next time: it can be read, not written.
    pub fn demote(&self) {
        self.folder().write("data/standby.signal", "");
    }
}

const KIND: Kind = Kind {
    name: "PostgreSQL",
    remedy: REMEDY,
    command: |folder, port| {
        let mut command = folder.command(program("postgres"));
        command.args(["-D", "data", "-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "unix_socket_directories=", "-c", "fsync=off"]);
        command
    },
    ready: "database system is ready to accept",
    end: "QUIT",
    url: |port, password| format!("postgres://app:{password}@127.0.0.1:{port}/postgres"),
};

/// Debian keeps the programs of a server out of the path, by version.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut programs: Vec<_> =
        versions.map(|version| version.path().join("bin").join(name)).collect();
    programs.retain(|program| program.is_file());
    programs.sort();
    programs.pop().unwrap_or_else(|| Path::new(name).to_owned())
}

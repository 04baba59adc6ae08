//! MariaDB with a database and a user `app`.

use crate::folder::Folder;
use crate::server::{Kind, Server};

const REMEDY: &str = "apt-get install mariadb-server-core mariadb-client-core";

impl Server {
    /// A new installation.
    #[track_caller]
    pub fn mariadb() -> Self {
        let folder = Folder::new("mysql");
        let mut command = folder.command("mariadb-install-db");
        command.arg("--no-defaults").arg(format!("--datadir={}/data", folder.path().display()));
        command.args(["--skip-test-db", "--skip-name-resolve"]);
        command.args(["--auth-root-authentication-method=normal"]);
        folder.run("mariadb-install-db", &mut command, REMEDY);
        let password = crate::PASSWORD;
        folder.write(
            "init.sql",
            // Run at each start.
            &format!(
                "create database if not exists app;\n\
                 create user if not exists app@'%' identified by '{password}';\n\
                 grant all on *.* to app@'%';\n"
            ),
        );
        Self::launch(KIND, folder)
    }
}

const KIND: Kind = Kind {
    name: "MariaDB",
    remedy: REMEDY,
    command: |folder, port| {
        let mut command = folder.command("mariadbd");
        command.args(["--no-defaults", "--skip-name-resolve", "--bind-address=127.0.0.1"]);
        command.arg(format!("--port={port}"));
        for (name, file) in [("datadir", "data"), ("init-file", "init.sql"), ("socket", "socket")] {
            command.arg(format!("--{name}={}", folder.path().join(file).display()));
        }
        command.args(["--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0"]);
        command
    },
    ready: "ready for connections",
    end: "KILL",
    url: |port, password| format!("mysql://app:{password}@127.0.0.1:{port}/app"),
};

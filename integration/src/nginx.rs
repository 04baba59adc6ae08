//! The real nginx in front of a service.

use std::process::Command;

use crate::folder::Folder;
use crate::process::Process;
use crate::{http, wait};

/// A running proxy. It ends with its value.
pub struct Nginx {
    _process: Process,
    // The last one: the process ends before its folder.
    _folder: Folder,
}

impl Nginx {
    /// Starts one that listens on this port of the loopback interface, with these directives in its `server` block,
    /// and waits until it answers.
    #[track_caller]
    pub fn start(port: u16, directives: &str) -> Self {
        let folder = Folder::new("nginx");
        let place = folder.path().display();
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary =
            kinds.map(|kind| format!("    {kind}_temp_path {place}/{kind};\n")).concat();
        // One process, without a master: whoever kills it leaves no workers behind.
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log stderr warn;\nevents {{}}\n\
             http {{\n    access_log off;\n{temporary}    server {{\n        listen 127.0.0.1:{port};\n{directives}\n    \
             }}\n}}\n"
        );
        let file = folder.write("nginx.conf", &configuration);
        let mut command = Command::new("/usr/sbin/nginx");
        command.args(["-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(file);
        let process = Process::start("nginx", &mut command, "apt-get install nginx-light");
        wait::until("nginx answers", || {
            http::send("GET", &format!("http://127.0.0.1:{port}/"), &[], None).map(drop)
        });
        Self { _process: process, _folder: folder }
    }
}

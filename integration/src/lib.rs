//! The real peers of a service, started, driven and stopped by tests: the Spring Boot Admin server from its own jar,
//! the project's example binaries, headless Chromium, Prometheus, nginx.
//!
//! Everything listens on a port that the system chose, is waited for by looking (never by sleeping for luck), and is
//! killed when its value is dropped. A missing part fails the test with the command that installs it.

pub mod admin_server;
pub mod browser;
pub mod folder;
pub mod http;
pub mod nginx;
pub mod openapi;
pub mod openmetrics;
pub mod pprof;
pub mod process;
pub mod prometheus;
pub mod promtool;
pub mod relay;
pub mod service;
pub mod wait;

pub use admin_server::AdminServer;
pub use browser::Browser;
pub use folder::Folder;
pub use nginx::Nginx;
pub use prometheus::Prometheus;
pub use relay::Relay;
pub use service::Service;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member has a parent").to_path_buf()
}

/// The folder of the build that this test belongs to, such as `target/debug`.
pub fn build_directory() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test binary");
    test.ancestors().nth(2).expect("target/debug/deps/test has two ancestors").to_path_buf()
}

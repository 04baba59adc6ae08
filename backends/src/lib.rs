//! The servers that services depend on, as real ones: PostgreSQL, MariaDB, Redis, a Pushgateway, and one that never
//! answers.
//!
//! Each is started by its test in a folder of its own, on a free port of loopback, and ends with its value. A missing
//! program fails the test with the line that installs it.

mod folder;
mod mariadb;
mod postgres;
mod pushgateway;
mod redis;
mod server;
mod silent;

pub use folder::Folder;
pub use server::Server;
pub use silent::Silent;

/// The password of the user `app` of every server here.
pub const PASSWORD: &str = "s3cr3t-w0rd";

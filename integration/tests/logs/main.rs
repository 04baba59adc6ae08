//! Where the log goes, with the real peers: logrotate and rsyslog as Debian has them, a file system that is full, and
//! other processes that write the same file.

mod full_disk;
mod lines;
mod logrotate;
mod rolling;
mod rsyslog;
mod stdout;

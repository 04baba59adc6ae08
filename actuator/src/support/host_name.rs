//! The name that the operating system has for this machine.

/// The host name, or `None` if the system does not say. Asks no name server.
pub fn host_name() -> Option<String> {
    sysinfo::System::host_name().ok().filter(|name| !name.is_empty())
}

//! What this process has read and written. Source of the format: `proc_pid_io(5)`.

use super::{
    HostRoot,
    process::{field, first_number},
};

/// Totals since the start of the process, of all its threads, those that have ended too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessIo {
    /// Bytes given by system calls such as `read`, from whatever source.
    pub read: Option<u64>,
    /// Bytes taken by system calls such as `write`, to whatever target.
    pub written: Option<u64>,
    /// Such system calls that read.
    pub read_calls: Option<u64>,
    /// Such system calls that wrote.
    pub write_calls: Option<u64>,
    /// Bytes that had to be fetched from storage.
    pub fetched: Option<u64>,
    /// Bytes that were sent to storage, or will be.
    pub stored: Option<u64>,
}

impl ProcessIo {
    /// Reads them. A process that has changed its user may not be allowed to.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let text = root.read("/proc/self/io").unwrap_or_default();
        let number = |name| field(&text, name).and_then(first_number);
        Self {
            read: number("rchar"),
            written: number("wchar"),
            read_calls: number("syscr"),
            write_calls: number("syscw"),
            fetched: number("read_bytes"),
            stored: number("write_bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn totals_are_read_and_each_is_absent_alone() {
        let text = "rchar: 6976\nwchar: 5\nsyscr: 10\nsyscw: x\nread_bytes: 4096\n\
                    write_bytes: 8192\ncancelled_write_bytes: 1\n";
        let tree = Fixture::new("io", &[("/proc/self/io", text)]);
        let expected = ProcessIo {
            read: Some(6976),
            written: Some(5),
            read_calls: Some(10),
            write_calls: None,
            fetched: Some(4096),
            stored: Some(8192),
        };
        assert_eq!(ProcessIo::read(&tree.root()), expected);
    }
}

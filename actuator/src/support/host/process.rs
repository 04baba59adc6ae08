//! This process: who it is, and what it uses.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use super::{HostRoot, files, ticks};

/// What does not change while the process lives.
#[derive(Clone, Debug)]
pub(crate) struct ProcessIdentity {
    /// The process id.
    pub pid: u32,
    /// The id of the process that started it.
    pub parent_pid: Option<u32>,
    /// The user that runs it: the login name, or the number when it has none.
    pub owner: Option<String>,
    /// The working folder at the time of reading.
    pub working_directory: Option<PathBuf>,
    /// When it was started, as wall-clock time.
    pub started_at: SystemTime,
    /// When it was started, as monotonic time.
    pub started: Instant,
}

impl ProcessIdentity {
    /// Reads it all. Where the start is unknown, it is taken to be now.
    pub(crate) fn read() -> Self {
        let age = age().unwrap_or_default();
        let (now, instant) = (SystemTime::now(), Instant::now());
        Self {
            pid: std::process::id(),
            parent_pid: Some(parent_pid()).filter(|pid| *pid != 0),
            owner: owner(),
            working_directory: std::env::current_dir().ok(),
            started_at: now.checked_sub(age).unwrap_or(now),
            started: instant.checked_sub(age).unwrap_or(instant),
        }
    }
}

/// What the process uses now. Sizes are in bytes; what cannot be read is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProcessUsage {
    /// Processor time, user and kernel, all threads.
    pub cpu_time: Option<Duration>,
    /// Open file descriptors.
    pub files_open: Option<u64>,
    /// The soft limit of open file descriptors; `None` also when there is no limit.
    pub files_max: Option<u64>,
    /// Live threads.
    pub threads: Option<u64>,
    /// Resident memory.
    pub memory_resident: Option<u64>,
    /// Address space.
    pub memory_virtual: Option<u64>,
    /// Resident memory that is backed by files or shared.
    pub memory_shared: Option<u64>,
    /// Data and stack segments.
    pub memory_data: Option<u64>,
    /// The code of the executable.
    pub memory_text: Option<u64>,
    /// The code of shared libraries.
    pub memory_libraries: Option<u64>,
    /// The most that was ever resident.
    pub memory_peak: Option<u64>,
    /// Resident memory that belongs to no file.
    pub memory_anonymous: Option<u64>,
    /// Memory that is swapped out.
    pub memory_swap: Option<u64>,
    /// Page faults that needed no storage, all threads.
    pub minor_faults: Option<u64>,
    /// Page faults that had to read from storage, all threads.
    pub major_faults: Option<u64>,
}

impl ProcessUsage {
    /// Reads it all; a few small files, some tens of microseconds.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let status = root.read("/proc/self/status").unwrap_or_default();
        let stat = root.read("/proc/self/stat").unwrap_or_default();
        let bytes = |name| bytes(&status, name);
        let both = |one, other| bytes(one)?.checked_add(bytes(other).unwrap_or(0));
        Self {
            cpu_time: cpu_time(&stat),
            files_open: files::open_files_in(root),
            files_max: files::max_files(),
            threads: field(&status, "Threads").and_then(first_number),
            memory_resident: bytes("VmRSS"),
            memory_virtual: bytes("VmSize"),
            memory_shared: both("RssFile", "RssShmem"),
            memory_data: both("VmData", "VmStk"),
            memory_text: bytes("VmExe"),
            memory_libraries: bytes("VmLib"),
            memory_peak: bytes("VmHWM"),
            memory_anonymous: bytes("RssAnon"),
            memory_swap: bytes("VmSwap"),
            minor_faults: stat_number(&stat, 10),
            major_faults: stat_number(&stat, 12),
        }
    }
}

/// The fields of a `stat` file after the command name, which may hold spaces and parentheses.
/// The first is the state, field 3 of the manual.
pub(super) fn stat_fields(stat: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let (head, rest) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    Some((name, rest.split_ascii_whitespace()))
}

/// utime + stime (fields 14 and 15) of a `stat` file.
pub(super) fn cpu_time(stat: &str) -> Option<Duration> {
    let mut fields = stat_fields(stat)?.1.skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(ticks(user.checked_add(system)?))
}

/// A field of a `stat` file by its number in `proc_pid_stat(5)`, from 4.
fn stat_number(stat: &str, field: usize) -> Option<u64> {
    stat_fields(stat)?.1.nth(field.checked_sub(3)?)?.parse().ok()
}

/// How long ago the process was started: time since boot less its start (field 22).
fn age() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let begin: u64 = stat_fields(&stat)?.1.nth(19)?.parse().ok()?;
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_ascii_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(uptime).ok()?.checked_sub(ticks(begin))
}

/// The rest of the line `name:` in files such as `/proc/self/status`.
pub(super) fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

/// The number at the start of a text, before its unit.
pub(super) fn first_number(text: &str) -> Option<u64> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// The bytes of a field in KiB, as `/proc` writes sizes.
pub(super) fn bytes(text: &str, name: &str) -> Option<u64> {
    field(text, name).and_then(first_number)?.checked_mul(1024)
}

#[cfg(unix)]
fn parent_pid() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent_pid() -> u32 {
    0
}

fn owner() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok();
    // Real, effective, saved and file system id; the effective one owns the process.
    let uid = status.as_deref().and_then(|status| {
        field(status, "Uid")?.split_ascii_whitespace().nth(1).map(str::to_owned)
    });
    let Some(uid) = uid else {
        return std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok();
    };
    let name = fs::read_to_string("/etc/passwd").ok().and_then(|users| login_name(&users, &uid));
    Some(name.unwrap_or(uid))
}

fn login_name(users: &str, uid: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 12345 0 0";
        assert_eq!(stat_fields(stat).unwrap().0, "a) b (c");
        assert_eq!(cpu_time(stat), Some(Duration::from_secs(2)));
        assert_eq!((stat_number(stat, 10), stat_number(stat, 12)), (Some(1), Some(3)));
    }

    #[test]
    fn trap_seed_15_unreadable_proc_entries_give_nothing_and_never_fail() {
        for text in ["", "(", "1 (x)", "1 (x) S a b c", ")(", "VmRSS: many kB"] {
            assert_eq!(cpu_time(text), None, "{text}");
            assert_eq!(field(text, "VmRSS").and_then(first_number), None, "{text}");
        }
        assert_eq!(login_name("root:x:0:0::/root:/bin/sh\nbad\n:\n", "7"), None);
    }

    #[test]
    fn this_process_is_known() {
        let identity = ProcessIdentity::read();
        assert_eq!(identity.pid, std::process::id());
        assert!(identity.started <= Instant::now());
        assert!(identity.owner.is_some() && identity.parent_pid.is_some());
        let usage = ProcessUsage::read(&HostRoot::default());
        assert!(usage.memory_resident > Some(0) && usage.threads > Some(0));
        assert!(usage.files_open <= usage.files_max);
    }
}

//! One look at all limits.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::support::{
    host::{Allowance, CgroupLimits, HostRoot, ProcessLimits, ProcessUsage, cpu_count, disk_space},
    single_flight::SingleFlight,
};

/// For how long the use of processors is watched.
pub(crate) const WINDOW: Duration = Duration::from_millis(200);
/// How long a disk may take to tell its size: a network mount may never do.
const DISK_PATIENCE: Duration = Duration::from_secs(1);

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes.
    Bytes,
    /// Files, threads, mappings: things that are counted.
    Count,
    /// Thousandths of a processor.
    Processors,
}

/// What may be used of something, and what is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// What it is about: `files`, `memory`, `machine.threads`.
    pub name: &'static str,
    /// What its numbers count.
    pub unit: Unit,
    /// What is used.
    pub used: u64,
    /// What may be used; `None` for no limit.
    pub allowed: Option<u64>,
    /// Who sets the limit: a file, or a limit of processes (`RLIMIT_NOFILE`).
    pub source: String,
}

impl Limit {
    /// The share that is used, in ten-thousandths, which may be more than all; `None` without a
    /// limit.
    pub(crate) fn ratio(&self) -> Option<u32> {
        let allowed = self.allowed.filter(|allowed| *allowed > 0)?;
        let share = u128::from(self.used) * 10_000 / u128::from(allowed);
        Some(u32::try_from(share).unwrap_or(u32::MAX))
    }
}

/// All limits at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct LimitReading {
    /// Those that the system tells of, in a fixed order.
    pub limits: Vec<Limit>,
    /// Control groups: pressure, periods in which the limit of processors stopped the service.
    pub group: CgroupLimits,
}

impl LimitReading {
    /// The limit of which the greatest share is used.
    pub(crate) fn nearest(&self) -> Option<&Limit> {
        let limited = self.limits.iter().filter(|limit| limit.ratio().is_some());
        // Of equal ones the first.
        limited.rev().max_by_key(|limit| limit.ratio())
    }
}

/// Where limits are read.
#[derive(Debug)]
pub(crate) struct Limits {
    root: HostRoot,
    folder: PathBuf,
    readings: SingleFlight<(), Option<LimitReading>>,
    disks: SingleFlight<(), Option<Limit>>,
}

impl Limits {
    /// Those of this process; of disks that of its working folder.
    pub(crate) fn of_process() -> Self {
        Self::at(HostRoot::default(), ".")
    }

    fn at(root: HostRoot, folder: impl Into<PathBuf>) -> Self {
        let (readings, disks) = (SingleFlight::default(), SingleFlight::default());
        Self { root, folder: folder.into(), readings, disks }
    }

    /// Looks at them; takes a fifth of a second, in which the use of processors is measured. Who
    /// asks meanwhile shares the look. `None` while the service ends.
    pub(crate) async fn read(&self) -> Option<LimitReading> {
        let root = self.root.clone();
        let reading = self.readings.run((), || look(root));
        let folder = self.folder.clone();
        let disk = self.disks.run((), || async move {
            tokio::task::spawn_blocking(move || disk(&folder)).await.ok().flatten()
        });
        let (reading, disk) = tokio::join!(reading, tokio::time::timeout(DISK_PATIENCE, disk));
        let mut reading = reading.flatten()?;
        reading.limits.extend(disk.ok().flatten().flatten());
        Some(reading)
    }
}

/// Two looks, since what is used of processors is a difference.
async fn look(root: HostRoot) -> Option<LimitReading> {
    let blocking = |root: HostRoot| tokio::task::spawn_blocking(move || Look::now(&root));
    let first = blocking(root.clone()).await.ok()?;
    tokio::time::sleep(WINDOW).await;
    let second = blocking(root).await.ok()?;
    Some(second.since(&first))
}

/// One of the two.
struct Look {
    at: Instant,
    group: CgroupLimits,
    process: ProcessLimits,
    usage: ProcessUsage,
}

impl Look {
    /// Blocks for some milliseconds at most.
    fn now(root: &HostRoot) -> Self {
        Self {
            at: Instant::now(),
            group: CgroupLimits::read(root),
            process: ProcessLimits::read(root),
            usage: ProcessUsage::read(root),
        }
    }

    fn since(self, earlier: &Self) -> LimitReading {
        let cpu = self.processors(earlier);
        let Self { group, process, .. } = self;
        let memory = group
            .memory
            .as_ref()
            .map(|(memory, file)| (memory.working_set, memory.limit, file.display().to_string()));
        let swap = group.swap.as_ref();
        let swap = swap.map(|(used, limit, file)| (*used, *limit, file.display().to_string()));
        let pids = group.pids.as_ref();
        let pids = pids.map(|(pids, file)| (pids.current, pids.limit, file.display().to_string()));
        let of_group = |(used, allowed, source)| Allowance { used, allowed, source };
        let limits = [
            ("files", Unit::Count, process.files),
            ("memory", Unit::Bytes, memory.map(of_group)),
            ("memory.addressSpace", Unit::Bytes, process.address_space),
            ("memory.maps", Unit::Count, process.memory_maps),
            ("swap", Unit::Bytes, swap.map(of_group)),
            ("cpu", Unit::Processors, cpu),
            ("pids", Unit::Count, pids.map(of_group)),
            ("machine.files", Unit::Count, process.machine_files),
            ("machine.memory", Unit::Bytes, process.machine_memory),
            ("machine.swap", Unit::Bytes, process.machine_swap),
            ("machine.threads", Unit::Count, process.machine_threads),
        ];
        let limits = limits.into_iter().filter_map(|(name, unit, allowance)| {
            let Allowance { used, allowed, source } = allowance?;
            Some(Limit { name, unit, used, allowed, source })
        });
        LimitReading { limits: limits.collect(), group }
    }

    /// The processors that were in use between the looks, in thousandths: of the control group
    /// that has a limit, else of the process, which may use as many as its affinity names.
    fn processors(&self, earlier: &Self) -> Option<Allowance> {
        let group = self.group.cpu.as_ref().filter(|(cpu, _)| cpu.limit.is_some());
        let before = earlier.group.cpu.as_ref();
        let of_group = group.and_then(|(cpu, file)| {
            let used = cpu.time?.checked_sub(before?.0.time?)?;
            Some((used, thousandths(cpu.limit?), file.display().to_string()))
        });
        let of_process = || {
            let used = self.usage.cpu_time?.checked_sub(earlier.usage.cpu_time?)?;
            let processors = u64::try_from(cpu_count()).ok()?;
            Some((used, Some(processors * 1_000), "processors of this machine".to_owned()))
        };
        let (used, allowed, source) = of_group.or_else(of_process)?;
        let window = self.at.saturating_duration_since(earlier.at).as_micros().max(1);
        let used = u64::try_from(used.as_micros() * 1_000 / window).ok()?;
        Some(Allowance { used, allowed, source })
    }
}

/// A number of processors; quotas are whole microseconds of periods that are at most a second.
fn thousandths(processors: f64) -> Option<u64> {
    Duration::try_from_secs_f64(processors).ok()?.as_millis().try_into().ok()
}

/// The file system of the folder.
fn disk(folder: &Path) -> Option<Limit> {
    let space = disk_space(folder)?;
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    Some(Limit {
        name: "disk",
        unit: Unit::Bytes,
        used: space.total.saturating_sub(space.usable),
        allowed: Some(space.total),
        source: place.display().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::host::Fixture;

    fn container(name: &str) -> Fixture {
        Fixture::new(
            name,
            &[
                ("/proc/self/cgroup", "0::/app\n"),
                ("/proc/self/mountinfo", "3 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
                ("/sys/fs/cgroup/app/memory.max", "1000\n"),
                ("/sys/fs/cgroup/app/memory.current", "900\n"),
                ("/sys/fs/cgroup/app/memory.stat", "inactive_file 100\n"),
                ("/sys/fs/cgroup/app/memory.swap.current", "7\n"),
                ("/sys/fs/cgroup/app/memory.swap.max", "max\n"),
                ("/sys/fs/cgroup/app/cpu.max", "150000 100000\n"),
                ("/sys/fs/cgroup/app/cpu.stat", "usage_usec 1000\nnr_periods 4\n"),
                ("/sys/fs/cgroup/app/pids.current", "12\n"),
                ("/sys/fs/cgroup/app/pids.max", "100\n"),
            ],
        )
    }

    fn find<'r>(reading: &'r LimitReading, name: &str) -> &'r Limit {
        reading.limits.iter().find(|limit| limit.name == name).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_limits_of_a_container_are_told_with_their_files() {
        let tree = container("limits-container");
        let reading = Limits::at(tree.root(), "/does/not/exist").read().await.unwrap();
        let memory = find(&reading, "memory");
        assert_eq!((memory.used, memory.allowed, memory.ratio()), (800, Some(1000), Some(8_000)));
        assert_eq!(memory.source, "/sys/fs/cgroup/app/memory.max");
        let cpu = find(&reading, "cpu");
        assert_eq!((cpu.allowed, &*cpu.source), (Some(1_500), "/sys/fs/cgroup/app/cpu.max"));
        let pids = find(&reading, "pids");
        assert_eq!((pids.used, pids.allowed), (12, Some(100)));
        let swap = find(&reading, "swap");
        assert_eq!((swap.used, swap.allowed, swap.ratio()), (7, None, None));
        assert_eq!(reading.nearest(), Some(memory));
        assert!(reading.limits.iter().all(|limit| limit.name != "disk"));
    }

    #[test]
    fn processors_are_measured_between_two_looks() {
        let tree = container("limits-cpu");
        let first = Look::now(&tree.root());
        tree.write("/sys/fs/cgroup/app/cpu.stat", "usage_usec 401000\n");
        let second = Look { at: first.at + Duration::from_millis(400), ..Look::now(&tree.root()) };
        let reading = second.since(&first);
        let cpu = find(&reading, "cpu");
        assert_eq!((cpu.used, cpu.ratio()), (1_000, Some(6_666)));
    }

    #[tokio::test]
    async fn this_process_has_files_a_disk_and_processors() {
        let reading = Limits::of_process().read().await.unwrap();
        for name in ["files", "disk", "cpu", "memory.maps", "machine.memory"] {
            let limit = find(&reading, name);
            assert!(limit.allowed.is_some_and(|allowed| allowed > 0), "{limit:?}");
        }
        assert!(reading.nearest().is_some());
    }
}

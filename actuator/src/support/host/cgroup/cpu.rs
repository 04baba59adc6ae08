//! The processor time of a control group.

use std::{path::PathBuf, time::Duration};

use super::{
    super::HostRoot,
    levels::{Level, Levels, Version, keyed},
};

/// What a control group may use of processors, and what it did use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CgroupCpu {
    /// How many processors it may use at once, on average over a period; `None` for no limit.
    pub limit: Option<f64>,
    /// Processor time, user and kernel, of all its processes so far.
    pub time: Option<Duration>,
    /// The periods in which one of its tasks was ready to run.
    pub periods: Option<u64>,
    /// Those of them in which the limit stopped it.
    pub throttled_periods: Option<u64>,
    /// For how long all its tasks were stopped, together.
    pub throttled_time: Option<Duration>,
}

/// The group with the lowest limit; where there is none, the own group.
pub(super) fn read(root: &HostRoot, levels: &Levels) -> Option<CgroupCpu> {
    find(root, levels).map(|(group, _)| group)
}

/// The same, and the file of its limit.
pub(super) fn find(root: &HostRoot, levels: &Levels) -> Option<(CgroupCpu, PathBuf)> {
    let all = levels.of_controller("cpu");
    let (level, limit) = all
        .iter()
        .filter_map(|level| Some((level, limit(root, level)?)))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(level, limit)| (level, Some(limit)))
        .or_else(|| Some((all.first()?, None)))?;
    let stat = level.text(root, "cpu.stat")?;
    let time = match level.version {
        Version::V1 => time_of_version_1(root, levels, level),
        Version::V2 => keyed(&stat, "usage_usec").map(Duration::from_micros),
    };
    let throttled_time = match level.version {
        Version::V1 => keyed(&stat, "throttled_time").map(Duration::from_nanos),
        Version::V2 => keyed(&stat, "throttled_usec").map(Duration::from_micros),
    };
    let file = match level.version {
        Version::V1 => "cpu.cfs_quota_us",
        Version::V2 => "cpu.max",
    };
    let group = CgroupCpu {
        limit,
        time,
        periods: keyed(&stat, "nr_periods"),
        throttled_periods: keyed(&stat, "nr_throttled"),
        throttled_time,
    };
    Some((group, level.folder.join(file)))
}

/// The quota as a number of processors.
fn limit(root: &HostRoot, level: &Level) -> Option<f64> {
    let (quota, period): (u32, u32) = match level.version {
        // No limit is -1, or `max`: no number either way.
        Version::V1 => {
            let number = |file| level.text(root, file)?.parse().ok();
            (number("cpu.cfs_quota_us")?, number("cpu.cfs_period_us")?)
        }
        Version::V2 => {
            let text = level.text(root, "cpu.max")?;
            let (quota, period) = text.split_once(' ')?;
            (quota.parse().ok()?, period.parse().ok()?)
        }
    };
    (quota > 0 && period > 0).then(|| f64::from(quota) / f64::from(period))
}

/// The controller that measures may be mounted at a place of its own, with the same groups.
fn time_of_version_1(root: &HostRoot, levels: &Levels, limited: &Level) -> Option<Duration> {
    let measured = levels.of_controller("cpuacct");
    let same = measured.iter().find(|level| level.folder == limited.folder);
    let level = same.or_else(|| measured.first())?;
    level.number(root, "cpuacct.usage").map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::{super::super::root::Fixture, *};
    use crate::support::host::Cgroup;

    const V2_MOUNTS: &str = "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn version_2_tells_the_limit_and_what_it_cost() {
        let tree = Fixture::new(
            "cgroup-cpu2",
            &[
                ("/proc/self/cgroup", "0::/app\n"),
                ("/proc/self/mountinfo", V2_MOUNTS),
                ("/sys/fs/cgroup/app/cpu.max", "150000 100000\n"),
                (
                    "/sys/fs/cgroup/app/cpu.stat",
                    "usage_usec 2500000\nuser_usec 1\nsystem_usec 2\nnr_periods 10\nnr_throttled 4\n\
                     throttled_usec 250000\n",
                ),
                ("/sys/fs/cgroup/cpu.stat", "usage_usec 9\n"),
            ],
        );
        let cpu = Cgroup::read(&tree.root()).cpu.unwrap();
        let expected = CgroupCpu {
            limit: Some(1.5),
            time: Some(Duration::from_millis(2_500)),
            periods: Some(10),
            throttled_periods: Some(4),
            throttled_time: Some(Duration::from_millis(250)),
        };
        assert_eq!(cpu, expected);
        tree.write("/sys/fs/cgroup/app/cpu.max", "max 100000\n");
        assert_eq!(Cgroup::read(&tree.root()).cpu, Some(CgroupCpu { limit: None, ..expected }));
    }

    #[test]
    fn version_1_tells_it_in_other_files() {
        let tree = Fixture::new(
            "cgroup-cpu1",
            &[
                ("/proc/self/cgroup", "3:cpu:/docker/7\n2:cpuacct:/docker/7\n0::/\n"),
                (
                    "/proc/self/mountinfo",
                    "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                     33 31 0:30 /docker/7 /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n",
                ),
                ("/sys/fs/cgroup/cpu/docker/7/cpu.cfs_quota_us", "50000\n"),
                ("/sys/fs/cgroup/cpu/docker/7/cpu.cfs_period_us", "100000\n"),
                (
                    "/sys/fs/cgroup/cpu/docker/7/cpu.stat",
                    "nr_periods 7\nnr_throttled 1\nthrottled_time 1000000000\n",
                ),
                ("/sys/fs/cgroup/cpuacct/cpuacct.usage", "3000000000\n"),
            ],
        );
        let cpu = Cgroup::read(&tree.root()).cpu.unwrap();
        let expected = CgroupCpu {
            limit: Some(0.5),
            time: Some(Duration::from_secs(3)),
            periods: Some(7),
            throttled_periods: Some(1),
            throttled_time: Some(Duration::from_secs(1)),
        };
        assert_eq!(cpu, expected);
        tree.write("/sys/fs/cgroup/cpu/docker/7/cpu.cfs_quota_us", "-1\n");
        tree.write("/sys/fs/cgroup/cpu/docker/7/cpu.stat", "nr_periods 0\n");
        let unlimited = Cgroup::read(&tree.root()).cpu.unwrap();
        assert_eq!((unlimited.limit, unlimited.periods), (None, Some(0)));
        assert_eq!(unlimited.throttled_time, None);
    }
}

//! How near the process is to its limit of memory.

use crate::{
    health::{Health, HealthIndicator, blocking::BlockingIndicator},
    model::endpoint::BoxFuture,
    support::host::{self, MemoryLimit, MemoryUse},
};

use super::usage::{UsageThresholds, not_told, percent};

/// The memory of the process against the limit that it is nearest to, by share:
///
/// - `cgroup`: the limit of its control group, version 2 or 1, or of one above it: what a container
///   may use. What the out-of-memory killer counts is counted: all processes of the group, with
///   what the kernel holds for them, less inactive file pages, which it takes back before it
///   kills. Kubernetes calls this the working set.
/// - `rlimit`: `RLIMIT_AS`, if it is set, against the address space of the process.
/// - `physical`: the memory of the machine, against the resident memory of the process.
///
/// Details: `used` and `limit` in bytes, `limitSource`, `percent`. Linux only; UNKNOWN elsewhere.
#[derive(Debug)]
pub struct ProcessMemory {
    read: BlockingIndicator<Box<dyn Fn() -> Health + Send + Sync>>,
}

impl ProcessMemory {
    /// Degraded above 90 %, DOWN above 98 %: a process that is this near is about to be killed.
    pub const DEFAULT: UsageThresholds = UsageThresholds { degraded_above: 90, down_above: 98 };

    /// The check of this process.
    pub fn new(thresholds: UsageThresholds) -> Self {
        Self::reading(thresholds, host::nearest_memory_limit)
    }

    fn reading(thresholds: UsageThresholds, read: fn() -> Option<MemoryUse>) -> Self {
        let check = move || read().map_or_else(not_told, |memory| judge(thresholds, memory));
        Self { read: BlockingIndicator::new(Box::new(check)) }
    }
}

impl Default for ProcessMemory {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

impl HealthIndicator for ProcessMemory {
    fn check(&self) -> BoxFuture<'static, Health> {
        self.read.check()
    }

    fn is_cancellable(&self) -> bool {
        self.read.is_cancellable()
    }
}

fn judge(thresholds: UsageThresholds, memory: MemoryUse) -> Health {
    let MemoryUse { used, limit, source } = memory;
    let source = match source {
        MemoryLimit::Cgroup => "cgroup",
        MemoryLimit::AddressSpace => "rlimit",
        MemoryLimit::Physical => "physical",
    };
    Health::new(thresholds.status(used, limit))
        .with_detail("used", used)
        .with_detail("limit", limit)
        .with_detail("limitSource", source)
        .with_detail("percent", percent(used, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    fn details(health: &Health) -> Vec<String> {
        health.details().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[tokio::test]
    async fn memory_is_judged_by_its_share_of_the_limit_and_says_whose_limit_that_is() {
        let check = ProcessMemory::reading(ProcessMemory::DEFAULT, || {
            Some(MemoryUse { used: 901, limit: 1_000, source: MemoryLimit::Cgroup })
        });
        let health = check.check().await;
        assert_eq!(health.status(), &Status::RESTRICTED);
        assert_eq!(
            details(&health),
            ["used=901", "limit=1000", "limitSource=\"cgroup\"", "percent=90.1"]
        );
        let full = ProcessMemory::reading(ProcessMemory::DEFAULT, || {
            Some(MemoryUse { used: 99, limit: 100, source: MemoryLimit::AddressSpace })
        });
        assert_eq!(full.check().await.status(), &Status::DOWN);
    }

    #[tokio::test]
    async fn where_the_system_does_not_tell_it_is_unknown() {
        let health = ProcessMemory::reading(ProcessMemory::DEFAULT, || None).check().await;
        assert_eq!(health.status(), &Status::UNKNOWN);
        assert_eq!(details(&health), ["error=\"it cannot be read on this system\""]);
    }

    #[tokio::test]
    async fn this_process_is_measured() {
        let health = ProcessMemory::default().check().await;
        let (name, used) = health.details().next().unwrap();
        assert_eq!(name, "used");
        assert!(used.get().parse::<u64>().unwrap() > 0, "{health:?}");
    }
}

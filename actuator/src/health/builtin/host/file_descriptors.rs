//! How near the process is to its limit of open files.

use crate::{
    health::{Health, HealthIndicator, blocking::BlockingIndicator},
    model::endpoint::BoxFuture,
    support::host,
};

use super::usage::{UsageThresholds, not_told, percent};

/// The open file descriptors of the process (files, sockets, pipes) against the soft limit
/// (`ulimit -n`), at which it can accept no connection any more.
///
/// Details: `open`, `limit`, `percent`. It needs no descriptor itself (Linux 6.2 and newer), so it
/// also answers when none is left. Linux only; UNKNOWN elsewhere.
#[derive(Debug)]
pub struct FileDescriptors {
    read: BlockingIndicator<Box<dyn Fn() -> Health + Send + Sync>>,
}

/// Open descriptors and their soft limit.
type Files = (u64, u64);

impl FileDescriptors {
    /// Degraded above 80 %, DOWN above 95 %: connections come in bursts, and one that cannot be
    /// accepted is a request that failed.
    pub const DEFAULT: UsageThresholds = UsageThresholds { degraded_above: 80, down_above: 95 };

    /// The check of this process.
    pub fn new(thresholds: UsageThresholds) -> Self {
        Self::reading(thresholds, || Some((host::open_files()?, host::max_files()?)))
    }

    fn reading(thresholds: UsageThresholds, read: fn() -> Option<Files>) -> Self {
        let check = move || read().map_or_else(not_told, |files| judge(thresholds, files));
        Self { read: BlockingIndicator::new(Box::new(check)) }
    }
}

impl Default for FileDescriptors {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

impl HealthIndicator for FileDescriptors {
    fn check(&self) -> BoxFuture<'static, Health> {
        self.read.check()
    }

    fn is_cancellable(&self) -> bool {
        self.read.is_cancellable()
    }
}

fn judge(thresholds: UsageThresholds, (open, limit): Files) -> Health {
    Health::new(thresholds.status(open, limit))
        .with_detail("open", open)
        .with_detail("limit", limit)
        .with_detail("percent", percent(open, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    fn details(health: &Health) -> Vec<String> {
        health.details().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[tokio::test]
    async fn open_files_are_judged_by_their_share_of_the_limit() {
        let check = |read| FileDescriptors::reading(FileDescriptors::DEFAULT, read);
        let health = check(|| Some((860, 1_024))).check().await;
        assert_eq!(health.status(), &Status::RESTRICTED);
        assert_eq!(details(&health), ["open=860", "limit=1024", "percent=83.9"]);
        assert_eq!(check(|| Some((1_024, 1_024))).check().await.status(), &Status::DOWN);
        assert_eq!(check(|| Some((10, 1_024))).check().await.status(), &Status::UP);
        assert_eq!(check(|| None).check().await.status(), &Status::UNKNOWN);
    }

    #[tokio::test]
    async fn files_of_this_process_are_seen() {
        let files: Vec<_> =
            (0..20).map(|_| std::fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap()).collect();
        let health = FileDescriptors::default().check().await;
        let (_, open) = health.details().next().unwrap();
        assert!(open.get().parse::<u64>().unwrap() >= 20);
        drop(files);
    }
}

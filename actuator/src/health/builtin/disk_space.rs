//! Whether the disk below a path has room left.

use std::{
    fmt,
    future::ready,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    health::{Health, HealthIndicator, Status, blocking::BlockingIndicator},
    model::endpoint::BoxFuture,
};

/// Total and free bytes of the disk that holds a path; `None` if it cannot be read.
pub type DiskReader = Arc<dyn Fn(&Path) -> Option<(u64, u64)> + Send + Sync>;

/// UP while at least `threshold` bytes are free.
///
/// A path can hang (a network mount that is gone), so the disk is read on the blocking pool, and
/// a reading is kept for a moment to spare frequent probes the hop between threads.
pub struct DiskSpace {
    read: BlockingIndicator<Box<dyn Fn() -> Health + Send + Sync>>,
    kept: Arc<Mutex<Option<(Instant, Health)>>>,
    keep: Duration,
}

impl DiskSpace {
    /// The check of the disk below `path`; a reading serves for `keep`.
    pub fn new(path: PathBuf, threshold: u64, disk: DiskReader, keep: Duration) -> Self {
        let kept = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&kept);
        let read: Box<dyn Fn() -> Health + Send + Sync> = Box::new(move || {
            let health = measure(&path, threshold, &disk);
            *shared.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), health.clone()));
            health
        });
        Self { read: BlockingIndicator::new(read), kept, keep }
    }
}

impl HealthIndicator for DiskSpace {
    fn check(&self) -> BoxFuture<'static, Health> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((at, health)) if at.elapsed() < self.keep => Box::pin(ready(health.clone())),
            _ => self.read.check(),
        }
    }
}

impl fmt::Debug for DiskSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskSpace").field("keep", &self.keep).finish_non_exhaustive()
    }
}

fn measure(path: &Path, threshold: u64, disk: &DiskReader) -> Health {
    // As Java's getAbsolutePath: joined, not resolved.
    let shown = std::env::current_dir().map_or_else(|_| path.to_owned(), |here| here.join(path));
    let read = disk(path);
    let (total, free) = read.unwrap_or_default();
    let enough = read.is_some() && free >= threshold;
    Health::new(if enough { Status::UP } else { Status::DOWN })
        .with_detail("total", total)
        .with_detail("free", free)
        .with_detail("threshold", threshold)
        .with_detail("path", shown.to_string_lossy())
        .with_detail("exists", path.exists())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn details(health: &Health) -> Vec<String> {
        health.details().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[tokio::test]
    async fn a_disk_is_down_below_its_threshold_and_shows_springs_details() {
        let disk: DiskReader = Arc::new(|_| Some((100, 10)));
        let check =
            |threshold| DiskSpace::new("/".into(), threshold, Arc::clone(&disk), Duration::ZERO);
        let health = check(10).check().await;
        assert_eq!(health.status(), &Status::UP);
        assert_eq!(
            details(&health),
            ["total=100", "free=10", "threshold=10", "path=\"/\"", "exists=true"]
        );
        assert_eq!(check(11).check().await.status(), &Status::DOWN);
    }

    #[tokio::test]
    async fn a_path_that_does_not_exist_is_down() {
        let disk: DiskReader = Arc::new(|_| None);
        let health = DiskSpace::new("/no/such".into(), 0, disk, Duration::ZERO).check().await;
        assert_eq!(health.status(), &Status::DOWN);
        assert!(details(&health).contains(&"exists=false".to_owned()));
    }

    #[tokio::test]
    async fn a_reading_is_kept_for_a_moment() {
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let disk: DiskReader = Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Some((1, 1))
        });
        let check = DiskSpace::new(".".into(), 0, disk, Duration::from_hours(1));
        check.check().await;
        check.check().await;
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }
}

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
    support::host,
};

/// Total and free bytes of the disk that holds a path; `None` if it cannot be read. May block.
pub type DiskReader = Arc<dyn Fn(&Path) -> Option<(u64, u64)> + Send + Sync>;

/// A reading serves for so long, to spare frequent probes the hop between threads.
const KEEP: Duration = Duration::from_secs(1);

/// UP while at least a threshold of bytes is free on the disk that holds a path.
///
/// A path can hang (a network mount whose server is gone), so the disk is read on the blocking
/// pool: the check times out, says how long it has been waiting, and holds one thread.
///
/// Details: `total`, `free` and `threshold` in bytes, `path`, `exists`; with
/// [`Self::must_be_mounted`] also `mounted`.
pub struct DiskSpace {
    probe: Probe,
    read: BlockingIndicator<Box<dyn Fn() -> Health + Send + Sync>>,
    kept: Arc<Mutex<Option<(Instant, Health)>>>,
    keep: Duration,
}

impl DiskSpace {
    /// 10 MiB, as in Spring.
    pub const DEFAULT_THRESHOLD: u64 = 10 * 1024 * 1024;

    /// The check of the disk that holds `path`: DOWN when fewer than `threshold` bytes are free.
    pub fn new(path: impl Into<PathBuf>, threshold: u64) -> Self {
        let disk: DiskReader =
            Arc::new(|path| host::disk_space(path).map(|space| (space.total, space.usable)));
        let path = path.into();
        Self::of(Probe { path, threshold, must_be_mounted: false, disk }, KEEP)
    }

    /// Also DOWN when nothing is mounted at the path itself: it is then an empty folder of the disk
    /// below, which looks healthy and fills up. Known on Linux; elsewhere it changes nothing.
    #[must_use]
    pub fn must_be_mounted(self) -> Self {
        Self::of(Probe { must_be_mounted: true, ..self.probe }, self.keep)
    }

    /// The same check with another reader of disks.
    #[must_use]
    pub(crate) fn reading(self, disk: DiskReader) -> Self {
        Self::of(Probe { disk, ..self.probe }, self.keep)
    }

    fn of(probe: Probe, keep: Duration) -> Self {
        let kept = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&kept);
        let asked = probe.clone();
        let read: Box<dyn Fn() -> Health + Send + Sync> = Box::new(move || {
            let health = asked.measure();
            *shared.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), health.clone()));
            health
        });
        Self { probe, read: BlockingIndicator::new(read), kept, keep }
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

    fn is_cancellable(&self) -> bool {
        self.read.is_cancellable()
    }
}

impl fmt::Debug for DiskSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskSpace").field("path", &self.probe.path).finish_non_exhaustive()
    }
}

/// What is asked, and how.
#[derive(Clone)]
struct Probe {
    path: PathBuf,
    threshold: u64,
    must_be_mounted: bool,
    disk: DiskReader,
}

impl Probe {
    fn measure(&self) -> Health {
        let Self { path, threshold, must_be_mounted, disk } = self;
        // As Java's getAbsolutePath: joined, not resolved.
        let shown =
            std::env::current_dir().map_or_else(|_| path.to_owned(), |here| here.join(path));
        let read = disk(path);
        let (total, free) = read.unwrap_or_default();
        let mounted = must_be_mounted.then(|| host::is_mount_point(path));
        let is_well = read.is_some() && free >= *threshold && mounted != Some(Some(false));
        let health = Health::new(if is_well { Status::UP } else { Status::DOWN })
            .with_detail("total", total)
            .with_detail("free", free)
            .with_detail("threshold", threshold)
            .with_detail("path", shown.to_string_lossy())
            .with_detail("exists", path.exists());
        match mounted {
            Some(mounted) => health.with_detail("mounted", mounted),
            None => health,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;
    use crate::{
        health::{
            Finding, HealthCheck, HealthContributors, HealthGroup, engine::EngineSettings, evaluate,
        },
        support::application_runtime::ApplicationRuntime,
    };

    fn details(health: &Health) -> Vec<String> {
        health.details().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[tokio::test]
    async fn a_disk_is_down_below_its_threshold_and_shows_springs_details() {
        let check =
            |threshold| DiskSpace::new("/", threshold).reading(Arc::new(|_| Some((100, 10))));
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
        let health = DiskSpace::new("/no/such", 0).check().await;
        assert_eq!(health.status(), &Status::DOWN);
        assert!(details(&health).contains(&"exists=false".to_owned()));
    }

    #[tokio::test]
    async fn a_folder_that_should_be_a_mount_is_down_with_all_its_room() {
        let folder = DiskSpace::new(env!("CARGO_MANIFEST_DIR"), 0);
        assert_eq!(folder.check().await.status(), &Status::UP);
        let health = folder.must_be_mounted().check().await;
        assert_eq!(health.status(), &Status::DOWN);
        assert!(details(&health).contains(&"mounted=false".to_owned()), "{health:?}");
        let health = DiskSpace::new("/", 0).must_be_mounted().check().await;
        assert_eq!(health.status(), &Status::UP);
        assert!(details(&health).contains(&"mounted=true".to_owned()), "{health:?}");
    }

    #[tokio::test]
    async fn a_reading_is_kept_for_a_moment() {
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let mut probe = DiskSpace::new(".", 0).probe;
        probe.disk = Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Some((1, 1))
        });
        let check = DiskSpace::of(probe, Duration::from_hours(1));
        check.check().await;
        check.check().await;
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_path_that_hangs_times_out_holds_one_thread_and_harms_no_other_path() {
        let (release, hang) = mpsc::channel::<()>();
        let hang = Mutex::new(hang);
        let (begin, mut began) = tokio::sync::mpsc::unbounded_channel();
        let disk: DiskReader = Arc::new(move |path| {
            if path == Path::new("/mnt/gone") {
                begin.send(()).unwrap();
                let _ = hang.lock().unwrap().recv();
            }
            Some((2, 2))
        });
        let checks = HealthContributors::new(
            Vec::new(),
            EngineSettings::default(),
            ApplicationRuntime::default(),
            None,
        );
        for (name, path, timeout) in [
            ("gone", "/mnt/gone", Duration::from_millis(5)),
            ("root", "/", Duration::from_hours(1)),
        ] {
            let check = DiskSpace::new(path, 1).reading(Arc::clone(&disk));
            checks.register(HealthCheck::new(name, check).timeout(timeout)).unwrap();
        }
        for _ in 0..3 {
            assert_eq!(ask(&checks, "root").await.status(), &Status::UP);
            let health = ask(&checks, "gone").await;
            assert_eq!(health.status(), &Status::DOWN);
            assert!(details(&health)[0].contains("timeout after 5 ms"), "{health:?}");
        }
        began.recv().await.unwrap();
        release.send(()).unwrap();
        while ask(&checks, "gone").await.status() != &Status::UP {
            tokio::task::yield_now().await;
        }
        assert!(began.try_recv().is_err(), "the path was read again while it hung");
    }

    async fn ask(checks: &HealthContributors, name: &str) -> Arc<Health> {
        let all = HealthGroup::primary(crate::model::show::Show::Always);
        match evaluate(&checks.snapshot(), &[name], &all, &|_, _| true).await {
            Some(Finding::Indicator(report)) => Arc::clone(&report.health),
            other => panic!("{other:?}"),
        }
    }
}

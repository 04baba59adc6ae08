//! Tests of compressing and removing archives.

use std::{
    fs,
    sync::atomic::{AtomicU32, Ordering},
};

use super::*;
use crate::{
    logging::output::sink::opened::Patience,
    settings::{Settings, SettingsReader},
    support::offset_date_time::parse_offset_date_time,
};

struct Scene {
    folder: PathBuf,
    settings: RollingSettings,
}

impl Scene {
    fn new(more: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("actuator-housekeeping-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let settings = more.iter().fold(Settings::builder(), |settings, (name, value)| {
            settings.force(&format!("logging.logback.rollingpolicy.{name}"), *value)
        });
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = RollingSettings::read(&mut reader, &folder.join("app.log"));
        reader.finish().unwrap();
        Self { folder, settings: read.unwrap() }
    }

    fn put(&self, name: &str, bytes: usize) -> &Self {
        fs::write(self.folder.join(name), "x".repeat(bytes)).unwrap();
        self
    }

    fn work(&self, job: Job) -> bool {
        let now = parse_offset_date_time("2026-11-21T12:00:00Z").unwrap();
        work(&self.settings, job, now).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<_> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const PLAIN: (&str, &str) = ("file-name-pattern", "${LOG_FILE}.%d.%i");

#[test]
fn periods_that_are_too_old_go_and_other_files_stay() {
    let scene = Scene::new(&[PLAIN, ("max-history", "2")]);
    for name in [
        "app.log",
        "app.log.2026-11-21.0",
        "app.log.2026-11-19.10",
        "app.log.2026-11-18.0",
        "app.log.2025-01-01.3.gz",
        "app.log.1",
        "app.log.2020-01-01",
        "other.log.2020-01-01.0",
    ] {
        scene.put(name, 10);
    }
    scene.work(Job::Compress);
    assert_eq!(scene.names().len(), 8);
    scene.work(Job::CompressAndClean);
    let left = [
        "app.log",
        "app.log.1",
        "app.log.2020-01-01",
        "app.log.2026-11-19.10",
        "app.log.2026-11-21.0",
        "other.log.2020-01-01.0",
    ];
    assert_eq!(scene.names(), left);
}

#[test]
fn the_oldest_go_until_the_rest_is_small_enough() {
    let scene = Scene::new(&[PLAIN, ("total-size-cap", "30B"), ("max-history", "0")]);
    for name in [
        "app.log.2026-11-20.9",
        "app.log.2026-11-20.10",
        "app.log.2026-11-21.0",
        "app.log.2020-01-01.0",
    ] {
        scene.put(name, 14);
    }
    scene.work(Job::CompressAndClean);
    assert_eq!(scene.names(), ["app.log.2026-11-20.10", "app.log.2026-11-21.0"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_neither_removed_nor_followed() {
    let scene = Scene::new(&[("max-history", "1")]);
    scene.put("precious", 10);
    let link = scene.folder.join("app.log.2020-01-01.0");
    std::os::unix::fs::symlink(scene.folder.join("precious"), link).unwrap();
    scene.work(Job::CompressAndClean);
    assert_eq!(scene.names(), ["app.log.2020-01-01.0", "precious"]);
}

#[cfg(feature = "compression")]
mod compressed {
    use super::*;

    #[test]
    fn archives_are_compressed_and_keep_their_times() {
        let scene = Scene::new(&[]);
        scene.put("app.log.2026-11-20.0", 100_000);
        scene.put("app.log.2026-11-20.0.gz.part", 5);
        scene.put("app.log.2026-11-20.1", 0);
        let path = scene.folder.join("app.log.2026-11-20.0");
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        assert!(scene.work(Job::Compress));
        let names = ["app.log.2026-11-20.0.gz", "app.log.2026-11-20.1"];
        assert_eq!(scene.names(), names, "an empty one is a place that somebody keeps");
        let archive = File::open(archive::compressed(&path)).unwrap();
        assert_eq!(archive.metadata().unwrap().modified().unwrap(), modified);
        let mut text = String::new();
        let mut decoder = flate2::read::GzDecoder::new(archive);
        io::Read::read_to_string(&mut decoder, &mut text).unwrap();
        assert_eq!(text, "x".repeat(100_000));
    }

    #[test]
    fn an_archive_that_somebody_still_writes_to_is_compressed_later() {
        let scene = Scene::new(&[]);
        scene.put("app.log.2026-11-20.0", 10);
        let path = scene.folder.join("app.log.2026-11-20.0");
        let held = File::open(&path).unwrap();
        let lock = Lock::shared(&held, &path, &mut Patience::default());
        assert!(!scene.work(Job::Compress));
        assert_eq!(scene.names(), ["app.log.2026-11-20.0"]);
        drop(lock);
        assert!(scene.work(Job::Compress));
        assert_eq!(scene.names(), ["app.log.2026-11-20.0.gz"]);
    }

    #[test]
    fn an_archive_that_grew_while_it_was_compressed_is_compressed_again_later() {
        let scene = Scene::new(&[]);
        scene.put("app.log.2026-11-20.0", 10);
        let path = scene.folder.join("app.log.2026-11-20.0");
        let part = scene.folder.join("app.log.2026-11-20.0.gz.part");
        let source = File::open(&path).unwrap();
        write_compressed(&source, &part).unwrap();
        scene.put("app.log.2026-11-20.0", 11);
        assert!(!replace(&path, &source, &part).unwrap());
        assert!(path.exists(), "what came later is nowhere else");
        assert!(scene.work(Job::Compress));
        assert_eq!(scene.names(), ["app.log.2026-11-20.0.gz"]);
    }
}

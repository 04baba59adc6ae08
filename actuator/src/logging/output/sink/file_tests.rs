//! Tests of the log file: rotated by others, rolled by itself, full, shared by many.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use tracing::Level;

use super::*;
use crate::{
    logging::output::archives::archives,
    settings::{Settings, SettingsReader},
    support::offset_date_time::parse_offset_date_time,
};

const POLICY: &str = "logging.logback.rollingpolicy";

/// A folder of its test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("actuator-logfile-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn log(&self) -> PathBuf {
        self.0.join("deep").join("app.log")
    }

    fn rolling(&self, more: &[(&str, &str)]) -> Option<RollingSettings> {
        let settings = more.iter().fold(Settings::builder(), |settings, (name, value)| {
            settings.force(&format!("{POLICY}.{name}"), *value)
        });
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = RollingSettings::read(&mut reader, &self.log());
        reader.finish().unwrap();
        read
    }

    fn sink(&self, more: &[(&str, &str)]) -> FileSink {
        FileSink::open(&self.log(), self.rolling(more)).unwrap()
    }

    /// The names of the archives, sorted.
    fn archives(&self) -> Vec<String> {
        let all = archives(&self.log(), self.rolling(&[]).as_ref());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<_> = all.iter().map(|archive| name(&archive.path)).collect();
        names.sort();
        names
    }

    /// Everything that is in the archives and the log file, in no particular order of files.
    fn everything(&self) -> String {
        let all = archives(&self.log(), self.rolling(&[]).as_ref());
        let texts = all.iter().map(|archive| {
            if !archive.compressed {
                return fs::read_to_string(&archive.path).unwrap();
            }
            let output = std::process::Command::new("gzip").arg("-dc").arg(&archive.path).output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        });
        texts.chain(fs::read_to_string(self.log())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(sink: &mut FileSink, text: &str) {
    sink.write(&[line(text)]).unwrap();
}

fn line(text: &str) -> Formatted<'_> {
    Formatted { level: Level::INFO, text }
}

fn at(instant: &str) -> SystemTime {
    parse_offset_date_time(instant).unwrap()
}

#[track_caller]
fn until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_file_that_was_rotated_away_is_left_at_once() {
    let folder = Folder::new();
    let path = folder.log();
    let mut sink = folder.sink(&[]);
    write(&mut sink, "one\n");
    fs::rename(&path, path.with_extension("log.1")).unwrap();
    write(&mut sink, "two\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
    assert_eq!(fs::read_to_string(path.with_extension("log.1")).unwrap(), "one\n");
    // Replaced by somebody who created the next one, too.
    fs::rename(&path, path.with_extension("log.2")).unwrap();
    fs::write(&path, "theirs\n").unwrap();
    write(&mut sink, "three\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs\nthree\n");
    // Copied and truncated.
    File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    write(&mut sink, "four\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), "four\n");
    // Gone with its folder.
    fs::remove_dir_all(&folder.0).unwrap();
    write(&mut sink, "five\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), "five\n");
}

#[cfg(unix)]
#[test]
fn a_new_file_is_not_for_everybody() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let _sink = folder.sink(&[]);
    let mode = fs::metadata(folder.log()).unwrap().permissions().mode();
    // As far as the process's own mask leaves it.
    assert_eq!(mode & 0o137, 0, "{mode:o}");
}

#[test]
fn a_full_file_becomes_an_archive_and_numbers_go_on_after_a_restart() {
    let folder = Folder::new();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d.%i");
    let settings = [pattern, ("max-file-size", "1KB")];
    let text = format!("{}\n", "x".repeat(299));
    for _ in 0..2 {
        let mut sink = folder.sink(&settings);
        let lines = [line(&text); 4];
        sink.write_at(&lines, SystemTime::now()).unwrap();
    }
    let today = humantime::format_rfc3339(SystemTime::now()).to_string();
    let today = today.split_once('T').unwrap().0;
    // A test at midnight has two days.
    let archives = folder.archives();
    assert_eq!(archives.len(), 2, "{archives:?}");
    assert!(archives.iter().any(|name| *name == format!("app.log.{today}.0")), "{archives:?}");
    assert_eq!(fs::metadata(folder.log()).unwrap().len(), 600);
    assert_eq!(folder.everything(), text.repeat(8));
}

#[test]
fn a_line_that_is_longer_than_a_file_may_be_is_written_nevertheless() {
    let folder = Folder::new();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d.%i");
    let mut sink = folder.sink(&[pattern, ("max-file-size", "1KB")]);
    let text = format!("{}\n", "x".repeat(2_000));
    write(&mut sink, &text);
    write(&mut sink, "short\n");
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), "short\n");
    assert_eq!(folder.archives().len(), 1);
}

#[test]
fn the_first_line_of_a_new_period_begins_a_new_file() {
    let folder = Folder::new();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d{yyyy-MM-dd_HH}.%i");
    let mut sink = folder.sink(&[pattern, ("max-history", "0")]);
    for (instant, text) in [
        ("2026-11-21T09:59:59Z", "nine\n"),
        ("2026-11-21T10:00:00Z", "ten\n"),
        ("2026-11-21T10:59:59Z", "ten again\n"),
        ("2026-11-21T12:00:01Z", "twelve\n"),
    ] {
        sink.write_at(&[line(text)], at(instant)).unwrap();
    }
    let deep = folder.0.join("deep");
    let read = |name: &str| fs::read_to_string(deep.join(name)).unwrap_or_default();
    assert_eq!(read("app.log.2026-11-21_09.0"), "nine\n");
    assert_eq!(read("app.log.2026-11-21_10.0"), "ten\nten again\n");
    assert_eq!(read("app.log"), "twelve\n");
}

#[test]
fn what_an_earlier_process_wrote_in_an_earlier_period_is_rolled_by_the_next() {
    let folder = Folder::new();
    write(&mut folder.sink(&[]), "yesterday\n");
    let file = File::options().append(true).open(folder.log()).unwrap();
    file.set_modified(at("2026-02-03T04:05:06Z")).unwrap();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d.%i");
    let mut sink = folder.sink(&[pattern, ("max-history", "0")]);
    write(&mut sink, "today\n");
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), "today\n");
    assert_eq!(folder.archives(), ["app.log.2026-02-03.0"]);
}

#[test]
fn archives_may_lie_in_another_folder() {
    let folder = Folder::new();
    let pattern = format!("{}/old/%d-%i.log", folder.0.display());
    let mut sink = folder.sink(&[("file-name-pattern", &pattern), ("max-file-size", "1KB")]);
    let text = format!("{}\n", "x".repeat(1_000));
    write(&mut sink, &text);
    write(&mut sink, &text);
    let old: Vec<_> = fs::read_dir(folder.0.join("old")).unwrap().collect();
    assert_eq!(old.len(), 1, "{old:?}");
}

#[test]
fn a_file_that_cannot_be_rolled_grows_on() {
    let folder = Folder::new();
    // A file where the folder of the archives would be.
    fs::create_dir_all(folder.0.join("deep")).unwrap();
    fs::write(folder.0.join("old"), "").unwrap();
    let pattern = format!("{}/old/%d-%i.log", folder.0.display());
    let mut sink = folder.sink(&[("file-name-pattern", &pattern), ("max-file-size", "1KB")]);
    let text = format!("{}\n", "x".repeat(1_000));
    for _ in 0..3 {
        write(&mut sink, &text);
    }
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), text.repeat(3));
}

#[cfg(unix)]
#[test]
fn a_log_file_that_is_a_link_stays_one() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.join("deep")).unwrap();
    let real = folder.0.join("real.log");
    std::os::unix::fs::symlink(&real, folder.log()).unwrap();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d.%i");
    let mut sink = folder.sink(&[pattern, ("max-file-size", "1KB")]);
    let text = format!("{}\n", "x".repeat(1_022));
    write(&mut sink, &text);
    write(&mut sink, "two\n");
    assert!(folder.log().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "two\n");
    assert_eq!(folder.archives().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_and_what_is_no_plain_file_is_not_rolled() {
    let folder = Folder::new();
    let rolling = folder.rolling(&[("max-file-size", "1KB")]);
    let mut sink = FileSink::open(Path::new("/dev/full"), rolling).unwrap();
    let error = sink.write(&[line("lost\n")]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(sink.roller.is_none());
    assert_eq!(sink.describe(), "the file /dev/full");
}

#[test]
fn a_file_that_is_rolled_between_the_look_and_the_lock_is_left() {
    let folder = Folder::new();
    let pattern = [("file-name-pattern", "${LOG_FILE}.%d.%i")];
    let mut sink = folder.sink(&pattern);
    write(&mut sink, "one\n");
    let archive = folder.log().with_extension("log.2026-11-21.0");
    fs::rename(folder.log(), &archive).unwrap();
    assert_eq!(sink.append(&[line("two\n")], false).unwrap(), None);
    // And not waited for while it is compressed, although others have another log file by now.
    let compressing = File::open(&archive).unwrap();
    let _lock = opened::Lock::exclusive_now(&compressing).unwrap();
    fs::write(folder.log(), "theirs\n").unwrap();
    assert_eq!(sink.append(&[line("two\n")], false).unwrap(), None);
    write(&mut sink, "two\n");
    assert_eq!(fs::read_to_string(&archive).unwrap(), "one\n");
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), "theirs\ntwo\n");
}

#[test]
fn who_needs_to_roll_a_file_that_another_rolled_and_compresses_goes_on_in_the_next() {
    let folder = Folder::new();
    let pattern = ("file-name-pattern", "${LOG_FILE}.%d.%i");
    let mut sink = folder.sink(&[pattern, ("max-file-size", "1KB")]);
    write(&mut sink, "one\n");
    let archive = folder.log().with_extension("log.2026-11-21.0");
    let compressing = File::open(folder.log()).unwrap();
    let _lock = opened::Lock::exclusive_now(&compressing).unwrap();
    fs::rename(folder.log(), &archive).unwrap();
    // Looked at before that.
    let open = &sink.open.as_ref().unwrap().file;
    assert!(sink.roller.as_mut().unwrap().roll(open, &folder.log(), 0));
    // Not for a second during which the next one grows.
    let text = format!("{}\n", "x".repeat(1_000));
    write(&mut sink, &text);
    write(&mut sink, &text);
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), text);
}

#[test]
fn a_process_that_was_stopped_while_it_rolls_does_not_stop_the_others() {
    let folder = Folder::new();
    let pattern = [("file-name-pattern", "${LOG_FILE}.%d.%i")];
    let mut sink = folder.sink(&pattern);
    let rolling = File::open(folder.log()).unwrap();
    let _lock = opened::Lock::exclusive_now(&rolling).unwrap();
    write(&mut sink, "one\n");
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), "one\n");
}

#[test]
fn many_writers_of_one_file_lose_no_line_and_no_archive() {
    let folder = Folder::new();
    let settings = [("max-file-size", "8KB"), ("max-history", "0")];
    let (writers, lines) = (4_u32, 500_u32);
    thread::scope(|scope| {
        for writer in 0..writers {
            let mut sink = folder.sink(&settings);
            scope.spawn(move || {
                for number in 0..lines {
                    write(
                        &mut sink,
                        &format!("writer {writer} line {number} {}\n", "x".repeat(60)),
                    );
                }
            });
        }
    });
    // The last sink that rolled compresses on; until then nothing is lost either.
    let is_done = || folder.archives().iter().all(|name| name.strip_suffix(".gz").is_some());
    if cfg!(feature = "compression") {
        let _sink = folder.sink(&settings);
        until("all archives are compressed", is_done);
    }
    let everything = folder.everything();
    assert_eq!(everything.lines().count(), usize::try_from(writers * lines).unwrap());
    for writer in 0..writers {
        for number in 0..lines {
            let start = format!("writer {writer} line {number} x");
            assert_eq!(everything.matches(&start).count(), 1, "{start}");
        }
    }
    let limit = folder.archives().len();
    assert!(limit > 15, "{limit} archives hold everything");
}

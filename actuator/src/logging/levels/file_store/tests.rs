//! The file: what is written, what is read back, and what is put aside.

use std::time::{Duration, SystemTime};

use super::{super::level::LogLevel, *};
use crate::support::test_log::Log;

/// A folder of this test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("actuator-log-levels-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn store(&self) -> FileLevelOverrideStore {
        FileLevelOverrideStore::new(self.0.join("state/log-levels.json"))
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.join("state")).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut files: Vec<_> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn change() -> OverridesChange {
    let since = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_787_000_000_123_456_789);
    let mut set = LevelOverride::new("shop::db", Some(LogLevel::Debug), since);
    set.expires_at = Some(since + Duration::from_mins(10));
    set.reason = Some("orders \"hang\"".into());
    OverridesChange { all: vec![set], ..OverridesChange::default() }
}

#[tokio::test]
async fn what_is_saved_is_read_back_and_only_its_owner_may_read_it() {
    let folder = Folder::new("saved");
    let store = folder.store();
    assert_eq!(store.load().await.unwrap(), []);
    store.save(&change()).await.unwrap();
    store.save(&change()).await.unwrap();
    assert_eq!(store.load().await.unwrap(), change().all);
    assert_eq!(folder.files(), ["log-levels.json"]);
    let written = fs::read_to_string(&store.path).unwrap();
    assert!(written.starts_with(r#"{"version":1,"overrides":[{"name":"shop::db","#), "{written}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&store.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_and_put_aside() {
    let folder = Folder::new("unreadable");
    let store = folder.store();
    store.save(&change()).await.unwrap();
    let good = fs::read_to_string(&store.path).unwrap();
    let half = &good[..good.len() / 2];
    for bad in ["", "{}", half, "\0\0\0", "[]", r#"{"version":2,"overrides":[]}"#] {
        fs::write(&store.path, bad).unwrap();
        let log = Log::default();
        let _listening = log.listen();
        // Read here, where the log is listened to.
        assert_eq!(load(&store.path).unwrap(), [], "{bad}");
        let text = log.text();
        assert!(text.contains("WARN") && text.contains("state/log-levels.json: "), "{text}");
        assert_eq!(folder.files(), ["log-levels.json.unreadable"], "{bad}");
    }
    store.save(&change()).await.unwrap();
    assert_eq!(store.load().await.unwrap(), change().all);
}

#[tokio::test]
async fn what_is_no_file_is_an_error_and_stays_what_it_is() {
    let folder = Folder::new("folder");
    let store = folder.store();
    fs::create_dir_all(&store.path).unwrap();
    assert!(store.load().await.unwrap_err().to_string().contains("no file"));
    store.save(&change()).await.unwrap_err();
    assert_eq!(folder.files(), ["log-levels.json"], "nothing is left beside it");
}

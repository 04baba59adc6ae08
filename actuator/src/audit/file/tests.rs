//! The file as it is written, found again and searched.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::*;

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("actuator-audit-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("deep/audit.jsonl")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn open(&self, capacity: usize) -> FileAuditEventRepository {
        FileAuditEventRepository::open(self.file(), capacity).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_787_302_800 + second)
}

fn event(second: u64) -> AuditEvent {
    AuditEvent::new(at(second), "kim", "TICK", json!({ "n": second }))
}

async fn found(repository: &FileAuditEventRepository, filter: AuditEventFilter) -> Vec<u64> {
    let events = repository.find(filter).await.unwrap();
    let since = |event: &AuditEvent| event.timestamp().duration_since(at(0)).unwrap().as_secs();
    events.iter().map(since).collect()
}

fn after(second: u64) -> AuditEventFilter {
    AuditEventFilter::all().after(at(second))
}

#[tokio::test]
async fn events_are_lines_of_json_that_are_there_again_after_a_restart() {
    let folder = Folder::new("restart");
    let repository = folder.open(10);
    repository.add(event(1));
    let data = json!({"text": "a\nb\u{2028}", "list": [1]});
    repository.add(AuditEvent::new(at(2), "", "O\"ther", &data));
    repository.add(AuditEvent::new(at(3) + Duration::from_nanos(7), "lee", "T", ()));
    repository.flush().await;
    let lines = "{\"timestamp\":\"2026-08-21T09:00:01Z\",\"principal\":\"kim\",\"type\":\"TICK\",\"data\":{\"n\":1}}\n\
         {\"timestamp\":\"2026-08-21T09:00:02Z\",\"type\":\"O\\\"ther\",\"data\":{\"list\":[1],\"text\":\"a\\nb\u{2028}\"}}\n\
         {\"timestamp\":\"2026-08-21T09:00:03.000000007Z\",\"principal\":\"lee\",\"type\":\"T\"}\n";
    assert_eq!(folder.text(), lines);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(repository);
    let again = folder.open(10);
    again.add(event(4));
    let events = again.find(AuditEventFilter::all()).await.unwrap();
    assert_eq!(events.len(), 4);
    assert_eq!(events[1].data().unwrap().get(), data.to_string());
    assert_eq!(events[2].timestamp(), at(3) + Duration::from_nanos(7));
    again.flush().await;
    assert!(folder.text().starts_with(lines), "nothing is ever written anew");
}

#[tokio::test]
async fn what_memory_has_forgotten_is_found_in_the_file_by_its_time_and_once() {
    let folder = Folder::new("older");
    let repository = folder.open(10);
    for second in 0..500 {
        repository.add(event(second));
        if second == 250 {
            repository.add(AuditEvent::new(at(250), "lee", "OTHER", ()));
        }
    }
    repository.flush().await;
    for repository in [repository, folder.open(10)] {
        let newest: Vec<u64> = (490..500).collect();
        assert_eq!(found(&repository, AuditEventFilter::all()).await, newest);
        assert_eq!(found(&repository, after(494)).await, [495, 496, 497, 498, 499]);
        assert_eq!(found(&repository, after(0)).await, newest, "no more than are kept in memory");
        assert_eq!(found(&repository, after(200).principal("lee")).await, [250]);
        assert_eq!(found(&repository, after(250).principal("lee")).await, [0; 0]);
        assert_eq!(found(&repository, after(200).event_type("tick")).await, [0; 0]);
        assert_eq!(found(&repository, after(600)).await, [0; 0]);
    }
}

#[tokio::test]
async fn events_that_are_alike_and_those_that_wait_to_be_written_are_counted_right() {
    let folder = Folder::new("alike");
    let repository = folder.open(3);
    for _ in 0..5 {
        repository.add(event(7));
    }
    repository.flush().await;
    assert_eq!(found(&repository, after(6)).await, [7, 7, 7], "bounded");
    repository.add(event(8));
    let kim = after(6).principal("kim");
    assert_eq!(found(&repository, kim).await, [7, 7, 8]);
    let folder = Folder::new("alike-in-both");
    let repository = folder.open(4);
    let lee = || AuditEvent::new(at(7), "lee", "TICK", ());
    for event in [lee(), lee(), lee(), event(8), event(9)] {
        repository.add(event);
    }
    // Two of three are in memory too; whether they are in the file by now does not matter.
    for _ in 0..2 {
        let found = found(&repository, after(6).principal("lee")).await;
        assert!(found == [7, 7] || found == [7, 7, 7], "{found:?}");
        repository.flush().await;
    }
    assert_eq!(self::found(&repository, after(6).principal("lee")).await, [7, 7, 7]);
}

#[tokio::test]
async fn lines_that_are_no_events_are_left_out_and_a_torn_one_is_closed() {
    let folder = Folder::new("corrupt");
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    let mut text = b"\0\0\0\n{\"timestamp\":1}\nnot json\n[]\n".to_vec();
    line::write(&event(1), &mut text);
    text.extend(vec![b'x'; 200_000]);
    text.extend(b"\n\xff\xfe\n{\"timestamp\":\"2026-08-21T09:0");
    fs::write(folder.file(), &text).unwrap();
    let repository = folder.open(10);
    repository.add(event(2));
    repository.flush().await;
    assert_eq!(found(&repository, AuditEventFilter::all()).await, [1, 2]);
    assert_eq!(found(&repository, after(0)).await, [1, 2]);
    drop(repository);
    let text = fs::read(folder.file()).unwrap();
    assert!(text.windows(3).any(|bytes| bytes == b"0\n{"), "the torn line has an end");
    assert_eq!(found(&folder.open(10), AuditEventFilter::all()).await, [1, 2]);
    assert_eq!(found(&folder.open(1), AuditEventFilter::all()).await, [2]);
}

#[tokio::test]
async fn data_that_is_no_object_is_not_taken_over() {
    for data in ["[1]", "7", "null", &format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40))] {
        let line = format!(r#"{{"timestamp":"2026-08-21T09:00:01Z","type":"T","data":{data}}}"#);
        assert!(line::read(line.as_bytes()).unwrap().data().is_none(), "{data}");
    }
}

#[tokio::test]
async fn a_file_that_was_moved_removed_or_truncated_is_followed() {
    let folder = Folder::new("rotated");
    let repository = folder.open(10);
    let rotated = folder.0.join("audit.1");
    repository.add(event(1));
    repository.flush().await;
    fs::rename(folder.file(), &rotated).unwrap();
    assert_eq!(found(&repository, after(0)).await, [1], "in memory still");
    repository.add(event(2));
    repository.flush().await;
    assert_eq!(folder.text().lines().count(), 1);
    assert_eq!(fs::read_to_string(&rotated).unwrap().lines().count(), 1);
    // As logrotate does with `copytruncate`.
    OpenOptions::new().write(true).truncate(true).open(folder.file()).unwrap();
    repository.add(event(3));
    repository.flush().await;
    assert!(folder.text().starts_with('{') && folder.text().lines().count() == 1);
    fs::remove_file(folder.file()).unwrap();
    repository.add(event(4));
    repository.flush().await;
    assert_eq!(folder.text().lines().count(), 1);
    assert_eq!(found(&repository, AuditEventFilter::all()).await, [1, 2, 3, 4]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_nothing_and_memory_has_the_newest() {
    let repository = FileAuditEventRepository::open("/dev/full", 3).unwrap();
    for second in 0..5_000 {
        repository.add(event(second));
    }
    repository.flush().await;
    assert_eq!(found(&repository, AuditEventFilter::all()).await, [4_997, 4_998, 4_999]);
    assert_eq!(found(&repository, after(0)).await, [4_997, 4_998, 4_999]);
}

#[test]
fn a_file_that_cannot_be_opened_is_an_error() {
    let folder = Folder::new("directory");
    fs::create_dir_all(folder.file()).unwrap();
    FileAuditEventRepository::open(folder.file(), 3).unwrap_err();
}

#[test]
fn what_was_added_is_written_without_a_runtime_too() {
    let folder = Folder::new("plain");
    let repository = folder.open(3);
    repository.add(event(1));
    drop(repository);
    let began = std::time::Instant::now();
    while folder.text().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30));
        std::thread::yield_now();
    }
}

proptest::proptest! {
    #[test]
    fn whatever_a_line_holds_it_is_an_event_or_none(
        odd in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60),
        time in "\\PC{0,20}|[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z",
        text in "\\PC{0,20}",
    ) {
        let _ = line::read(&odd);
        let whole = json!({ "timestamp": time, "principal": text, "type": text, "data": { "x": text } });
        let _ = line::read(whole.to_string().as_bytes());
    }
}

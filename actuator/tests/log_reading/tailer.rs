//! The tailer of the admin UI (`utils/logtail.ts` of Spring Boot Admin) against a log file whatever
//! becomes of the file, and against the log in memory.

use std::{fs, net::SocketAddr, os::unix::fs::symlink, path::PathBuf};

use testkit::Request;
use tracing::info;

use crate::{alone, app::Service, service};

/// How much the tailer wants to begin with.
const FIRST: u64 = 300 * 1024;

/// What one poll brings.
#[derive(Debug, PartialEq)]
enum Poll {
    /// New text, and how many bytes before it were not sent.
    Text(String, u64),
    /// Nothing new.
    Nothing,
    /// There is an empty file.
    Empty,
    /// The file is shorter than before: from the beginning again.
    Reset,
    /// There is none.
    Error(u16),
}

/// It polls with the range of its last byte, so that there always is a byte to have.
struct Tailer {
    address: SocketAddr,
    size: u64,
}

impl Tailer {
    fn new(service: &Service) -> Self {
        Self { address: service.address, size: 0 }
    }

    fn poll(&mut self) -> Poll {
        let is_first = self.size == 0;
        let range =
            if is_first { format!("bytes=-{FIRST}") } else { format!("bytes={}-", self.size - 1) };
        let answer = Request::get("/actuator/logfile")
            .header("range", &range)
            .header("accept", "text/plain")
            .send(self.address);
        let content_range = answer.header("content-range").map(str::to_owned);
        match answer.status() {
            206 => {
                let content_range = content_range.unwrap();
                let (sent, total) =
                    content_range.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
                let (from, to) = sent.split_once('-').unwrap();
                let (from, to): (u64, u64) = (from.parse().unwrap(), to.parse().unwrap());
                self.size = total.parse().unwrap();
                assert_eq!(to + 1, self.size, "it gets the end");
                let text = answer.text();
                assert_eq!(answer.body().len() as u64, to + 1 - from);
                assert_eq!(answer.header("content-type"), Some("text/plain;charset=UTF-8"));
                if is_first {
                    // A part of a longer file begins with a whole line.
                    let skipped = if from == 0 { 0 } else { text.find('\n').unwrap() + 1 };
                    return Poll::Text(text[skipped..].to_owned(), from + skipped as u64);
                }
                // The first byte was there before.
                if text.len() == 1 {
                    Poll::Nothing
                } else {
                    Poll::Text(text[1..].to_owned(), from + 1)
                }
            }
            416 => {
                assert!(answer.body().is_empty());
                let total = content_range.unwrap();
                let total: u64 = total.strip_prefix("bytes */").unwrap().parse().unwrap();
                if total == self.size {
                    return Poll::Empty;
                }
                self.size = 0;
                Poll::Reset
            }
            status => {
                self.size = 0;
                Poll::Error(status)
            }
        }
    }
}

struct Log {
    folder: PathBuf,
    service: Service,
}

impl Log {
    fn new(name: &str, follow_links: bool) -> Self {
        let folder =
            std::env::temp_dir().join(format!("actuator-tailer-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("app.log");
        let service = service()
            .setting("management.endpoint.logfile.external-file", path.to_str().unwrap())
            .setting("actuator.logfile.follow-links", if follow_links { "true" } else { "false" })
            .start();
        Self { folder, service }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn append(&self, text: &str) {
        use std::io::Write as _;
        let path = self.path("app.log");
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn text(text: &str, from: u64) -> Poll {
    Poll::Text(text.to_owned(), from)
}

#[test]
fn trap_sba_11_a_tailer_follows_a_file_that_is_missing_then_empty_then_grows() {
    let log = Log::new("grows", false);
    let mut tailer = Tailer::new(&log.service);
    assert_eq!(tailer.poll(), Poll::Error(404));
    log.append("");
    assert_eq!(tailer.poll(), Poll::Empty);
    assert_eq!(tailer.poll(), Poll::Empty);
    // Far less than it asks for.
    log.append("x");
    assert_eq!(tailer.poll(), text("x", 0));
    assert_eq!(tailer.poll(), Poll::Nothing);
    log.append("\nzwölf\n");
    assert_eq!(tailer.poll(), text("\nzwölf\n", 1));
    assert_eq!(tailer.poll(), Poll::Nothing);
    // Windows, as the manual mode asks for them.
    for (range, content_range, body) in [
        ("bytes=0-0", "bytes 0-0/9", "x"),
        ("bytes=0-307199", "bytes 0-8/9", "x\nzwölf\n"),
        ("bytes=2-4", "bytes 2-4/9", "zw\u{fffd}"),
    ] {
        let answer = Request::get("/actuator/logfile").header("range", range);
        let answer = answer.send(log.service.address).assert_status(206);
        assert_eq!(answer.header("content-range"), Some(content_range));
        assert_eq!(answer.text(), body);
    }
}

#[test]
fn trap_sba_11_a_tailer_begins_with_the_end_of_a_long_file() {
    let log = Log::new("long", false);
    let line = "0123456789abcdef\n";
    log.append(&line.repeat(30_000));
    let mut tailer = Tailer::new(&log.service);
    let Poll::Text(first, from) = tailer.poll() else { panic!("no text") };
    assert_eq!(first.len() as u64 + from, 510_000);
    assert!(first.starts_with(line) && first.len() as u64 <= FIRST);
    log.append("end\n");
    assert_eq!(tailer.poll(), text("end\n", 510_000));
}

#[test]
fn trap_sba_11_a_tailer_finds_the_new_file_after_every_kind_of_rotation() {
    let log = Log::new("rotated", false);
    let path = log.path("app.log");
    let mut tailer = Tailer::new(&log.service);
    let rotations: [(&str, &dyn Fn()); 4] = [
        ("moved away", &|| fs::rename(&path, log.path("app.log.1")).unwrap()),
        ("truncated", &|| fs::File::options().write(true).open(&path).unwrap().set_len(0).unwrap()),
        ("removed", &|| fs::remove_file(&path).unwrap()),
        ("replaced", &|| {
            fs::write(log.path("new"), "").unwrap();
            fs::rename(log.path("new"), &path).unwrap();
        }),
    ];
    log.append("a long line before all\n");
    assert_eq!(tailer.poll(), text("a long line before all\n", 0));
    for (name, rotate) in rotations {
        rotate();
        log.append("new\n");
        assert_eq!(tailer.poll(), Poll::Reset, "{name}");
        assert_eq!(tailer.poll(), text("new\n", 0), "{name}");
        log.append("and a long line again\n");
        assert_eq!(tailer.poll(), text("and a long line again\n", 4), "{name}");
    }
    // Nothing is there for a while.
    fs::remove_file(&path).unwrap();
    assert_eq!(tailer.poll(), Poll::Error(404));
    log.append("back\n");
    assert_eq!(tailer.poll(), text("back\n", 0));
    // Truncated, and nothing written since.
    fs::write(&path, "").unwrap();
    assert_eq!(tailer.poll(), Poll::Reset);
    assert_eq!(tailer.poll(), Poll::Empty);
}

#[test]
fn nothing_but_the_log_file_is_ever_sent_through_a_link() {
    let log = Log::new("links", false);
    let path = log.path("app.log");
    let secret = log.path("secret");
    fs::write(&secret, "secret").unwrap();
    let get = || log.service.get("/actuator/logfile");
    let replacements: [(&str, &dyn Fn()); 5] = [
        ("a symbolic link", &|| symlink(&secret, &path).unwrap()),
        ("a link to nowhere", &|| symlink("nowhere", &path).unwrap()),
        ("a hard link", &|| fs::hard_link(&secret, &path).unwrap()),
        ("a pipe", &|| {
            let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
            assert!(made.success());
        }),
        ("a device", &|| symlink("/dev/zero", &path).unwrap()),
    ];
    for (name, replace) in replacements {
        log.append("log");
        assert_eq!(get().assert_status(200).text(), "log");
        fs::remove_file(&path).unwrap();
        replace();
        let answer = get();
        assert_eq!((answer.status(), answer.body().len()), (404, 0), "{name}");
        fs::remove_file(&path).unwrap();
    }
    fs::create_dir(&path).unwrap();
    get().assert_status(404);
}

#[test]
fn a_log_that_is_a_link_is_shown_where_a_setting_says_so() {
    let log = Log::new("follow", true);
    fs::write(log.path("app.2026-11-21.log"), "today\n").unwrap();
    symlink("app.2026-11-21.log", log.path("app.log")).unwrap();
    let mut tailer = Tailer::new(&log.service);
    assert_eq!(tailer.poll(), text("today\n", 0));
    fs::write(log.path("app.2026-11-22.log"), "next\n").unwrap();
    fs::remove_file(log.path("app.log")).unwrap();
    symlink("app.2026-11-22.log", log.path("app.log")).unwrap();
    assert_eq!(tailer.poll(), Poll::Reset);
    assert_eq!(tailer.poll(), text("next\n", 0));
}

#[test]
fn trap_seed_06_the_log_in_memory_is_followed_over_every_overflow() {
    let _alone = alone();
    let service = service().start();
    let mut tailer = Tailer::new(&service);
    let Poll::Text(_, _) = tailer.poll() else { panic!("no text") };
    let mut followed = String::new();
    let mut last = tailer.size;
    for round in 0..200 {
        for number in 0..20 {
            info!(target: "overflow", "round {round} line {number}: äöü {}", "x".repeat(40));
        }
        let Poll::Text(more, from) = tailer.poll() else { panic!("no text") };
        assert_eq!(from, last, "nothing is sent twice, nothing is left out");
        assert!(tailer.size > last);
        last = tailer.size;
        followed.push_str(&more);
    }
    let lines = followed.lines().filter(|line| line.contains(" overflow : ")).count();
    assert_eq!(lines, 200 * 20);
    // What it would have missed in a pause is said by a 416, and it begins with what there is.
    for _ in 0..1_000 {
        info!(target: "overflow", "{}", "x".repeat(200));
    }
    assert_eq!(tailer.poll(), Poll::Reset);
    let Poll::Text(rest, from) = tailer.poll() else { panic!("no text") };
    assert!(from > last && rest.len() <= 64 * 1024);
}

#[test]
fn a_file_that_is_cut_while_it_is_sent_breaks_the_answer() {
    use std::io::{Read as _, Write as _};
    let log = Log::new("cut", false);
    log.append(&"0123456789abcdef\n".repeat(2_000_000));
    let mut stream = testkit::open(log.service.address);
    stream.write_all(b"GET /actuator/logfile HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut begin = [0; 1_000];
    stream.read_exact(&mut begin).unwrap();
    fs::File::options().write(true).open(log.path("app.log")).unwrap().set_len(10).unwrap();
    let mut rest = Vec::new();
    // The connection ends, with an error or without; the length that was promised does not come.
    let _ = stream.read_to_end(&mut rest);
    assert!(begin.starts_with(b"HTTP/1.1 200 OK"));
    assert!(rest.len() < 34_000_000 - 1_000, "{}", rest.len());
}

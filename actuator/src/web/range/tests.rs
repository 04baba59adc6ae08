//! Ranges against what Spring Boot 4.1.0 was recorded to answer, and against a log in memory.

use http_body_util::BodyExt as _;

use super::*;
use crate::model::endpoint::BoxFuture;

/// Bytes under absolute offsets, read three at a time so that every body has several pieces.
struct Content(u64, &'static [u8]);

impl ResourceContent for Content {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        let from = usize::try_from(from - self.0).unwrap();
        let to = self.1.len().min(from + max.min(3));
        Box::pin(std::future::ready(Ok(Bytes::from_static(&self.1[from.min(to)..to]))))
    }
}

const MEDIA_TYPE: &str = "text/plain;charset=UTF-8";

fn resource(start: u64, bytes: &'static [u8]) -> Resource {
    let length = start + bytes.len() as u64;
    let content = Arc::new(Content(start, bytes));
    Resource { media_type: MEDIA_TYPE.into(), length, start, file_name: None, content }
}

struct Answer {
    status: u16,
    content_range: Option<String>,
    media_type: String,
    body: Vec<u8>,
}

async fn ask(resource: Resource, range: Option<&str>) -> Answer {
    let range = range.map(|range| HeaderValue::from_str(range).unwrap());
    let response = respond(&resource, range.as_ref(), false);
    let text = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
    assert_eq!(text(header::ACCEPT_RANGES).as_deref(), Some("bytes"));
    let (content_range, length) = (text(header::CONTENT_RANGE), text(header::CONTENT_LENGTH));
    let (status, media_type) = (response.status().as_u16(), text(header::CONTENT_TYPE).unwrap());
    let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    assert_eq!(length, Some(body.len().to_string()));
    Answer { status, content_range, media_type, body }
}

async fn ask_text(resource: Resource, range: &str) -> (u16, String, String) {
    let answer = ask(resource, Some(range)).await;
    let body = String::from_utf8(answer.body).unwrap();
    (answer.status, answer.content_range.unwrap_or_default(), body)
}

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

#[tokio::test]
async fn single_ranges_are_answered_as_recorded() {
    for (range, content_range, body) in [
        ("bytes=5-9", "bytes 5-9/26", "fghij"),
        ("bytes=5-", "bytes 5-25/26", "fghijklmnopqrstuvwxyz"),
        ("bytes=25-25", "bytes 25-25/26", "z"),
        ("bytes=0-", "bytes 0-25/26", "abcdefghijklmnopqrstuvwxyz"),
        ("bytes=-3", "bytes 23-25/26", "xyz"),
        ("bytes= 0-5", "bytes 0-5/26", "abcdef"),
        ("bytes=-307200", "bytes 0-25/26", "abcdefghijklmnopqrstuvwxyz"),
        ("bytes=20-307200", "bytes 20-25/26", "uvwxyz"),
    ] {
        let expected = (206, content_range.to_owned(), body.to_owned());
        assert_eq!(ask_text(resource(0, ALPHABET), range).await, expected, "{range}");
    }
}

#[tokio::test]
async fn what_cannot_be_had_is_416_with_the_total_and_no_body() {
    let many = format!("bytes={}", ["0-0"; 100].join(","));
    let too_many = format!("bytes={}", ["0-0"; 101].join(","));
    for range in [
        "bytes=20-10",
        "bytes=26-",
        "bytes=27-",
        "bytes=-",
        "bytes=99999999999999999999-",
        "bytes=abc",
        "bytes=5",
        "bytes=",
        "bytes=0-12,13-25",
        "bytes=0-19,5-25",
        "bytes=0-1,",
        "bytes=-5-9",
        "bytes=-0",
        "bytes=+1-2",
        "lines=0-5",
        "Bytes=0-5",
        many.as_str(),
        too_many.as_str(),
    ] {
        let expected = (416, "bytes */26".to_owned(), String::new());
        assert_eq!(ask_text(resource(0, ALPHABET), range).await, expected, "{range}");
    }
}

#[tokio::test]
async fn trap_sba_11_an_empty_file_is_416_for_every_range_and_200_without_one() {
    for range in ["bytes=5-9", "bytes=0-", "bytes=-307200", "bytes=0-0"] {
        let expected = (416, "bytes */0".to_owned(), String::new());
        assert_eq!(ask_text(resource(0, b""), range).await, expected, "{range}");
    }
    let whole = ask(resource(0, b""), None).await;
    assert_eq!((whole.status, whole.media_type.as_str()), (200, MEDIA_TYPE));
    assert!(whole.body.is_empty());
}

#[tokio::test]
async fn trap_sba_11_the_tailer_of_the_admin_ui_reads_on_from_its_last_byte() {
    // First the tail, of which nothing is missing though it is shorter than asked for, then on
    // from the last complete byte, which is always there.
    let (status, range, _) = ask_text(resource(0, b"one\n"), "bytes=-307200").await;
    assert_eq!((status, range.as_str()), (206, "bytes 0-3/4"));
    let more = ask_text(resource(0, b"one\ntwo\n"), "bytes=3-").await;
    assert_eq!(more, (206, "bytes 3-7/8".to_owned(), "\ntwo\n".to_owned()));
    // The file was rotated: the total tells.
    let rotated = ask_text(resource(0, b"x\n"), "bytes=7-").await;
    assert_eq!(rotated, (416, "bytes */2".to_owned(), String::new()));
}

#[tokio::test]
async fn several_ranges_are_multipart_as_recorded() {
    for (range, first, second) in [
        ("bytes=0-1,4-5", ("0-1", "ab"), ("4-5", "ef")),
        ("bytes=0-1, 4-5", ("0-1", "ab"), ("4-5", "ef")),
        ("bytes=0-5,3-8", ("0-5", "abcdef"), ("3-8", "defghi")),
    ] {
        let answer = ask(resource(0, ALPHABET), Some(range)).await;
        assert_eq!((answer.status, answer.content_range), (206, None));
        let boundary = answer.media_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
        let part = |(range, body): (&str, &str)| {
            format!(
                "\r\n--{boundary}\r\nContent-Type: {MEDIA_TYPE}\r\n\
                 Content-Range: bytes {range}/26\r\n\r\n{body}"
            )
        };
        let expected = format!("{}{}\r\n--{boundary}--\r\n", part(first), part(second));
        assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    }
}

#[tokio::test]
async fn trap_seed_06_a_ring_that_dropped_its_beginning_counts_absolute_bytes() {
    let ring = || resource(100, "grüße\nend\n".as_bytes());
    for (range, content_range, body) in [
        ("bytes=-4", "bytes 108-111/112", "end\n"),
        ("bytes=-307200", "bytes 100-111/112", "grüße\nend\n"),
        ("bytes=107-", "bytes 107-111/112", "\nend\n"),
        ("bytes=102-105", "bytes 102-105/112", "üß"),
        ("bytes=90-101", "bytes 100-101/112", "gr"),
    ] {
        let expected = (206, content_range.to_owned(), body.to_owned());
        assert_eq!(ask_text(ring(), range).await, expected, "{range}");
    }
    for range in ["bytes=99-", "bytes=0-0", "bytes=0-99", "bytes=112-", "bytes=200-210"] {
        let expected = (416, "bytes */112".to_owned(), String::new());
        assert_eq!(ask_text(ring(), range).await, expected, "{range}");
    }
    let whole = ask(ring(), None).await;
    assert_eq!((whole.status, whole.body), (200, "grüße\nend\n".as_bytes().to_vec()));
}

#[tokio::test]
async fn trap_seed_06_a_range_may_cut_a_character_and_bytes_are_sent_as_they_are() {
    let bytes = b"gr\xc3\xbc\xc3\x9f\n\xff\xfe bad\n";
    let answer = ask(resource(0, bytes), Some("bytes=0-2")).await;
    assert_eq!(answer.body, b"gr\xc3");
    assert_eq!(answer.content_range.unwrap(), "bytes 0-2/14");
    assert_eq!(ask(resource(0, bytes), None).await.body, bytes);
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let range = HeaderValue::from_static("bytes=5-9");
    let response = respond(&resource(0, ALPHABET), Some(&range), true);
    assert_eq!(response.status(), 206);
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "5");
    assert_eq!(response.headers()[header::CONTENT_RANGE], "bytes 5-9/26");
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_sent_breaks_the_answer_instead_of_filling_it() {
    let mut shrunk = resource(0, b"only this");
    shrunk.length = 1_000;
    let response = respond(&shrunk, None, false);
    assert!(response.into_body().collect().await.is_err());
}

/// A recorded exchange: the `Range` header, the status, `Content-Range`, the content type, the
/// body.
struct Recording {
    range: Option<String>,
    status: u16,
    content_range: Option<String>,
    media_type: String,
    body: String,
}

fn recording(path: &std::path::Path) -> Recording {
    let text = std::fs::read_to_string(path).unwrap();
    let (request, response) = text.split_once("--> HTTP/1.1 ").unwrap();
    let (head, body) = response.split_once("\n\n").unwrap_or((response, ""));
    let field = |text: &str, name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
    };
    Recording {
        range: field(request, "Range"),
        status: head[..3].parse().unwrap(),
        content_range: field(head, "Content-Range"),
        media_type: field(head, "Content-Type").unwrap_or_default(),
        body: body.trim_end_matches('\n').to_owned(),
    }
}

#[tokio::test]
async fn every_recorded_range_of_boot_4_1_0_is_answered_alike() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/boot-4.1.0/logfile");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Refusals of the media type happen before; HEAD has a test of its own.
        let bytes = match name.split_once('-').unwrap_or_default().0 {
            "f26" if !name.contains("406") && !name.contains("head") => ALPHABET,
            "f0" => b"",
            _ => continue,
        };
        let recorded = recording(&path);
        let answer = ask(resource(0, bytes), recorded.range.as_deref()).await;
        compared += 1;
        if name.contains("malformed3") {
            // Spring: 206 with no part at all. A set of no ranges is unreadable like any other.
            assert_eq!(answer.status, 416);
            continue;
        }
        assert_eq!(answer.status, recorded.status, "{name}");
        assert_eq!(answer.content_range, recorded.content_range, "{name}");
        if recorded.status == 416 {
            // Spring sends the whole file with it.
            assert!(answer.body.is_empty(), "{name}");
        } else if let Some((_, boundary)) = recorded.media_type.split_once("boundary=") {
            let ours = answer.media_type.split_once("boundary=").unwrap().1;
            let theirs = boundary.split(';').next().unwrap();
            let body = String::from_utf8(answer.body).unwrap();
            assert_eq!(body.replace(ours, theirs).trim(), recorded.body.trim(), "{name}");
        } else {
            assert_eq!(answer.media_type, recorded.media_type, "{name}");
            assert_eq!(String::from_utf8(answer.body).unwrap(), recorded.body, "{name}");
        }
    }
    assert!(compared >= 32, "only {compared} recordings were found");
}

#[tokio::test]
async fn a_resource_with_a_name_is_kept_under_it() {
    for (name, expected) in [
        ("app.log.1", "attachment; filename=\"app.log.1\""),
        (
            "größe \"1\"\r\n.log",
            "attachment; filename=\"gr__e__1___.log\"; \
             filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22%0D%0A%2Elog",
        ),
    ] {
        let mut named = resource(0, ALPHABET);
        named.file_name = Some(name.to_owned());
        for range in [None, Some(HeaderValue::from_static("bytes=1-2"))] {
            let response = respond(&named, range.as_ref(), false);
            assert_eq!(response.headers()[header::CONTENT_DISPOSITION], expected);
        }
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_asked_for_is_within_what_there_is_and_bounded(
        text in "bytes=(([0-9]{0,21})-([0-9]{0,21}),? ?){0,4}|\\PC{0,20}|bytes=(0-,?){0,300}",
        from in 0_u64..100,
        length in 0_u64..100,
    ) {
        let all = Span { from, to: from + length };
        if let Some(spans) = select(&text, all) {
            let within = |span: &Span| from <= span.from && span.from < span.to && span.to <= all.to;
            proptest::prop_assert!(spans.iter().all(within), "{:?} of {:?}", spans, all);
            let sum: u64 = spans.iter().map(|span| span.len()).sum();
            proptest::prop_assert!(spans.len() <= MAX_RANGES && sum <= all.len());
        }
    }
}

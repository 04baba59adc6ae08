//! The repository: what is remembered, for how long, and what of it is shown.

use std::time::SystemTime;

use super::*;
use crate::exchange::{
    Bodies, BodyHead, BodySettings, Direction, Include, PathPattern, StatusPattern,
};

fn repository(settings: ExchangeSettings) -> ExchangeRepository {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    ExchangeRepository::new(settings, Sanitizer::default(), Clock::manual(start))
}

fn record(repository: &ExchangeRepository, path: &str, headers: &[(&str, &str)]) {
    let mut draft = repository.begin();
    draft.request("GET", ("http", b"app.example"), &[path]);
    for (name, value) in headers {
        draft.header(Direction::Request, name, value.as_bytes(), repository.settings());
    }
    draft.header(Direction::Response, "x-many", b"1", repository.settings());
    draft.header(Direction::Response, "x-many", b"2", repository.settings());
    let started = repository.clock.instant();
    repository.record(draft, started, Duration::from_millis(23), 200);
}

#[test]
fn the_newest_come_first_and_the_oldest_are_forgotten() {
    let repository = repository(ExchangeSettings { capacity: 3, ..ExchangeSettings::default() });
    for number in 0..1_000 {
        record(&repository, &format!("/{number}"), &[("accept", "*/*")]);
    }
    let uris: Vec<_> = repository.exchanges().into_iter().map(|e| e.uri).collect();
    let expected = ["http://app.example/999", "http://app.example/998", "http://app.example/997"];
    assert_eq!(uris, expected);
    let last = repository.exchanges().remove(0);
    assert_eq!((last.method.as_str(), last.request_headers.len()), ("GET", 1));
    assert!(super::spare::count() <= 1, "one buffer is enough for one at a time");
}

#[test]
fn everything_recorded_comes_back() {
    let repository = repository(ExchangeSettings::default());
    repository.clock.advance(Duration::from_millis(500));
    record(&repository, "/a?b=c", &[("host", "app.example"), ("accept", "*/*")]);
    let [exchange] = <[Exchange; 1]>::try_from(repository.exchanges()).unwrap();
    let since_epoch = exchange.timestamp.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(since_epoch, Duration::from_millis(1_700_000_000_500));
    assert_eq!((exchange.method.as_str(), exchange.status), ("GET", 200));
    assert_eq!(exchange.request_headers[1], ("accept".to_owned(), vec!["*/*".to_owned()]));
    let many = vec!["1".to_owned(), "2".to_owned()];
    assert_eq!(exchange.response_headers, [("x-many".to_owned(), many)]);
    assert_eq!(exchange.time_taken, Some(Duration::from_millis(23)));
    assert_eq!(repository.exchanges(), [exchange], "reading again gives the same");
}

const SECRETS: [(&str, &str); 4] = [
    ("cookie", "id=1"),
    ("authorization", "Basic eDp5"),
    ("proxy-authorization", "Basic eDp5"),
    ("x-password", "hunter2"),
];

#[test]
fn credentials_are_dropped_or_masked_and_never_shown() {
    let repository = repository(ExchangeSettings::default());
    record(&repository, "/", &SECRETS);
    let headers = repository.exchanges().remove(0).request_headers;
    let mask = || vec!["******".to_owned()];
    let expected = [("proxy-authorization".to_owned(), mask()), ("x-password".to_owned(), mask())];
    assert_eq!(headers, expected);
}

#[test]
fn credentials_that_are_asked_for_are_named_and_masked() {
    let include =
        Include { cookie_headers: true, authorization_header: true, ..Include::default() };
    let repository = repository(ExchangeSettings { include, ..ExchangeSettings::default() });
    record(&repository, "/", &SECRETS);
    let headers = repository.exchanges().remove(0).request_headers;
    assert_eq!(headers.len(), 4);
    assert!(headers.iter().all(|(_, values)| values == &["******"]), "{headers:?}");
}

#[test]
fn a_huge_request_is_cut_and_does_not_keep_its_memory() {
    let repository = repository(ExchangeSettings { capacity: 1, ..ExchangeSettings::default() });
    let huge = "x".repeat(1_000_000);
    let many: Vec<_> = (0..5_000).map(|_| ("x-big", &huge[..1_000])).collect();
    record(&repository, &huge, &many);
    let shown = repository.exchanges().remove(0);
    assert!(shown.uri.len() <= 4 * 1024 + 32 && shown.request_headers[0].1.len() < 20);
    assert!(repository.lock().bytes() < 33_000, "{}", repository.lock().bytes());
    record(&repository, "/", &[]);
    assert!(repository.lock().bytes() < 4_096, "a huge buffer is not kept");
    record(&repository, "/", &[]);
    assert!(repository.lock().bytes() < 4_096, "nor used again");
    let exchange = repository.exchanges().remove(0);
    assert_eq!((exchange.uri.as_str(), exchange.request_headers.len()), ("http://app.example/", 0));
}

#[test]
fn time_taken_is_recorded_only_if_included() {
    let repository =
        repository(ExchangeSettings { include: Include::NOTHING, ..ExchangeSettings::default() });
    record(&repository, "/", &[]);
    assert_eq!(repository.exchanges().remove(0).time_taken, None);
}

#[test]
fn a_ring_of_any_capacity_takes_only_the_memory_of_what_is_in_it() {
    let settings = ExchangeSettings { capacity: usize::MAX, ..ExchangeSettings::default() };
    let repository = repository(settings);
    record(&repository, "/", &[]);
    assert!(repository.lock().bytes() < 1_000);
    for number in 1..3_000 {
        record(&repository, &format!("/{number}"), &[]);
    }
    let exchanges = repository.exchanges();
    let uris: Vec<_> = exchanges.iter().map(|exchange| exchange.uri.as_str()).collect();
    let expected: Vec<_> =
        (0..3_000).rev().map(|number| format!("http://app.example/{number}")).collect();
    assert_eq!(uris[..2_999], expected[..2_999]);
}

#[test]
fn every_capacity_keeps_just_as_many_across_segments() {
    for capacity in [1, 2, 255, 256, 257, 511, 512, 513, 1_000] {
        let repository = repository(ExchangeSettings { capacity, ..ExchangeSettings::default() });
        for number in 0..2_500 {
            record(&repository, &format!("/{number}"), &[]);
            if number % 501 == 0 || number == 2_499 {
                let exchanges = repository.exchanges();
                let kept = capacity.min(number + 1);
                assert_eq!((exchanges.len(), repository.length()), (kept, kept), "{capacity}");
                let oldest = format!("http://app.example/{}", number + 1 - kept);
                assert_eq!(exchanges[kept - 1].uri, oldest, "{capacity}");
            }
        }
    }
}

#[test]
fn the_bytes_of_the_ring_are_bounded_and_the_newest_is_always_there() {
    let value = "x".repeat(1_000);
    let headers: Vec<_> = (0..10).map(|_| ("x-big", &*value)).collect();
    for (max_bytes, kept) in [(100_000, 5..=10), (1, 1..=1)] {
        let settings =
            ExchangeSettings { capacity: 1_000, max_bytes, ..ExchangeSettings::default() };
        let repository = repository(settings);
        for number in 0..100 {
            record(&repository, &format!("/{number}"), &headers);
            let bytes = repository.lock().bytes();
            assert!(bytes <= max_bytes.max(20_000), "{bytes}");
        }
        let exchanges = repository.exchanges();
        assert!(kept.contains(&exchanges.len()), "{}", exchanges.len());
        assert!(exchanges[0].uri.ends_with("/99"));
        for _ in 0..300 {
            record(&repository, "/", &[]);
        }
        assert!(repository.lock().bytes() <= max_bytes.max(20_000));
    }
}

#[test]
fn bodies_count_with_all_that_they_may_come_to() {
    let bodies = BodySettings { request: true, response: true, max_size: 50_000 };
    let settings = ExchangeSettings { bodies, max_bytes: 200_000, ..ExchangeSettings::default() };
    let repository = repository(settings);
    for _ in 0..10 {
        let mut draft = repository.begin();
        draft.request("GET", ("http", b"a"), &["/"]);
        let shared = std::sync::Arc::new(Bodies::new(bodies));
        let text = BodyHead { content_type: Some("text/plain"), ..BodyHead::default() };
        let capture = shared.capture(Direction::Response, text);
        draft.with_bodies(shared);
        repository.record(draft, repository.clock.instant(), Duration::ZERO, 200);
        drop(capture);
    }
    assert_eq!(repository.length(), 3, "of 50,000 bytes and some each");
}

#[test]
fn a_reader_misses_what_is_forgotten_and_does_not_see_what_is_new() {
    let repository = repository(ExchangeSettings { capacity: 300, ..ExchangeSettings::default() });
    for number in 0..300 {
        record(&repository, &format!("/{number}"), &[]);
    }
    let mut reading = repository.reading(ExchangeFilter::default());
    let mut seen = repository.next(&mut reading).unwrap();
    assert_eq!(seen.len(), 64, "one step");
    for number in 300..500 {
        record(&repository, &format!("/{number}"), &[]);
    }
    while let Some(drafts) = repository.next(&mut reading) {
        seen.extend(drafts);
    }
    let uris: Vec<_> = seen.iter().map(|draft| repository.show(draft).uri).collect();
    let expected: Vec<_> = (200..300).rev().map(|n| format!("http://app.example/{n}")).collect();
    assert_eq!(uris, expected);
}

#[test]
fn many_threads_record_and_read_at_once() {
    let settings =
        ExchangeSettings { capacity: 500, max_bytes: 100_000, ..ExchangeSettings::default() };
    let repository = repository(settings);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|n| record(&repository, &format!("/{n}"), &[])));
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert!(repository.exchanges().len() <= 500);
                }
            });
        }
    });
    assert!(repository.length() > 0 && repository.lock().bytes() <= 100_000);
}

#[test]
fn trap_seed_09_secrets_in_uris_are_hidden_wherever_a_uri_stands() {
    let repository = repository(ExchangeSettings::default());
    let secret = "https://joe:hunter2@a.example/p?page=2&access_token=hunter2&x=1#token=hunter2";
    let wrapped = "/?next=https%3A%2F%2Fa%2Fb%3Fpass%2577ord%3Dhunter2%26api_key%3Dhunter2";
    let headers = [
        ("referer", secret),
        ("location", "/cb?code=1&pass%77ord=hunter2"),
        ("content-location", wrapped),
        ("x-original-url", secret),
        ("link", "<https://a/?sig=hunter2>; rel=next"),
    ];
    let path = "/p?page=2&password=hunter2&a[token]=hunter2&b.apiKey=hunter2&jwt=hunter2;x";
    record(&repository, path, &headers);
    record(&repository, wrapped, &[]);
    let shown = format!("{:?}", repository.exchanges());
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(shown.matches("page=2").count(), 3, "{shown}");
    assert!(shown.contains("/cb?code=1&pass%77ord=******"), "{shown}");
}

#[test]
fn however_many_headers_there_are_the_id_of_the_request_is_kept() {
    let repository = repository(ExchangeSettings::default());
    let mut draft = repository.begin();
    draft.request("GET", ("http", b"a"), &["/"]);
    for number in 0..24_000 {
        draft.header(Direction::Request, &format!("x{number}"), b"", repository.settings());
    }
    let id = "7f7f2b68-3a9a-4f2c-9a60-f3d5a3a0f3de";
    draft.request_id(id.as_bytes());
    repository.record(draft, repository.clock.instant(), Duration::ZERO, 200);
    assert_eq!(repository.exchanges()[0].request_id.as_deref(), Some(id));
}

#[test]
fn hostile_requests_take_bounded_memory_and_are_shown_all_the_same() {
    let repository = repository(ExchangeSettings::default());
    let names: Vec<String> = (0..24_000).map(|number| format!("x{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    record(&repository, "/names", &many);
    record(&repository, "/value", &[("x-large", &"y".repeat(100_000))]);
    record(&repository, &format!("/{}", "%41".repeat(20_000)), &[]);
    record(&repository, &format!("/?{}", "a=b&".repeat(16_000)), &[]);
    let mut draft = repository.begin();
    draft.request(&"M".repeat(1_000), ("http", b"a"), &["/", &"\u{1F4A5}".repeat(2_000)]);
    draft.header(Direction::Request, "x-bytes", b"\xff\xfe\x80", repository.settings());
    draft.principal(&"p".repeat(70_000));
    repository.record(draft, repository.clock.instant(), Duration::ZERO, 200);
    let exchanges = repository.exchanges();
    assert_eq!(exchanges.len(), 5);
    assert_eq!(exchanges[0].request_headers[0].1, ["\u{fffd}\u{fffd}\u{fffd}"]);
    assert!(exchanges[4].request_headers.len() > 1_000);
    assert_eq!(exchanges[3].request_headers, [], "what does not fit is left out");
    assert!(repository.lock().bytes() < 5 * 33_000, "{}", repository.lock().bytes());
}

#[test]
fn only_what_is_wanted_is_read() {
    let repository = repository(ExchangeSettings::default());
    record(&repository, "/a", &[]);
    record(&repository, "/b", &[]);
    let filter = ExchangeFilter {
        path: PathPattern::parse("/a").ok(),
        statuses: StatusPattern::parse("2xx").into_iter().collect(),
        ..ExchangeFilter::default()
    };
    let mut reading = repository.reading(filter);
    let found = repository.next(&mut reading).unwrap();
    assert_eq!((found.len(), repository.show(&found[0]).uri.as_str()), (1, "http://app.example/a"));
    assert!(repository.next(&mut reading).is_none());
}

//! The ring of the last exchanges.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::{Draft, Exchange, ExchangeSettings, Include};
use crate::{model::sanitizer::Sanitizer, support::clock::Clock};

/// Buffers that are kept for requests to come.
const MAX_SPARE: usize = 64;
/// The wall clock is looked at once in so many exchanges; between, the monotonic one carries on.
const ANCHOR_EVERY: u32 = 64;

/// Remembers the last exchanges, newest first. Recording takes two short locks and copies bytes.
#[derive(Debug)]
pub struct ExchangeRepository {
    settings: ExchangeSettings,
    sanitizer: Sanitizer,
    clock: Clock,
    ring: Mutex<Ring>,
}

#[derive(Debug)]
struct Ring {
    /// Oldest first.
    recorded: VecDeque<Draft>,
    /// Buffers of forgotten exchanges.
    spare: Vec<Draft>,
    /// The same moment by both clocks; the wall's in nanoseconds since the epoch.
    anchor: (Instant, u64),
    since_anchor: u32,
}

impl ExchangeRepository {
    /// An empty repository. The sanitiser is asked when exchanges are read.
    pub fn new(settings: ExchangeSettings, sanitizer: Sanitizer, clock: Clock) -> Self {
        let ring = Ring {
            recorded: VecDeque::with_capacity(settings.capacity),
            spare: Vec::with_capacity(MAX_SPARE),
            anchor: (clock.instant(), since_epoch(&clock)),
            since_anchor: 0,
        };
        Self { settings, sanitizer, clock, ring: Mutex::new(ring) }
    }

    /// What was set.
    pub fn settings(&self) -> &ExchangeSettings {
        &self.settings
    }

    /// What is recorded.
    pub(crate) fn include(&self) -> Include {
        self.settings.include
    }

    /// A buffer for an exchange that begins.
    pub(crate) fn begin(&self) -> Draft {
        let spare = self.lock().spare.pop();
        spare.unwrap_or_default()
    }

    /// Remembers an exchange that has ended and forgets the oldest.
    pub(crate) fn record(
        &self,
        mut draft: Draft,
        started: Instant,
        time_taken: Duration,
        status: u16,
    ) {
        draft.status = status;
        draft.time_taken = self.settings.include.time_taken.then_some(time_taken);
        let mut ring = self.lock();
        draft.timestamp = ring.timestamp(started, &self.clock);
        if ring.recorded.len() >= self.settings.capacity
            && let Some(mut oldest) = ring.recorded.pop_front()
            && ring.spare.len() < MAX_SPARE
        {
            oldest.clear();
            ring.spare.push(oldest);
        }
        ring.recorded.push_back(draft);
    }

    /// The exchanges, newest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let recorded: Vec<Draft> = self.lock().recorded.iter().cloned().collect();
        recorded.iter().rev().map(|draft| draft.read(&self.sanitizer)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// Wall-clock time of a moment, in nanoseconds since the epoch. It is made once per exchange,
    /// so that an exchange keeps its timestamp however often it is read.
    fn timestamp(&mut self, at: Instant, clock: &Clock) -> u64 {
        self.since_anchor += 1;
        if self.since_anchor >= ANCHOR_EVERY {
            self.since_anchor = 0;
            self.anchor = (clock.instant(), since_epoch(clock));
        }
        let (instant, wall) = self.anchor;
        match at.checked_duration_since(instant) {
            Some(later) => wall.saturating_add(nanos(later)),
            None => wall.saturating_sub(nanos(instant.saturating_duration_since(at))),
        }
    }
}

fn since_epoch(clock: &Clock) -> u64 {
    nanos(clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// Nanoseconds in 64 bits, which last for 584 years; the 128 bits of std cost more.
fn nanos(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(u64::from(duration.subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Direction, Include};

    fn repository(settings: ExchangeSettings) -> ExchangeRepository {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        ExchangeRepository::new(settings, Sanitizer::default(), Clock::manual(start))
    }

    fn record(repository: &ExchangeRepository, path: &str, headers: &[(&str, &str)]) {
        let mut draft = repository.begin();
        draft.request("GET", &["http://", "app.example", path]);
        for (name, value) in headers {
            draft.header(Direction::Request, name, value.as_bytes(), repository.include());
        }
        draft.header(Direction::Response, "x-many", b"1", repository.include());
        draft.header(Direction::Response, "x-many", b"2", repository.include());
        let started = repository.clock.instant();
        repository.record(draft, started, Duration::from_millis(23), 200);
    }

    #[test]
    fn the_newest_come_first_and_the_oldest_are_forgotten() {
        let repository =
            repository(ExchangeSettings { capacity: 3, ..ExchangeSettings::default() });
        for number in 0..1_000 {
            record(&repository, &format!("/{number}"), &[("accept", "*/*")]);
        }
        let uris: Vec<_> = repository.exchanges().into_iter().map(|e| e.uri).collect();
        let expected =
            ["http://app.example/999", "http://app.example/998", "http://app.example/997"];
        assert_eq!(uris, expected);
        let last = repository.exchanges().remove(0);
        assert_eq!((last.method.as_str(), last.request_headers.len()), ("GET", 1));
        assert!(repository.lock().spare.len() <= 1, "one buffer is enough for one at a time");
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
        let expected =
            [("proxy-authorization".to_owned(), mask()), ("x-password".to_owned(), mask())];
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
        let repository =
            repository(ExchangeSettings { capacity: 1, ..ExchangeSettings::default() });
        let huge = "x".repeat(1_000_000);
        let many: Vec<_> = (0..5_000).map(|_| ("x-big", &huge[..1_000])).collect();
        record(&repository, &huge, &many);
        let size = repository.lock().recorded[0].clone().read(&Sanitizer::default());
        assert!(size.uri.len() <= 4 * 1024 && size.request_headers[0].1.len() < 20);
        record(&repository, "/", &[]);
        assert!(repository.lock().spare[0].capacity() < 4_096, "a huge buffer is not kept");
        record(&repository, "/", &[]);
        let exchange = repository.exchanges().remove(0);
        assert_eq!(
            (exchange.uri.as_str(), exchange.request_headers.len()),
            ("http://app.example/", 0)
        );
    }

    #[test]
    fn time_taken_is_recorded_only_if_included() {
        let repository = repository(ExchangeSettings {
            include: Include::NOTHING,
            ..ExchangeSettings::default()
        });
        record(&repository, "/", &[]);
        assert_eq!(repository.exchanges().remove(0).time_taken, None);
    }
}

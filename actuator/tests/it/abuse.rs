//! Nothing that a client sends stops, slows or grows the process: tables of all that is odd, each
//! row a thousand times, with memory, descriptors and the time of answers before and after.
//!
//! There are two services: one that is open, and one with all that guards and serves beside it. Each
//! is alone in a process of its own, since what is compared is the process's.

mod caller;
mod endpoints;
mod guarded;
mod guards;
mod rows;

use std::{
    fs,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::app::{Service, TestApp, app};

use self::{
    caller::Caller,
    rows::{LEFT, Row, rows},
};

const TIMES: usize = 1_000;
/// Before anything is counted: tables that have an end are full then.
const WARM_UP: usize = 150;
/// How many leave before the service is asked something: more than wait to be accepted would be
/// dropped by the kernel, and tried again a second later.
const LEFT_AT_ONCE: usize = 50;
/// How many times as long the quickest of some answers may take behind all that. What grows with what
/// is sent takes hundreds of times as long; the machine is used by others too.
const SLOWER: u32 = 10;
/// How often something is asked for to see how quick that is.
const ASKED: usize = 50;
/// What the allocator may keep, in KiB: less than 90 bytes for each message.
const SLACK: u64 = 10 * 1024;

fn service() -> TestApp {
    app()
        .setting("logging.console.enabled", "false")
        .setting("actuator.logfile.ring-size", "256KB")
        .setting("actuator.health.override.enabled", "true")
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .setting("actuator.env.writable", "abuse.*")
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// KiB of the memory that is this process's alone, without the pages of files.
fn memory() -> u64 {
    let text = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("Anonymous:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
}

/// A service, and what is sent to it.
struct Attacked {
    service: Service,
    rows: Vec<Row>,
    /// Headers of who is known there.
    known: &'static str,
    /// Of each message its own.
    numbers: AtomicUsize,
}

/// What the process had after one of the rows.
#[derive(Debug)]
#[expect(dead_code, reason = "read by who reads the failure")]
struct Seen {
    what: String,
    memory: u64,
    descriptors: usize,
    took: Duration,
}

impl Seen {
    fn after(what: &str, began: Instant) -> Self {
        let (memory, descriptors) = (memory(), descriptors());
        Self { what: what.to_owned(), memory, descriptors, took: began.elapsed() }
    }
}

impl Attacked {
    fn new(service: Service, rows: Vec<Row>, known: &'static str) -> Self {
        Self { service, rows, known, numbers: AtomicUsize::new(0) }
    }

    #[track_caller]
    fn assert_alive(&self, after: &str) {
        let answer = testkit::get(self.service.management, "/actuator/health/liveness");
        assert_eq!(answer.status(), 200, "after {after}");
    }

    /// Sends every row so often.
    fn send_all(&self, times: usize) -> Vec<Seen> {
        let mut seen = Vec::new();
        let mut odd = Vec::new();
        for row in &self.rows {
            let began = Instant::now();
            let mut statuses = self.send(row, times);
            statuses.sort_unstable();
            statuses.dedup();
            if statuses.iter().any(|status| !row.statuses.contains(status)) {
                odd.push((&row.what, statuses));
            }
            self.assert_alive(&row.what);
            seen.push(Seen::after(&row.what, began));
        }
        assert!(odd.is_empty(), "answered otherwise: {odd:#?}");
        for (what, message) in LEFT {
            let began = Instant::now();
            for sent in 0..times {
                caller::send_and_leave(self.service.management, message.as_bytes());
                if sent % LEFT_AT_ONCE == 0 {
                    self.assert_alive(what);
                }
            }
            self.assert_alive(what);
            seen.push(Seen::after(what, began));
        }
        seen
    }

    /// Sends a row so often; the statuses of the answers.
    fn send(&self, row: &Row, times: usize) -> Vec<u16> {
        let to = if row.to_application { self.service.address } else { self.service.management };
        let times = times.div_ceil(row.callers);
        if row.callers == 1 {
            return send_row(to, row, times, &self.numbers);
        }
        thread::scope(|scope| {
            let send = || send_row(to, row, times, &self.numbers);
            let callers: Vec<_> = (0..row.callers).map(|_| scope.spawn(send)).collect();
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        })
    }

    /// How quick answers come, at best, to what grows if anything does: others use the machine too.
    fn pace(&self) -> Vec<Duration> {
        // Not `loggers`: the warm-up does not fill its table.
        let paths = ["health/liveness", "metrics", "env/abuse.none", "httpexchanges?limit=1"];
        let quickest = |path: &str| {
            let message = rows::get(&format!("/actuator/{path}"), self.known).into_bytes();
            let mut caller = Caller::new(self.service.management, false);
            let times = (0..ASKED).map(|_| {
                let began = Instant::now();
                assert!(matches!(caller.ask(&message, 1)[..], [200 | 404]), "{path}");
                began.elapsed()
            });
            times.min().unwrap()
        };
        paths.into_iter().map(quickest).collect()
    }

    /// The pace, which is asked for again while it is slow: a machine that is busy is so for a
    /// while, and a service that has become slow stays it.
    fn pace_beside(&self, before: &[Duration]) -> (bool, Vec<Duration>) {
        let deadline = Instant::now() + testkit::PATIENCE;
        loop {
            let now = self.pace();
            let is_as_quick = now.iter().zip(before).all(|(now, before)| *now < *before * SLOWER);
            if is_as_quick || Instant::now() > deadline {
                return (is_as_quick, now);
            }
        }
    }

    fn run(&self) {
        self.send_all(WARM_UP);
        let (files, before, pace) = (settled_descriptors(0), memory(), self.pace());
        let (sent, began) = (self.numbers.load(Relaxed), Instant::now());
        let seen = self.send_all(TIMES);
        let (took, sent) = (began.elapsed(), self.numbers.load(Relaxed) - sent);
        let (left, after) = (settled_descriptors(files), memory());
        let (is_as_quick, pace_after) = self.pace_beside(&pace);
        let mut slowest: Vec<(Duration, &str)> =
            seen.iter().map(|row| (row.took, &*row.what)).collect();
        slowest.sort_unstable_by(|a, b| b.cmp(a));
        slowest.truncate(8);
        println!(
            "{} rows, {sent} messages, {before} to {after} KiB, {files} to {left} files, {took:?}, \
             answers in {pace:?} and {pace_after:?}, the slowest rows {slowest:?}",
            seen.len(),
        );
        assert!(after < before + SLACK, "{before} to {after} KiB: {seen:#?}");
        assert!(left <= files, "{files} to {left} files: {seen:#?}");
        assert!(is_as_quick, "answers in {pace:?}, then in {pace_after:?}");
    }
}

/// Sends a row so often; the statuses of the answers.
fn send_row(address: SocketAddr, row: &Row, times: usize, numbers: &AtomicUsize) -> Vec<u16> {
    let mut caller = Caller::new(address, row.is_head());
    let mut statuses = Vec::with_capacity(times);
    while statuses.len() < times {
        let many = caller.at_once(row.len()).min(times - statuses.len());
        let next = || row.numbered(numbers.fetch_add(1, Relaxed));
        if many == 1 {
            statuses.extend(caller.ask(&next(), 1));
            continue;
        }
        let mut batch = Vec::with_capacity(many * row.len());
        for _ in 0..many {
            batch.extend_from_slice(&next());
        }
        statuses.extend(caller.ask(&batch, many));
    }
    statuses
}

#[test]
#[ignore = "a process of another test"]
fn process_that_is_sent_everything() {
    Attacked::new(service().start(), rows(), "").run();
}

#[test]
#[ignore = "a process of another test"]
fn process_with_guards_that_is_sent_everything() {
    Attacked::new(guarded::service().start(), guarded::rows(), guarded::KNOWN).run();
}

/// How many files are open once those of connections that are over are closed, or no more than
/// `enough`.
fn settled_descriptors(enough: usize) -> usize {
    let deadline =
        Instant::now() + if enough == 0 { Duration::from_secs(1) } else { testkit::PATIENCE };
    loop {
        let open = descriptors();
        if open <= enough || Instant::now() > deadline {
            return open;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn send_everything_in(process: &str) {
    if cfg!(target_os = "linux") {
        let output = testkit::in_own_process(process, &[]);
        println!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn whatever_is_sent_a_thousand_times_leaves_memory_descriptors_and_pace_as_they_were() {
    send_everything_in("abuse::process_that_is_sent_everything");
}

#[test]
fn a_service_with_all_its_guards_is_as_it_was_after_everything_a_thousand_times() {
    send_everything_in("abuse::process_with_guards_that_is_sent_everything");
}

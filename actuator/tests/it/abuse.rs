//! Nothing that a client sends stops, slows or grows the process: a table of all that is odd, each
//! row a thousand times, with memory and descriptors before and after.
//!
//! The service is alone in a process of its own, since both are the process's.

mod caller;
mod rows;

use std::{
    fs,
    net::SocketAddr,
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

#[track_caller]
fn assert_alive(service: &Service, after: &str) {
    let status = service.get("/actuator/health/liveness").status();
    assert_eq!(status, 200, "after {after}");
}

/// What the process had after one of the rows.
#[derive(Debug)]
#[expect(dead_code, reason = "read by who reads the failure")]
struct Seen {
    what: &'static str,
    memory: u64,
    descriptors: usize,
}

impl Seen {
    fn after(what: &'static str) -> Self {
        Self { what, memory: memory(), descriptors: descriptors() }
    }
}

/// Sends every row so often.
fn send_all(service: &Service, rows: &[Row], times: usize, numbers: &mut usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    for row in rows {
        send_row(service.address, row, row.times(times), numbers);
        assert_alive(service, row.what);
        seen.push(Seen::after(row.what));
    }
    for (what, message) in LEFT {
        for sent in 0..times {
            caller::send_and_leave(service.address, message.as_bytes());
            if sent % LEFT_AT_ONCE == 0 {
                assert_alive(service, what);
            }
        }
        assert_alive(service, what);
        seen.push(Seen::after(what));
    }
    seen
}

fn send_row(address: SocketAddr, row: &Row, times: usize, numbers: &mut usize) {
    let mut caller = Caller::new(address, row.is_head());
    let mut left = times;
    while left > 0 {
        let many = caller.at_once(row.len()).min(left);
        let batch: Vec<u8> = (0..many)
            .flat_map(|_| {
                *numbers += 1;
                row.numbered(*numbers)
            })
            .collect();
        for status in caller.ask(&batch, many) {
            assert!(row.statuses.contains(&status), "{}: {status}", row.what);
            left -= 1;
        }
    }
}

#[test]
#[ignore = "a process of another test"]
fn process_that_is_sent_everything() {
    let service = service().start();
    let rows = rows();
    let mut numbers = 0;
    send_all(&service, &rows, WARM_UP, &mut numbers);
    let (files, before) = (settled_descriptors(0), memory());
    let began = Instant::now();
    let seen = send_all(&service, &rows, TIMES, &mut numbers);
    let (left, after) = (settled_descriptors(files), memory());
    println!(
        "{} rows, {numbers} messages, {before} to {after} KiB, {files} to {left} files, {:?}",
        seen.len(),
        began.elapsed()
    );
    assert!(after < before + SLACK, "{before} to {after} KiB: {seen:#?}");
    assert!(left <= files, "{files} to {left} files: {seen:#?}");
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

#[test]
fn whatever_is_sent_a_thousand_times_leaves_memory_and_descriptors_as_they_were() {
    if cfg!(target_os = "linux") {
        let test = "abuse::process_that_is_sent_everything";
        let output = testkit::in_own_process(test, &[]);
        println!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

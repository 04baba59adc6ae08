//! Viewers who are slower than the log, and many of them.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};

use tracing::info;

use crate::{alone, service, viewer::Viewer};

/// Logs this many lines of about 200 bytes.
fn fill(target: &str, lines: u32) {
    let padding = "x".repeat(150);
    for number in 0..lines {
        // A target has to be a constant.
        if target == "slow" {
            info!(target: "slow", number, "{padding}");
        } else {
            info!(target: "many", number, "{padding}");
        }
    }
}

fn number(message: &str) -> u64 {
    message.rsplit_once("number=").unwrap().1.parse().unwrap()
}

#[test]
fn a_slow_viewer_is_told_how_many_lines_it_has_lost_and_loses_no_other() {
    let _alone = alone();
    let service = service().start();
    // Everything is asked for, so that all lines that are lost are of interest.
    let mut viewer = Viewer::open(service.address, "?tail=0");
    viewer.next().unwrap();
    let lines = 20_000;
    fill("slow", lines);
    info!(target: "slow", "the end");
    let (mut seen, mut lost, mut before) = (0, 0, None);
    let (mut expected, mut told) = (0, 0);
    loop {
        let event = viewer.event();
        if event.name == "lost" {
            let now = event.data["lost"].as_u64().unwrap();
            assert!(now > 0);
            lost += now;
            told += now;
            before = event.id;
            continue;
        }
        // Between two lines none is missing of which nobody has told.
        assert!(before.is_none_or(|before| event.id == Some(before + 1)), "{event:?} {before:?}");
        before = event.id;
        if event.message() == "the end" {
            break;
        }
        if event.data["target"] == "slow" {
            let number = number(event.message());
            assert!(number >= expected && number - expected <= told, "{number} {expected} {told}");
            (expected, told) = (number + 1, 0);
            seen += 1;
        }
    }
    assert!(lost > 0 && seen > 0);
    assert!(seen + lost >= u64::from(lines), "{seen} {lost}");
}

#[test]
fn neither_the_application_nor_its_memory_notices_viewers_who_do_not_read() {
    let _alone = alone();
    let service = service().start();
    fill("many", 1_000);
    let before = resident();
    let mut rude: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = testkit::open(service.address);
            let request = b"GET /actuator/logstream HTTP/1.1\r\nhost: localhost\r\n\r\n";
            stream.write_all(request).unwrap();
            stream
        })
        .collect();
    let stop = Arc::new(AtomicBool::new(false));
    let reads = {
        let (address, stop) = (service.address, Arc::clone(&stop));
        std::thread::spawn(move || {
            let mut viewer = Viewer::open(address, "?target=many");
            let mut events = 0;
            while !stop.load(Relaxed) {
                viewer.event();
                events += 1;
            }
            events
        })
    };
    // 60 MB: it comes to an end although nobody reads.
    fill("many", 300_000);
    stop.store(true, Relaxed);
    fill("many", 1_000);
    assert!(reads.join().unwrap() > 0);
    let grown = resident().saturating_sub(before);
    assert!(grown < 48 << 20, "{grown} bytes for 20 viewers");
    // The others are still served.
    service.get("/actuator/health/liveness").assert_status(200);
    rude.clear();
}

#[test]
fn a_viewer_who_does_not_read_does_not_hold_up_the_end_of_the_service() {
    let _alone = alone();
    let service = service().setting("spring.lifecycle.timeout-per-shutdown-phase", "1h").start();
    let mut rude = testkit::open(service.address);
    rude.write_all(b"GET /actuator/logstream HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    // More than the sockets keep: what waits to be sent does not change any more.
    let peers = (service.address.port(), rude.local_addr().unwrap().port());
    let deadline = Instant::now() + testkit::PATIENCE / 2;
    let (mut waiting, mut unchanged) = (0, 0);
    while unchanged < 100 && Instant::now() < deadline {
        fill("many", 500);
        let now = send_queue(peers);
        unchanged = if now > 0 && now == waiting { unchanged + 1 } else { 0 };
        waiting = now;
    }
    service.stop().finish();
    drop(rude);
}

/// How many bytes wait to be sent from one port of this machine to another one.
fn send_queue((from, to): (u16, u16)) -> u64 {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let ends = format!("0100007F:{from:04X} 0100007F:{to:04X} ");
    let row = table.lines().find_map(|line| line.split_once(&ends));
    let queue = row.and_then(|(_, rest)| rest.split(' ').nth(1)?.split(':').next());
    queue.map_or(0, |queue| u64::from_str_radix(queue, 16).unwrap())
}

/// The resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

#[test]
fn many_threads_and_viewers_at_once_keep_the_order_of_the_log() {
    let _alone = alone();
    let service = service().start();
    let open = || Viewer::open(service.address, "?target=order&tail=0");
    let mut viewers: Vec<_> = (0..4).map(|_| open()).collect();
    for viewer in &mut viewers {
        viewer.next().unwrap();
    }
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for number in 0..50 {
                    info!(target: "order", "{thread}/{number}");
                }
            });
        }
    });
    let all: Vec<Vec<String>> = viewers.iter_mut().map(|viewer| viewer.messages(200)).collect();
    for other in &all[1..] {
        assert_eq!(other, &all[0]);
    }
    for thread in 0..4 {
        let expected: Vec<String> = (0..50).map(|number| format!("{thread}/{number}")).collect();
        let of_thread = all[0].iter().filter(|line| line.starts_with(&format!("{thread}/")));
        assert!(of_thread.eq(&expected));
    }
}

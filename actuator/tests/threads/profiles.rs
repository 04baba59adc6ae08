//! What a caller of `/actuator/profile` is refused.

use std::{io::Write as _, net::TcpStream, time::Instant};

use serde_json::Value;

use crate::app::{Service, app};

const SHORT: &str = "/actuator/profile?seconds=1&format=folded";

fn service() -> Service {
    app().setting("management.endpoint.profile.access", "read-only").start()
}

/// A caller who waits for a minute's profile, and what the next one is told.
fn while_another_is_made(service: &Service) -> (TcpStream, Value) {
    let began = Instant::now();
    loop {
        let mut first = testkit::open(service.address);
        let request = b"GET /actuator/profile?seconds=60 HTTP/1.1\r\nHost: localhost\r\n\r\n";
        first.write_all(request).unwrap();
        let second = service.get(SHORT);
        if second.status() == 429 {
            return (first, second.json());
        }
        // The second was the first.
        assert!(began.elapsed() < testkit::PATIENCE, "{second:?}");
    }
}

#[test]
fn nobody_gets_a_profile_until_a_setting_says_so() {
    app().start().get(SHORT).assert_status(404);
}

#[test]
fn a_profile_beyond_the_bounds_is_400_and_one_at_a_time_is_made() {
    let service = service();
    for query in [
        "seconds=0",
        "seconds=61",
        "seconds=-1",
        "seconds=1.5",
        "seconds=",
        "frequency=0",
        "frequency=1001",
        "format=png",
    ] {
        let refused = service.get(&format!("/actuator/profile?{query}")).assert_status(400);
        assert_eq!(refused.json()["error"], "Bad Request", "{query}");
    }

    let (first, busy) = while_another_is_made(&service);
    assert!(busy["message"].as_str().unwrap().contains("only one is made at a time"), "{busy}");
    service.get("/actuator/health").assert_status(200);
    // Who goes away leaves the place to others, long before the minute is over.
    drop(first);
    let began = Instant::now();
    while service.get(SHORT).status() != 200 {
        assert!(began.elapsed() < testkit::PATIENCE, "the profile goes on for nobody");
    }
}

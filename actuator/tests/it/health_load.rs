//! Many checks at once.

use std::sync::{Arc, Condvar, Mutex};

use actuator::HealthCheck;
use tokio::sync::Barrier;

use crate::app::app;

const CHECKS: usize = 100;

#[test]
fn a_hundred_checks_run_at_once_whether_they_block_or_not() {
    // Nobody passes before all have come.
    let meeting = Arc::new(Barrier::new(CHECKS));
    let blocking_meeting = Arc::new((Mutex::new(0), Condvar::new()));
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        for number in 0..CHECKS {
            let meeting = Arc::clone(&meeting);
            app.health_check(format!("waiting/{number}"), move || {
                let meeting = Arc::clone(&meeting);
                async move {
                    meeting.wait().await;
                }
            });
            let meeting = Arc::clone(&blocking_meeting);
            app.add_health_check(HealthCheck::blocking(format!("blocking/{number}"), move || {
                let (come, all) = &*meeting;
                let mut come = come.lock().unwrap();
                *come += 1;
                all.notify_all();
                let (come, _) =
                    all.wait_timeout_while(come, testkit::PATIENCE, |come| *come < CHECKS).unwrap();
                *come == CHECKS
            }));
        }
    });
    let service = service.start();
    service.get("/actuator/health/waiting").assert_status(200);
    service.get("/actuator/health/blocking").assert_status(200);
}

//! The health checks of the recorded application.

use actuator::{Health, Status, health_check};
use serde_json::json;

use crate::switches::Switches;

/// Answers what `/ctl/health?mode=` says.
#[health_check(name = "custom")]
async fn custom(switches: &Switches) -> Health {
    let mode = switches.mode();
    let status = match mode.as_str() {
        "bare" => return Health::up(),
        "exception" => {
            return Health::from_error("java.io.IOException: connection refused")
                .with_detail("host", "db.example");
        }
        "throw" => break_down(),
        "up" => Status::UP,
        "down" => Status::DOWN,
        "out_of_service" => Status::OUT_OF_SERVICE,
        "unknown" => Status::UNKNOWN,
        "fatal" => Status::custom("FATAL"),
        "description" => Status::DOWN.with_description("disk is \"full\""),
        _ => Status::custom(mode),
    };
    Health::new(status)
        .with_detail("counter", 42)
        .with_detail("ratio", 0.5)
        .with_detail("text", "hello")
        .with_detail("flag", true)
        .with_detail("list", [1, 2])
        .with_detail("map", json!({"k": "v"}))
        .with_detail("when", "2026-08-21T09:01:40.123456789Z")
        .with_detail("took", "PT1.234S")
}

#[expect(clippy::panic, reason = "a check that panics is what this mode shows")]
fn break_down() -> ! {
    panic!("indicator broke")
}

#[health_check(name = "brokers/primary")]
async fn primary() -> Health {
    Health::up().with_detail("version", "1.0")
}

#[health_check(name = "brokers/secondary")]
async fn secondary() -> Health {
    Health::unknown()
}

#[health_check(name = "db")]
async fn db() -> Health {
    Health::up().with_detail("database", "H2").with_detail("validationQuery", "isValid()")
}

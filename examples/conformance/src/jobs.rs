//! The scheduled tasks of the recorded application, under the names that Java gives them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use actuator::{App, scheduling::Schedule};

const HOUR: Duration = Duration::from_hours(1);

/// The error of the job that fails.
struct IllegalArgumentException;

impl fmt::Display for IllegalArgumentException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("job failed")
    }
}

async fn nothing() {}

async fn failing() -> Result<(), IllegalArgumentException> {
    Err(IllegalArgumentException)
}

/// Registers them in the order in which they are recorded.
pub fn register(app: &mut App) {
    let seconds = Duration::from_secs;
    app.scheduled(java("nightly"), Schedule::cron("0 0 3 * * MON-FRI"), nothing)
        .scheduled(java("everySecond"), Schedule::cron("* * * * * *"), nothing)
        .scheduled(java("delay"), Schedule::fixed_delay(seconds(30)), nothing)
        .scheduled(
            java("failing"),
            Schedule::fixed_delay(seconds(45)).initial_delay(Duration::from_millis(50)),
            failing,
        )
        .scheduled("named-task", Schedule::fixed_delay(seconds(20)), nothing)
        .scheduled(
            java("rate"),
            Schedule::fixed_rate(seconds(60)).initial_delay(Duration::from_millis(100)),
            nothing,
        )
        .scheduled(java("once"), Schedule::once(Duration::from_millis(200)), nothing)
        .scheduled(
            java("lambda"),
            Schedule::custom("every-hour-or-so", |context| {
                let last: SystemTime = context.last_completion().unwrap_or(context.now());
                last.checked_add(HOUR)
            }),
            nothing,
        );
}

fn java(method: &str) -> String {
    format!("com.example.demo.DemoApplication$Jobs.{method}")
}

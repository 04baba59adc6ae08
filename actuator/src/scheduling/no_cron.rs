//! In place of cron expressions where the feature `cron` is off: there are none.

use std::time::SystemTime;

/// No value of it exists.
#[derive(Clone, Debug)]
pub enum CronExpression {}

impl CronExpression {
    /// Refuses every expression.
    pub fn parse(expression: &str, _zone: Option<&str>) -> Result<Self, String> {
        Err(format!(
            "cron \"{expression}\" needs the feature `cron` of actuator: \
             actuator = {{ …, features = [\"cron\"] }}"
        ))
    }

    /// The next time after `after`.
    pub fn next_after(&self, _after: SystemTime) -> Option<SystemTime> {
        match *self {}
    }

    /// The expression.
    pub fn expression(&self) -> &str {
        match *self {}
    }

    /// The name of the zone.
    pub fn zone(&self) -> Option<&str> {
        match *self {}
    }
}

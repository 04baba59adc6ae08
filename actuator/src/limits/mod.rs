//! Limits: what the system lets this process have, what it uses of it, and who says so.

mod reading;

pub(crate) use reading::{Limit, LimitReading, Limits, Unit};

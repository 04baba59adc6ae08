//! Whatever a server answers.

use std::{
    iter,
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::limits::{Category, Limits};
use crate::support::odd_text::odd_text;

const DAY: Duration = Duration::from_hours(24);
const BOTH: [Category; 2] = [Category::Error, Category::Transaction];

proptest! {
    #[test]
    fn whatever_is_limited_it_is_for_a_day_at_most(
        status in prop_oneof![Just(200), Just(429), any::<u16>()],
        limits in prop::collection::vec(
            odd_text("([0-9a-zA-Z.+-]{0,30}:((error|transaction|[a-z]{0,5});){0,3}(:[a-z]{0,4}){0,3},? ?){0,4}"),
            0..4,
        ),
        retry_after in proptest::option::of(odd_text(
            "[0-9.eE+-]{0,24}|[A-Za-z]{0,3}, [0-9]{0,3} (Nov|Feb|[A-Za-z]{3}) [0-9-]{0,6} [0-9:.]{0,9} ?(GMT)?",
        )),
    ) {
        let (mut known, now) = (Limits::default(), Instant::now());
        known.hear(status, limits.iter().map(String::as_str), retry_after.as_deref(), now);
        for category in BOTH {
            prop_assert!(!known.forbid(category, now + DAY));
        }
    }

    #[test]
    fn a_number_of_seconds_counts_for_as_long(seconds in 1_u64..90_000, as_limit: bool) {
        let (mut known, now) = (Limits::default(), Instant::now());
        let (limit, retry) = (format!("{seconds}:transaction;error:x"), seconds.to_string());
        if as_limit {
            known.hear(200, iter::once(&*limit), None, now);
        } else {
            known.hear(429, iter::empty(), Some(&retry), now);
        }
        let lasts = Duration::from_secs(seconds).min(DAY);
        let last = now + lasts.mul_f64(0.999);
        for category in BOTH {
            prop_assert!(known.forbid(category, last));
            prop_assert!(!known.forbid(category, now + lasts));
        }
    }
}

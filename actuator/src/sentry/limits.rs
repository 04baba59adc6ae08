//! What the server does not want for a while: `Retry-After` and `X-Sentry-Rate-Limits`.
//!
//! Format: <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime},
};

/// How long one waits if a refusal does not say.
const UNSAID: Duration = Duration::from_mins(1);
/// Nobody is believed who says more.
const LONGEST: Duration = Duration::from_hours(24);

/// What can be limited on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    /// Events.
    Error,
    /// Transactions.
    Transaction,
}

impl Category {
    /// As Sentry names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Transaction => "transaction",
        }
    }
}

/// Until when what is not to be sent.
#[derive(Debug, Default)]
pub(super) struct Limits {
    until: BTreeMap<Category, Instant>,
}

impl Limits {
    /// Whether this is not to be sent now.
    pub(super) fn forbid(&self, category: Category, now: Instant) -> bool {
        self.until.get(&category).is_some_and(|until| *until > now)
    }

    /// Takes in what an answer says: `limits` are the values of `X-Sentry-Rate-Limits`, which is
    /// heard on any answer and before `Retry-After`, which is heard with 429.
    pub(super) fn hear<'h>(
        &mut self,
        status: u16,
        limits: impl Iterator<Item = &'h str>,
        retry_after: Option<&str>,
        now: Instant,
    ) {
        let mut heard = false;
        for limit in limits.flat_map(|value| value.split(',')) {
            let mut parts = limit.trim().split(':');
            let Some(seconds) = parts.next().and_then(seconds) else { continue };
            heard = true;
            let named: Vec<&str> = parts
                .next()
                .unwrap_or_default()
                .split(';')
                .filter(|name| !name.is_empty())
                .collect();
            for category in [Category::Error, Category::Transaction] {
                if named.is_empty() || named.contains(&category.name()) {
                    self.forbid_for(category, seconds, now);
                }
            }
        }
        if status == 429 && !heard {
            let pause = retry_after.and_then(pause).unwrap_or(UNSAID);
            self.forbid_for(Category::Error, pause, now);
            self.forbid_for(Category::Transaction, pause, now);
        }
    }

    fn forbid_for(&mut self, category: Category, pause: Duration, now: Instant) {
        let until = now + pause.min(LONGEST);
        let known = self.until.entry(category).or_insert(until);
        *known = (*known).max(until);
    }
}

/// A whole or broken number of seconds.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok().filter(|seconds: &f64| !seconds.is_nan())?;
    // What is no duration at all is no limit; what is too long is cut.
    Duration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64())).ok()
}

/// Seconds, or a date as HTTP writes it.
fn pause(text: &str) -> Option<Duration> {
    seconds(text).or_else(|| {
        let until = http_date(text.trim())?;
        Some(until.duration_since(SystemTime::now()).unwrap_or_default())
    })
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: RFC 9110, section 5.6.7.
fn http_date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let time = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    humantime::parse_rfc3339(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(status: u16, limits: &[&str], retry_after: Option<&str>) -> [Option<u64>; 2] {
        let (mut known, now) = (Limits::default(), Instant::now());
        known.hear(status, limits.iter().copied(), retry_after, now);
        [Category::Error, Category::Transaction].map(|category| {
            let until = known.until.get(&category)?;
            assert!(known.forbid(category, now) || *until == now);
            assert!(!known.forbid(category, *until));
            Some((*until - now).as_secs())
        })
    }

    #[test]
    fn limits_are_heard_by_category_on_any_answer() {
        assert_eq!(heard(200, &["60:error:organization"], None), [Some(60), None]);
        assert_eq!(heard(429, &["50::organization:quota"], Some("7")), [Some(50), Some(50)]);
        let two = ["10:default;transaction:key, 2700:error;security:organization:x:y"];
        assert_eq!(heard(200, &two, None), [Some(2700), Some(10)]);
        assert_eq!(heard(200, &["5:error", "9:error", "7:error"], None), [Some(9), None]);
        assert_eq!(heard(200, &["60:session"], None), [None, None]);
        assert_eq!(heard(200, &["soon:error", "", "-1:error", "NaN:error"], None), [None, None]);
    }

    #[test]
    fn a_refusal_that_says_nothing_counts_for_a_minute_and_no_word_for_more_than_a_day() {
        assert_eq!(heard(429, &[], None), [Some(60), Some(60)]);
        assert_eq!(heard(429, &[], Some("12")), [Some(12), Some(12)]);
        assert_eq!(heard(429, &[], Some("eventually")), [Some(60), Some(60)]);
        assert_eq!(heard(429, &[], Some("1e300")), [Some(86_400), Some(86_400)]);
        assert_eq!(heard(429, &[], Some("Sun, 06 Nov 1994 08:49:37 GMT")), [Some(0), Some(0)]);
        assert_eq!(heard(503, &[], Some("12")), [None, None]);
        let far = heard(429, &[], Some("Fri, 31 Dec 2999 23:59:59 GMT"));
        assert_eq!(far, [Some(86_400), Some(86_400)]);
    }
}

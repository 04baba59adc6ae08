//! What of each series was sent, and so what a step has to send of it.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Weak},
};

use super::samples::{AMOUNTS, DURATIONS, Range, Sample, Sent};
use crate::meter::{Histogram, Series, as_f64};

/// What a step sends of a series.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// So many more.
    Counted(u64),
    /// What it is now.
    Value(f64),
    /// Durations in seconds.
    Times(Vec<Sample>),
    /// Amounts.
    Amounts(Vec<Sample>),
    /// How many run, and for how many seconds in all.
    Running(f64, f64),
}

/// What was sent of all series.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: HashMap<usize, Entry>,
}

/// What was sent of one. The series is known by its place in memory, which is not used again as
/// long as there is this hold on it; it does not keep the series alive, which others may wait for.
#[derive(Debug)]
struct Entry {
    hold: Weak<dyn Any + Send + Sync>,
    last: Last,
}

#[derive(Debug)]
enum Last {
    Counted(u64),
    Summed(f64),
    Value(Option<f64>),
    Sampled(Sent),
    Averaged { count: u64, seconds: f64 },
    Running(Option<(f64, f64)>),
}

impl Ledger {
    /// What there is to send, which is taken as sent. Values that have not changed are news if
    /// `unchanged` are wanted.
    pub(super) fn news(&mut self, series: &Series, unchanged: bool) -> Option<News> {
        let whole = whole(series);
        let place = Arc::as_ptr(&whole).cast::<()>().addr();
        let entry = self.entries.entry(place).or_insert_with(|| Entry {
            hold: Arc::downgrade(&whole),
            last: Last::nothing_of(series),
        });
        entry.last.advance(series, unchanged)
    }

    /// Forgets the series that are gone.
    pub(super) fn sweep(&mut self) {
        self.entries.retain(|_, entry| entry.hold.strong_count() > 0);
    }
}

fn whole(series: &Series) -> Arc<dyn Any + Send + Sync> {
    match series {
        Series::Counter(meter) => meter.clone(),
        Series::FunctionCounter(meter) | Series::FunctionGauge(meter) => meter.clone(),
        Series::Gauge(meter) => meter.clone(),
        Series::Timer(meter) => meter.clone(),
        Series::FunctionTimer(meter) => meter.clone(),
        Series::Summary(meter) => meter.clone(),
        Series::LongTask(meter) => meter.clone(),
    }
}

impl Last {
    fn nothing_of(series: &Series) -> Self {
        match series {
            Series::Counter(_) => Self::Counted(0),
            Series::FunctionCounter(_) => Self::Summed(0.0),
            Series::Gauge(_) | Series::FunctionGauge(_) => Self::Value(None),
            Series::Timer(timer) => Self::of_histogram(timer.histogram()),
            Series::FunctionTimer(_) => Self::Averaged { count: 0, seconds: 0.0 },
            Series::Summary(summary) => Self::of_histogram(summary.histogram()),
            Series::LongTask(_) => Self::Running(None),
        }
    }

    fn of_histogram(histogram: &Histogram) -> Self {
        match histogram.exponential() {
            Some(_) => Self::Sampled(Sent::default()),
            None => Self::Averaged { count: 0, seconds: 0.0 },
        }
    }

    fn advance(&mut self, series: &Series, unchanged: bool) -> Option<News> {
        match series {
            Series::Counter(counter) => self.counted(counter.count()),
            Series::FunctionCounter(function) => self.summed(function.value()),
            Series::Gauge(gauge) => self.value(gauge.value(), unchanged),
            Series::FunctionGauge(function) => self.value(function.value(), unchanged),
            Series::Timer(timer) => self.measured(timer.histogram(), DURATIONS).map(News::Times),
            Series::FunctionTimer(timer) => {
                self.averaged(timer.count(), timer.total().as_secs_f64()).map(News::Times)
            }
            Series::Summary(summary) => {
                self.measured(summary.histogram(), AMOUNTS).map(News::Amounts)
            }
            Series::LongTask(timer) => {
                let active = u32::try_from(timer.active()).unwrap_or(u32::MAX);
                let now = (f64::from(active), timer.duration().as_secs_f64());
                let Self::Running(last) = self else { return None };
                let news = last.replace(now) != Some(now);
                (news || unchanged).then_some(News::Running(now.0, now.1))
            }
        }
    }

    fn counted(&mut self, now: u64) -> Option<News> {
        let Self::Counted(last) = self else { return None };
        let more = now.saturating_sub(std::mem::replace(last, now));
        (more > 0).then_some(News::Counted(more))
    }

    /// Counters of functions need not be whole: the rest waits for the next step. One that is less
    /// than before has begun anew.
    fn summed(&mut self, now: f64) -> Option<News> {
        let Self::Summed(last) = self else { return None };
        if !now.is_finite() || now < 0.0 {
            return None;
        }
        if now < *last - 1.0 {
            *last = 0.0;
        }
        let more = (now - *last).max(0.0).floor();
        *last += more;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, not negative, and cut at the largest number"
        )]
        let more = more as u64;
        (more > 0).then_some(News::Counted(more))
    }

    fn value(&mut self, now: f64, unchanged: bool) -> Option<News> {
        let Self::Value(last) = self else { return None };
        let before = last.replace(now);
        let same = before.is_some_and(|before| before.to_bits() == now.to_bits());
        (unchanged || !same).then_some(News::Value(now))
    }

    fn measured(&mut self, histogram: &Histogram, range: Range) -> Option<Vec<Sample>> {
        let Self::Sampled(sent) = self else {
            return self.averaged(histogram.count(), histogram.sum());
        };
        if sent.count() == histogram.count() {
            return None;
        }
        let samples = sent.advance(histogram.exponential()?, range);
        (!samples.is_empty()).then_some(samples)
    }

    /// Where nothing is known of single samples, each is the mean of the new ones.
    fn averaged(&mut self, now: u64, sum: f64) -> Option<Vec<Sample>> {
        let Self::Averaged { count, seconds } = self else { return None };
        let more = now.saturating_sub(std::mem::replace(count, now));
        if more == 0 {
            return None;
        }
        let took = (sum - std::mem::replace(seconds, sum)).max(0.0);
        let value = took / as_f64(more);
        Some(vec![Sample { value, count: more }])
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering::Relaxed},
        time::Duration,
    };

    use super::*;
    use crate::{
        meter::{MeterRegistry, MeterSettings},
        support::clock::Clock,
    };

    fn registry() -> MeterRegistry {
        MeterRegistry::new(MeterSettings::default(), Clock::system())
    }

    fn news(ledger: &mut Ledger, registry: &MeterRegistry, unchanged: bool) -> Vec<News> {
        let mut series = Vec::new();
        for family in registry.families() {
            assert_eq!(family.series(0, 1_000, &mut series), None);
        }
        let news = series.iter().filter_map(|series| ledger.news(series, unchanged)).collect();
        ledger.sweep();
        news
    }

    #[test]
    fn each_step_tells_what_was_counted_since_the_last() {
        let (registry, mut ledger) = (registry(), Ledger::default());
        let counter = registry.meter("c").counter();
        counter.add(3);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(3)]);
        assert_eq!(news(&mut ledger, &registry, true), []);
        counter.add(2);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(2)]);
    }

    #[test]
    fn counters_of_functions_are_told_in_whole_and_may_begin_anew() {
        let (registry, mut ledger) = (registry(), Ledger::default());
        let tenths = Arc::new(AtomicU64::new(25));
        let seen = Arc::clone(&tenths);
        registry
            .meter("f")
            .counter_with(move || f64::from(u32::try_from(seen.load(Relaxed)).unwrap()) / 10.0);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(2)]);
        tenths.store(31, Relaxed);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(1)]);
        tenths.store(39, Relaxed);
        assert_eq!(news(&mut ledger, &registry, true), []);
        tenths.store(10, Relaxed);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(1)]);
    }

    #[test]
    fn unchanged_gauges_are_told_if_that_is_wanted() {
        let (registry, mut ledger) = (registry(), Ledger::default());
        let gauge = registry.meter("g").gauge();
        gauge.set(-2.0);
        assert_eq!(news(&mut ledger, &registry, false), [News::Value(-2.0)]);
        assert_eq!(news(&mut ledger, &registry, false), []);
        assert_eq!(news(&mut ledger, &registry, true), [News::Value(-2.0)]);
    }

    #[test]
    fn without_buckets_the_new_samples_are_told_by_their_mean() {
        let (registry, mut ledger) = (registry(), Ledger::default());
        let timer = registry.meter("t").timer();
        timer.record(Duration::from_secs(1));
        timer.record(Duration::from_secs(3));
        let times = |value, count| [News::Times(vec![Sample { value, count }])];
        assert_eq!(news(&mut ledger, &registry, true), times(2.0, 2));
        timer.record(Duration::from_secs(5));
        assert_eq!(news(&mut ledger, &registry, true), times(5.0, 1));
    }

    #[test]
    fn series_that_are_gone_are_forgotten_and_not_kept_alive() {
        let (registry, mut ledger) = (registry(), Ledger::default());
        for check in 0..100 {
            registry.meter("c").tag("check", check.to_string()).counter().add(5);
        }
        assert_eq!(news(&mut ledger, &registry, true).len(), 100);
        for check in 0..100 {
            registry.remove("c", "check", &check.to_string());
        }
        assert_eq!(news(&mut ledger, &registry, true), []);
        assert!(ledger.entries.is_empty());
        registry.meter("c").tag("check", "0").counter().add(1);
        assert_eq!(news(&mut ledger, &registry, true), [News::Counted(1)]);
    }
}

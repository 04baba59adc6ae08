//! Histograms beside a model that keeps every value and counts them one by one.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::{
    meter::{
        DistributionSettings, MeterRegistry, MeterSettings, distribution::DistributionOptions,
    },
    settings::{Settings, SettingsReader},
    support::clock::Clock,
};

/// As far as two sums of the same numbers in another order may differ.
const ROUNDING: f64 = 1e-9;
/// The width of a bucket: 2^(1/8).
const WIDTH: f64 = 1.091;

fn histogram(unit: Unit, bounds: &[f64], percentiles: &[f64]) -> Histogram {
    let bounds = Bounds::new(unit, bounds.iter().copied());
    let expiry = Duration::from_mins(2);
    let origin = Instant::now();
    Histogram::new(Arc::new(Distribution::new(unit, bounds, percentiles, true, expiry, origin)))
}

fn is_close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(f64::MIN_POSITIVE)
}

/// What is at most that, and above the bound before it; at the end, what is above all.
fn counts(values: &[f64], bounds: &[f64]) -> Vec<u64> {
    let mut lower = f64::NEG_INFINITY;
    let mut counts = Vec::new();
    for upper in bounds.iter().copied().chain([f64::INFINITY]) {
        let within = values.iter().filter(|value| **value > lower && **value <= upper).count();
        counts.push(within as u64);
        lower = upper;
    }
    counts
}

fn check(histogram: &Histogram, values: &[f64], bounds: &[f64], asked: &[f64]) {
    assert_eq!(histogram.counts().collect::<Vec<_>>(), counts(values, bounds));
    assert_eq!(histogram.count(), values.len() as u64);
    let sum: f64 = values.iter().sum();
    assert!(is_close(histogram.sum(), sum, ROUNDING), "{} is not {sum}", histogram.sum());
    let max = values.iter().copied().fold(0.0, f64::max);
    assert!(is_close(histogram.max(), max, ROUNDING), "{} is not {max}", histogram.max());

    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    for (phi, value) in histogram.percentiles() {
        assert!(asked.contains(&phi));
        let rank = (phi * as_f64(sorted.len() as u64)).ceil() as usize;
        let Some(exact) = sorted.get(rank.saturating_sub(1)) else {
            assert!(value.is_nan(), "{value} of nothing");
            continue;
        };
        let is_near = value <= exact * WIDTH && exact <= &(value * WIDTH);
        assert!(is_near, "{phi}: {value} is not {exact} of {sorted:?}");
    }

    let snapshot = histogram.exponential().unwrap();
    assert_eq!(snapshot.count, values.len() as u64);
    assert_eq!(snapshot.zero, values.iter().filter(|value| **value == 0.0).count() as u64);
    assert_eq!(snapshot.counts, exponential(values, snapshot.offset, snapshot.counts.len()));
}

/// How many values have each logarithm, rounded up.
fn exponential(values: &[f64], offset: i32, length: usize) -> Vec<u64> {
    let of = |index: i32| {
        let is_in = |value: &&f64| **value > 0.0 && (value.log2() * 8.0).ceil() as i32 == index;
        values.iter().filter(is_in).count() as u64
    };
    (offset..).take(length).map(of).collect()
}

/// Shares that can be asked for, the ends included.
fn shares() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0], 1..5)
}

/// Ascending, distinct.
fn ascending(mut bounds: Vec<f64>) -> Vec<f64> {
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    bounds
}

proptest! {
    #[test]
    fn amounts_are_spread_as_in_the_model(
        values in prop::collection::vec(
            prop_oneof![Just(0.0), 1e-5..1e3, 1e3..1e12_f64, (0_u32..50).prop_map(f64::from)], 0..200
        ),
        bounds in prop::collection::vec(prop_oneof![1e-5..1e12_f64, (1_u32..50).prop_map(f64::from)], 0..60),
        asked in shares(),
    ) {
        let bounds = ascending(bounds);
        let histogram = histogram(Unit::Plain, &bounds, &asked);
        for value in &values {
            histogram.record_value(*value, None);
        }
        check(&histogram, &values, &bounds, &asked);
    }

    #[test]
    fn durations_are_spread_as_in_the_model(
        nanos in prop::collection::vec(
            prop_oneof![Just(0), 2_000..1_000_000_000_u64, 1..20_000_000_000_000_u64, Just(5_000_000)]
                .prop_map(|nanos| if nanos < 2_000 { 0 } else { nanos }),
            0..200
        ),
        millis in prop::collection::vec(1..20_000_000_u32, 0..60),
        asked in shares(),
    ) {
        let bounds = ascending(millis.iter().map(|millis| f64::from(*millis) / 1e3).collect());
        let histogram = histogram(Unit::Nanos, &bounds, &asked);
        for nanos in &nanos {
            histogram.record_nanos(*nanos, None);
        }
        let values: Vec<f64> = nanos.iter().map(|nanos| as_f64(*nanos) / 1e9).collect();
        check(&histogram, &values, &bounds, &asked);
    }

    #[test]
    fn no_amount_is_lost_however_small_or_large(bits in prop::collection::vec(any::<u64>(), 0..100)) {
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        let meter = registry.meter("m").service_level_objectives([1.0]).percentiles([0.0, 0.5, 1.0]);
        let summary = meter.summary();
        let values: Vec<f64> = bits.into_iter().map(f64::from_bits).collect();
        for value in &values {
            summary.record(*value);
        }
        let taken = values.iter().filter(|value| value.is_finite() && **value >= 0.0).count();
        prop_assert_eq!(summary.count(), taken as u64);
        prop_assert_eq!(summary.histogram().counts().sum::<u64>(), taken as u64);
        let percentiles = summary.histogram().percentiles();
        prop_assert!(percentiles.is_sorted_by(|a, b| a.1 <= b.1 || b.1.is_nan()), "{:?}", percentiles);
    }

    #[test]
    fn no_text_of_a_setting_panics_and_bounds_are_always_ascending(
        kind in 0..6_usize,
        text in prop_oneof![
            "\\PC{0,30}",
            "[-+0-9eE.,:msdhPTnaif \u{0}]{0,20}",
            (any::<f64>(), any::<f64>()).prop_map(|(a, b)| format!("{a},{b}")),
            any::<u64>().prop_map(|number| format!("{number}h")),
        ],
        further in "[0-9.]{0,5}(ms|s|h|d|)",
    ) {
        const KINDS: [&str; 6] = [
            "percentiles-histogram", "percentiles", "slo", "minimum-expected-value",
            "maximum-expected-value", "expiry",
        ];
        let name = |kind: &str| format!("management.metrics.distribution.{kind}.m");
        let settings = Settings::builder()
            .force(&name(KINDS[kind]), text)
            .force(&name(KINDS[(kind + 1) % 6]), further)
            .force(&name("percentiles-histogram"), "true")
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = DistributionSettings::read(&mut reader);
        // Refused or not: with what is left a meter can be made.
        let _ = reader.finish();
        for unit in [Unit::Nanos, Unit::Plain] {
            let decided = read.decide("m", unit, &DistributionOptions::default(), Instant::now());
            let uppers: Vec<f64> = decided.bounds().iter().map(|bound| bound.upper).collect();
            prop_assert!(uppers.is_sorted_by(|a, b| a < b) && uppers.len() <= 300, "{:?}", uppers);
            prop_assert!(uppers.iter().all(|upper| upper.is_finite() && *upper > 0.0));
            let histogram = Histogram::new(Arc::new(decided));
            for value in &[0.0, 1.0, 1e300] {
                histogram.record_value(*value, None);
            }
            prop_assert_eq!(histogram.count(), 3);
        }
    }
}

//! What a series says at this moment, whatever its kind.

use crate::meter::{Histogram, RecordedExemplar, Series};

/// The number of a counter or a gauge; of others NaN, since they have no single one.
pub(super) fn value(series: &Series) -> f64 {
    match series {
        // Beyond 2^53 the last digits go, as in every reader of these formats.
        #[expect(clippy::cast_precision_loss, reason = "values are floats in all formats")]
        Series::Counter(counter) => counter.count() as f64,
        Series::Gauge(gauge) => gauge.value(),
        Series::FunctionCounter(function) | Series::FunctionGauge(function) => function.value(),
        Series::Timer(_) | Series::FunctionTimer(_) | Series::Summary(_) | Series::LongTask(_) => {
            f64::NAN
        }
    }
}

/// A traced addition to a counter.
pub(super) fn exemplar(series: &Series) -> Option<RecordedExemplar> {
    match series {
        Series::Counter(counter) => counter.exemplar(),
        _ => None,
    }
}

/// The number of a counter. What a function gives may be no count: then there is no sample, since
/// nothing that reads these formats could make anything of it.
pub(super) fn counted(series: &Series) -> Option<f64> {
    Some(value(series)).filter(|count| *count >= 0.0)
}

/// How often something was measured; of what is running, how much of it there is.
pub(super) fn count(series: &Series) -> u64 {
    match series {
        Series::FunctionTimer(timer) => timer.count(),
        Series::LongTask(timer) => timer.active(),
        _ => histogram(series).map_or(0, Histogram::count),
    }
}

/// How much in all.
pub(super) fn sum(series: &Series) -> f64 {
    match series {
        Series::FunctionTimer(timer) => timer.total().as_secs_f64(),
        Series::LongTask(timer) => timer.duration().as_secs_f64(),
        _ => histogram(series).map_or(f64::NAN, Histogram::sum),
    }
}

/// The largest value of late.
pub(super) fn max(series: &Series) -> f64 {
    match series {
        Series::Timer(timer) => timer.histogram().max(),
        Series::Summary(summary) => summary.histogram().max(),
        Series::LongTask(timer) => timer.max().as_secs_f64(),
        _ => f64::NAN,
    }
}

/// How the values are spread, where they are measured here.
pub(super) fn histogram(series: &Series) -> Option<&Histogram> {
    match series {
        Series::Timer(timer) => Some(timer.histogram()),
        Series::Summary(summary) => Some(summary.histogram()),
        _ => None,
    }
}

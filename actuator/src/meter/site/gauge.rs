//! `#[gauge]`: a function that is asked for a number whenever the meter is read.

use std::{sync::Arc, time::Duration};

use super::MeterDeclaration;
use crate::registry::{Components, MissingComponent};

/// Gives the value of a gauge.
pub type GaugeFn = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Makes the function of the components that it asks for, or names all that are missing.
pub type BindGauge = fn(&Components) -> Result<GaugeFn, Vec<MissingComponent>>;

/// A declared gauge, before its components are known.
#[derive(Debug)]
pub struct GaugeDeclaration {
    /// The meter.
    pub meter: MeterDeclaration,
    /// The type names of the components it asks for.
    pub dependencies: &'static [fn() -> &'static str],
    /// Makes the function of its components; all that are missing at once.
    pub bind: BindGauge,
}

impl GaugeDeclaration {
    /// The name with the tags, which two gauges must not share: `queue.length{queue="mail"}`.
    pub(crate) fn full_name(&self) -> String {
        let MeterDeclaration { name, tags, .. } = self.meter;
        if tags.is_empty() {
            return name.to_owned();
        }
        let mut tags: Vec<String> =
            tags.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
        tags.sort();
        format!("{name}{{{}}}", tags.join(","))
    }
}

/// What a `#[gauge]` function may return. `None` is shown as NaN: there is no value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the value of a gauge",
    label = "not a number",
    note = "return a number, `bool`, `Duration` (shown in seconds), or an `Option` of any of these"
)]
pub trait GaugeValue {
    /// The number that is shown.
    fn number(self) -> f64;
}

macro_rules! lossless {
    ($($number:ty)+) => {$(
        impl GaugeValue for $number {
            fn number(self) -> f64 {
                f64::from(self)
            }
        }
    )+};
}

lossless!(f64 f32 u8 u16 u32 i8 i16 i32 bool);

macro_rules! nearest {
    ($($number:ty)+) => {$(
        impl GaugeValue for $number {
            #[allow(clippy::cast_precision_loss)] // exact up to 2^53, which such values do not reach
            fn number(self) -> f64 {
                self as f64
            }
        }
    )+};
}

nearest!(u64 usize u128 i64 isize i128);

impl GaugeValue for Duration {
    fn number(self) -> f64 {
        self.as_secs_f64()
    }
}

impl<T: GaugeValue> GaugeValue for Option<T> {
    fn number(self) -> f64 {
        self.map_or(f64::NAN, GaugeValue::number)
    }
}

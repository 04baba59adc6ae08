//! What all series of a meter share about their values: bounds, percentiles, and the time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{Bound, Bounds};

/// Micrometer keeps a maximum for `expiry`, in so many windows.
const WINDOWS: u32 = 3;

/// What a histogram counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::meter) enum Unit {
    /// Nanoseconds, shown in seconds.
    Nanos,
    /// Whatever was recorded.
    Plain,
}

/// Shared by all series of one meter.
#[derive(Debug)]
pub(in crate::meter) struct Distribution {
    unit: Unit,
    bounds: Bounds,
    percentiles: Box<[f64]>,
    shows_exponential: bool,
    origin: Instant,
    window_length: Duration,
    /// The number of the window, moved on by whoever reads and by the sampler, so that who records
    /// does not have to ask for the time.
    window: AtomicU64,
}

impl Distribution {
    /// Values in `unit`; windows are counted from `origin`. `exponential` asks for buckets of even
    /// relative width, which percentiles need anyway.
    pub(in crate::meter) fn new(
        unit: Unit,
        bounds: Bounds,
        percentiles: &[f64],
        exponential: bool,
        expiry: Duration,
        origin: Instant,
    ) -> Self {
        Self {
            unit,
            bounds,
            percentiles: percentiles.into(),
            shows_exponential: exponential,
            origin,
            window_length: (expiry / WINDOWS).max(Duration::from_millis(1)),
            window: AtomicU64::new(0),
        }
    }

    /// That of a meter which nobody sees.
    pub(in crate::meter) fn bare(unit: Unit) -> Arc<Self> {
        let (bounds, window) = (Bounds::default(), Duration::from_secs(1));
        Arc::new(Self::new(unit, bounds, &[], false, window, Instant::now()))
    }

    pub(in crate::meter) fn unit(&self) -> Unit {
        self.unit
    }

    pub(super) fn bounds(&self) -> &[Bound] {
        self.bounds.shown()
    }

    pub(super) fn percentiles(&self) -> &[f64] {
        &self.percentiles
    }

    pub(super) fn needs_exponential(&self) -> bool {
        self.shows_exponential || self.has_percentiles()
    }

    pub(super) fn shows_exponential(&self) -> bool {
        self.shows_exponential
    }

    pub(in crate::meter) fn has_percentiles(&self) -> bool {
        !self.percentiles.is_empty()
    }

    pub(super) fn bucket_of(&self, recorded: f64) -> usize {
        self.bounds.bucket_of(recorded)
    }

    pub(super) fn window(&self) -> u64 {
        self.window.load(Relaxed)
    }

    /// Moves on to the window of `now`; true if it is another one.
    pub(in crate::meter) fn advance(&self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.origin).as_nanos();
        let window = elapsed / self.window_length.as_nanos().max(1);
        let window = u64::try_from(window).unwrap_or(u64::MAX);
        self.window.fetch_max(window, Relaxed) < window
    }
}

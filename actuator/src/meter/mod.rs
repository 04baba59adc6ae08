//! Meters: counters, gauges and timers by name and tags, and how they are read together.
//!
//! Names, base units and statistics are Micrometer's, so that the tools that know Spring's metrics
//! know these. Recording is a few atomic operations on a handle that was resolved once; reading
//! never samples: what is costly to find out is put into gauges by the `MetricsSampler`.

mod active;
mod builtin;
mod family;
mod instrument;
mod reading;
mod registry;
mod runtime;
mod sampler;
mod server_requests;
mod settings;
mod tag;
mod timer;

pub use active::{ActiveTask, ActiveTimer};
pub use builtin::{cache, pool};
use instrument::as_f64;
pub use instrument::{Counter, Gauge};
pub use reading::{Measurement, MetricReading, Statistic};
pub use registry::{MeterBuilder, MeterRegistry};
pub use settings::MeterSettings;
pub use tag::Tag;
pub use timer::Timer;

pub(crate) use builtin::{ApplicationTimes, bind_process_meters};
pub(crate) use builtin::{client, pool::bind_pool_meters};
pub(crate) use runtime::bind_runtime_meters;
pub(crate) use sampler::MetricsSampler;
pub(crate) use server_requests::{Outcome, RequestMethod, RouteMeters, ServerRequestMeters};

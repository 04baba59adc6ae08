//! Meters: counters, gauges and timers by name and tags, and how they are read together.
//!
//! Names, base units and statistics are Micrometer's, so that the tools that know Spring's metrics
//! know these. Recording is a few atomic operations on a handle that was resolved once; reading
//! never samples: what is costly to find out is put into gauges by the `MetricsSampler`.

mod builder;
mod builtin;
mod distribution;
mod exemplar;
mod family;
mod filter;
mod function;
mod histogram;
mod id;
mod instrument;
mod labels;
mod long_task;
mod multi_gauge;
mod reading;
mod registry;
mod series;
mod server_requests;
mod settings;
pub(crate) mod site;
mod summary;
mod table;
mod tag;
mod timer;

pub use builder::MeterBuilder;
pub use builtin::{cache, pool};
pub use distribution::{DistributionSettings, MeterValue};
pub use exemplar::Exemplar;
pub use filter::{MeterFilter, MeterId};
pub use instrument::{Counter, Gauge};
pub use long_task::{LongTask, LongTaskGuard, LongTaskTimer};
pub use multi_gauge::MultiGauge;
pub use reading::{Measurement, MetricReading, Statistic};
pub use registry::MeterRegistry;
pub use settings::{ClientTags, MeterSettings};
pub use site::Metrics;
pub use summary::DistributionSummary;
pub use tag::Tag;
pub use timer::Timer;

pub use builtin::AllocatorStatistics;
pub(crate) use builtin::{
    APPLICATION_INFO, ApplicationTimes, MetricsSampler, ReadAllocator, bind_application_info,
    bind_process_meters, scrape_timer,
};
pub(crate) use builtin::{client, pool::bind_pool_meters};
pub(crate) use exemplar::RecordedExemplar;
pub(crate) use family::Family;
pub(crate) use histogram::{ExponentialSnapshot, Histogram};
pub(crate) use instrument::as_f64;
pub(crate) use labels::{LabelPairs, escaped, unescaped};
pub(crate) use multi_gauge::FunctionRows;
pub(crate) use series::{MeterKind, Series};
pub(crate) use server_requests::{
    FinishedRequest, Outcome, RequestMethod, RouteMeters, ServerRequestMeters,
};

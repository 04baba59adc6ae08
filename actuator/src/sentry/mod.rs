//! Sentry: events at `error` and panics, sent to a Sentry server with what led to them.
//!
//! | part | subject |
//! |---|---|
//! | `settings`, `dsn`, `ignored` | to whom, as whom, and what not |
//! | `layer`, `fields`, `breadcrumbs`, `panic`, `transaction` | what happens in the process becomes a `report`, or a timed request |
//! | `reporter`, `courier`, `limits`, `losses`, `telling` | a bounded queue, the thread that empties it, and what is said about it |
//! | `event`, `identity`, `envelope` | a report as Sentry's JSON, masked, in Sentry's framing |
//!
//! Formats: <https://develop.sentry.dev/sdk/foundations/transport/envelopes/>,
//! <https://develop.sentry.dev/sdk/foundations/transport/event-payloads/>.
//!
//! A subscriber is global by nature, and so is what its layer hands events to: the process has one
//! `Slot` with the reporter of the service that runs in it.

mod breadcrumbs;
mod courier;
mod dsn;
mod envelope;
mod event;
mod fields;
mod identity;
mod ignored;
mod layer;
mod limits;
mod losses;
mod panic;
mod report;
mod reporter;
mod settings;
mod slot;
mod telling;
mod transaction;

#[cfg(test)]
mod fake_sentry;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

pub use layer::SentryLayer;
pub(crate) use reporter::Reporter;
pub(crate) use settings::SentrySettings;
pub(crate) use slot::Slot;

/// The layer through which events of a subscriber of one's own reach Sentry. Without one, the
/// subscriber that is installed has it already.
///
/// It takes what the filters of the subscriber let through. Until the service starts, and if
/// Sentry is not set up (`SENTRY_DSN`), it does nothing.
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let subscriber = tracing_subscriber::registry()
///     .with(actuator::sentry::layer())
///     .with(actuator::logging::layer());
/// # drop(subscriber);
/// ```
pub fn layer() -> SentryLayer {
    SentryLayer::new(Slot::of_process())
}

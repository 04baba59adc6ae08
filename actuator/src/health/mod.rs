//! Health: what a check answers, how checks are run together, and what comes out.
//!
//! The way of an answer: a check stands at its path in [`HealthContributors`]; [`evaluate`] asks
//! the members of a [`HealthGroup`] together and gives the tree of what was found. The `runner`
//! runs a check once for all who ask, guarded and with a deadline (`flight`, `slots`), or by itself
//! (`schedule`); the `results` go into its `standing`, which remembers what it said and decides what
//! is reported (`hysteresis`); each change of that is a `transition`.

mod aggregator;
mod availability;
mod blocking;
mod bound;
pub(crate) mod builtin;
mod check;
mod contributors;
mod declaration;
mod engine;
mod engine_settings;
mod evaluation;
mod flight;
mod group;
#[expect(clippy::module_inception, reason = "the file of the type `Health`")]
mod health;
mod http_mapping;
mod hysteresis;
#[cfg(test)]
mod hysteresis_property_tests;
mod indicator;
mod membership;
mod options;
mod probe;
#[cfg(test)]
mod property_tests;
mod report;
mod results;
mod runner;
mod schedule;
mod selection;
mod settings;
mod shown;
mod slots;
mod standing;
mod startup;
mod status_override;
mod transition;

pub use availability::{
    Availability, AvailabilityChanges, AvailabilityState, LivenessState, ReadinessState,
};
pub use blocking::BlockingIndicator;
pub use check::HealthCheck;
pub(crate) use contributors::Composite;
pub use contributors::{ContributorError, HealthContributors};
pub use declaration::{DeclaredOptions, HealthDeclaration};
pub(crate) use engine::{CheckObserver, RunObserver};
pub(crate) use evaluation::{Finding, Selector, assemble, evaluate, gather};
pub(crate) use group::{HealthGroup, HealthGroups};
pub use health::{Health, Status};
pub use indicator::{HealthIndicator, IntoHealth};
pub(crate) use probe::CheckProbe;
pub(crate) use report::CheckReport;
pub(crate) use runner::{Check, run_all};
pub(crate) use selection::{Candidate, Selection, SelectionError, candidates};
pub(crate) use settings::{HealthDefaults, HealthSettings};
pub use startup::{StartupState, StartupTask};
pub use status_override::StatusOverride;
pub use transition::{HealthEvent, HealthSubscription, HealthTransition};

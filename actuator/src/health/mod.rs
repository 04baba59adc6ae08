//! Health: what a check answers, how checks are run together, and what comes out.
//!
//! The way of an answer: a check stands at its path in [`HealthContributors`]; [`evaluate`] runs
//! the members of a [`HealthGroup`] together, each guarded and with a deadline, and gives the tree
//! of what was found.

mod aggregator;
mod availability;
mod blocking;
mod bound;
pub(crate) mod builtin;
mod contributors;
mod declaration;
mod evaluation;
mod group;
#[expect(clippy::module_inception, reason = "the file of the type `Health`")]
mod health;
mod http_mapping;
mod indicator;
mod membership;
mod options;
mod report;
mod runner;
mod selection;
mod settings;

pub use availability::{Availability, LivenessState, ReadinessState};
pub use blocking::BlockingIndicator;
pub(crate) use contributors::Composite;
pub use contributors::{ContributorError, HealthContributors};
pub use declaration::HealthDeclaration;
pub(crate) use evaluation::{Finding, evaluate};
pub(crate) use group::{HealthGroup, HealthGroups};
pub use health::{Health, Status};
pub use indicator::{HealthIndicator, IntoHealth};
pub(crate) use options::CheckOptions;
pub(crate) use report::CheckReport;
pub(crate) use selection::{Candidate, Selection, SelectionError, candidates};
pub(crate) use settings::{HealthDefaults, HealthSettings};

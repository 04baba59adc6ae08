//! What happens on the way up: steps with their durations, kept in a bounded list.
//!
//! A step is a guard ([`StartupStep`]), or the call of a function that `#[startup_step]` declares.
//! Which step is the outer one is said by a handle ([`StartupSteps`]), which goes to other threads
//! and tasks; where nobody says it, it is the step whose code this thread runs.

mod current;
mod site;
mod step;
mod timeline;

pub use current::Within;
pub use site::{StartupDeclaration, StartupSite, StartupStepDeclaration};
pub(crate) use step::{MAX_NAME, MAX_TAG};
pub use step::{StartupStep, StartupSteps};
pub(crate) use timeline::{DEFAULT_CAPACITY, StartupEvent, Timeline, TimelineShown};

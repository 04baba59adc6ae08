//! Scheduled tasks: functions of the application that run at a fixed rate, after a fixed delay, by a
//! cron expression, or once.
//!
//! They are declared by [`macro@crate::scheduled`] or registered by
//! [`App::scheduled`](crate::App::scheduled), run on the application's runtime once the service is
//! ready, and end with it. Each instance of a service runs all of its tasks: nothing here makes one
//! of several instances run a task. `/actuator/scheduledtasks` shows them.
//!
//! ```
//! use std::time::Duration;
//! use actuator::{App, scheduling::{Overlap, Schedule}};
//!
//! fn setup(app: &mut App) {
//!     let every = Duration::from_secs(30);
//!     app.scheduled("poll", Schedule::fixed_rate(every).overlap(Overlap::Skip), || async {
//!         Ok::<(), std::io::Error>(())
//!     });
//! }
//! ```

mod beat;
#[cfg(feature = "cron")]
mod cron;
#[cfg(not(feature = "cron"))]
#[path = "no_cron.rs"]
mod cron;
mod declaration;
mod plan;
mod run;
mod runner;
mod schedule;
mod task;
mod tasks;
mod work;

pub use schedule::{Overlap, Schedule, TriggerContext};
pub use task::{Execution, ExecutionStatus, TaskSnapshot, TaskTrigger};
pub use tasks::{AskError, ScheduledTasks};
pub use work::{TaskError, TaskResult};

pub(crate) use cron::CronExpression;
#[doc(hidden)]
pub use declaration::{DeclaredSchedule, ScheduledDeclaration};
pub(crate) use plan::Plan;
pub(crate) use task::{RunInProgress, RunObserver, ScheduledTask, TaskFacts};
pub(crate) use work::Work;

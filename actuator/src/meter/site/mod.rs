//! Meters that attributes declare. A function that is measured holds a static site, which is found
//! at link time and bound to the registry of each service once it is set up; before that it
//! measures nothing. Structs of handles and gauges are made anew for each service.

mod bindings;
mod counted;
mod declaration;
mod ending;
mod gauge;
mod handle;
mod long_task;
mod returned;
mod table;
mod timed;

pub use super::series::MeterKind;
pub use counted::CountedSite;
pub use declaration::{MeterDeclaration, MeterSite, Site, describe};
pub use ending::{Failure, exception, exception_of_type};
pub use gauge::{GaugeDeclaration, GaugeFn, GaugeValue};
pub use handle::{MeterHandle, Metrics, MetricsDeclaration};
pub use long_task::LongTaskSite;
pub use returned::{AnyReturned, Returned, call, error_of, never};
pub use timed::TimedSite;

use declaration::Instrument;
use ending::Ending;

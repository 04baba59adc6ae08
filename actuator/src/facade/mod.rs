//! What the application and its libraries record through the `metrics` crate, in our registry.
//!
//! The one place that knows that crate. Its macros ask the recorder for a handle at every use, so
//! finding a known series is one look into a cache; what is found is the meter itself, which
//! implements the crate's traits. Names, labels and units come from anywhere and are bounded here.

mod cache;
mod described;
mod forward;
mod handles;
mod install;
mod names;
mod recorder;
mod time_unit;

pub(crate) use forward::SharedRecorder;
pub(crate) use install::{install, install_alone};
pub use recorder::MetricsRecorder;

// The trait that recorders implement, for those floors that do not name the crate.
pub(crate) use metrics::Recorder;

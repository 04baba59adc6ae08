//! Reading what the user wrote: attribute arguments, durations, names.

pub(crate) mod args;
pub(crate) mod duration;
pub(crate) mod nearest;

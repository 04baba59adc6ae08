//! Reading what the user wrote: attribute arguments, signatures, durations, names.

pub(crate) mod args;
pub(crate) mod duration;
pub(crate) mod name;
pub(crate) mod nearest;
pub(crate) mod signature;

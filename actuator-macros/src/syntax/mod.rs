//! Reading what the user wrote: attribute arguments, signatures, durations, names.

pub(crate) mod args;
pub(crate) mod duration;
pub(crate) mod label;
pub(crate) mod name;
pub(crate) mod nearest;
pub(crate) mod signature;
pub(crate) mod status;

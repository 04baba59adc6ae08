//! Reading what the user wrote: attribute arguments, signatures, durations, names.

pub(crate) mod args;
pub(crate) mod cron;
pub(crate) mod doc;
pub(crate) mod duration;
pub(crate) mod label;
pub(crate) mod meter_name;
pub(crate) mod meter_options;
pub(crate) mod name;
pub(crate) mod nearest;
pub(crate) mod returns;
pub(crate) mod signature;
pub(crate) mod status;
pub(crate) mod zone;

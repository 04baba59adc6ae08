//! Small tools that know nothing of actuators.

pub(crate) mod clock;
pub(crate) mod host;
pub(crate) mod text;
pub(crate) mod time;

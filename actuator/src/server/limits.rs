//! The limits of the process.

use std::sync::Arc;

use crate::{endpoint::LimitsEndpoint, limits::Limits, model::endpoint::SharedEndpoint};

/// The endpoint of the limits.
pub(super) fn endpoint() -> SharedEndpoint {
    Arc::new(LimitsEndpoint::new(Limits::of_process()))
}

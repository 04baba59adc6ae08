//! What a runtime tells only to builds with `--cfg tokio_unstable`: here nothing.

use tokio::runtime::Handle;

use super::MeterRegistry;

/// Registers nothing.
pub(super) fn bind(_: &MeterRegistry, _: &str, _: &Handle) {}

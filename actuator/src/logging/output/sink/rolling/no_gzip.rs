//! Nothing is compressed: the feature `compression` is off.

use std::{fs::File, io};

/// Whether this build compresses.
pub(super) const IS_AVAILABLE: bool = false;

/// Is not called: patterns that compress were refused.
pub(super) fn compress(_: &File, _: &mut File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

//! What `cargo auditable` puts into an executable cannot be read without the feature `compression`.

use std::{io, path::Path};

use super::packages::Packages;

/// Never.
pub(super) fn is_in(_: &Path) -> bool {
    false
}

/// Nothing.
#[expect(clippy::unnecessary_wraps, reason = "as its counterpart")]
pub(super) fn read(_: &Path) -> io::Result<Option<Packages>> {
    Ok(None)
}

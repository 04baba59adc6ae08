//! Streams where compression is not built in.

use crate::model::reply::StreamContent;

/// Whether this build compresses.
pub(super) const IS_AVAILABLE: bool = false;

/// The content as it is.
pub(super) fn compressed(content: Box<dyn StreamContent>) -> Box<dyn StreamContent> {
    content
}

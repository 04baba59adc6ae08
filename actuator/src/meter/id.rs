//! Who a series is: its labels, and since when it exists.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{Tag, labels::Labels};

/// The identity of a series, kept by the meter itself. A meter that is not registered has an empty
/// one.
#[derive(Debug)]
pub(super) struct SeriesId {
    labels: Labels,
    created_millis: u64,
}

impl SeriesId {
    /// A series that exists from `created` on.
    pub(super) fn new(labels: Labels, created: SystemTime) -> Self {
        let since = created.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { labels, created_millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }
    }

    /// `method="GET",uri="/a"`.
    pub(super) fn labels(&self) -> &str {
        &self.labels.text
    }

    /// Keys as they were given and values as they stand in the labels.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.pairs()
    }

    /// The tags as they were given, sorted by the name of the label.
    pub(super) fn tags(&self) -> Vec<Tag> {
        self.labels.tags()
    }

    /// When it was registered.
    pub(super) fn created(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.created_millis)
    }
}

impl Default for SeriesId {
    fn default() -> Self {
        let labels = Labels { text: Box::default(), keys: Arc::from([]) };
        Self { labels, created_millis: 0 }
    }
}

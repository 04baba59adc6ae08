//! Filters: what becomes of a meter's name and tags before it is registered.

use std::fmt;

use super::Tag;

/// Renames, changes tags, or denies. Applied once, when a meter is registered; recording costs
/// nothing more. `management.metrics.enable.*`, `.tags.*` and `actuator.metrics.rename.*`,
/// `.ignore-tags.*` are such filters by setting.
///
/// ```
/// use actuator::meter::{MeterFilter, MeterId};
///
/// /// Nobody looks at single tenants.
/// struct WithoutTenant;
///
/// impl MeterFilter for WithoutTenant {
///     fn map(&self, mut id: MeterId) -> Option<MeterId> {
///         id.tags.retain(|tag| tag.key != "tenant");
///         Some(id)
///     }
/// }
/// ```
pub trait MeterFilter: Send + Sync + 'static {
    /// What the meter is to be; `None` denies it: it can be used and is not kept.
    fn map(&self, id: MeterId) -> Option<MeterId>;
}

/// The name and tags of a meter that is about to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterId {
    /// The name, `http.server.requests`.
    pub name: String,
    /// The tags, the common ones included.
    pub tags: Vec<Tag>,
}

impl fmt::Debug for dyn MeterFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MeterFilter")
    }
}

//! Where caches that count meet caches that can be cleared.

use std::sync::Arc;

use crate::{
    cache::{Clearing, ManagedCache},
    meter::cache::Metered,
};

impl<C: ManagedCache + Clone> ManagedCache for Metered<C> {
    fn clear(self: Arc<Self>) -> Clearing {
        C::clear(Arc::new(self.cache().clone()))
    }

    fn target(&self) -> &'static str {
        self.cache().target()
    }
}

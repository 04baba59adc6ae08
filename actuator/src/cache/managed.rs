//! A cache that can be cleared from outside.

use std::{error::Error, fmt, sync::Arc};

use crate::model::endpoint::BoxFuture;

/// A cache whose entries can be removed by whoever runs the service.
///
/// ```
/// use std::{collections::HashMap, sync::{Arc, Mutex}};
/// use actuator::{App, cache::{Clearing, ManagedCache}, meter::cache::CacheStatistics};
///
/// #[derive(Default)]
/// struct Cities(Mutex<HashMap<u32, String>>);
///
/// impl ManagedCache for Cities {
///     fn clear(self: Arc<Self>) -> Clearing {
///         Clearing::blocking(move || {
///             self.0.lock().unwrap().clear();
///             Ok(())
///         })
///     }
/// }
///
/// // Its meters: it has those of the figures that it gives, and may give none.
/// impl CacheStatistics for Cities {
///     fn size(&self) -> Option<u64> {
///         Some(self.0.lock().unwrap().len() as u64)
///     }
/// }
///
/// fn setup(app: &mut App) {
///     let cities = Arc::new(Cities::default());
///     app.cache("shop", "cities", Arc::clone(&cities));
/// }
/// ```
pub trait ManagedCache: Send + Sync + 'static {
    /// How all entries are removed. What is put in meanwhile may stay.
    ///
    /// It is asked for on the application's runtime, and only once at a time.
    fn clear(self: Arc<Self>) -> Clearing;

    /// What it is, for people: the member `target`. The name of its type by default.
    fn target(&self) -> &'static str {
        std::any::type_name::<Self>()
    }
}

impl<T: ManagedCache + ?Sized> ManagedCache for Arc<T> {
    fn clear(self: Arc<Self>) -> Clearing {
        T::clear(Arc::clone(&self))
    }

    fn target(&self) -> &'static str {
        (**self).target()
    }
}

/// Why a cache could not be cleared. Its text is shown to whoever asked for it.
pub type ClearError = Box<dyn Error + Send + Sync>;

type Cleared = Result<(), ClearError>;

/// The work of clearing a cache.
pub struct Clearing(pub(super) Work);

/// Where that work may be done.
pub(super) enum Work {
    Blocking(Box<dyn FnOnce() -> Cleared + Send>),
    Async(BoxFuture<'static, Cleared>),
}

impl Clearing {
    /// Work that takes the thread for itself: it is given one that may be blocked.
    pub fn blocking(work: impl FnOnce() -> Result<(), ClearError> + Send + 'static) -> Self {
        Self(Work::Blocking(Box::new(work)))
    }

    /// A future, for a cache that is somewhere else.
    pub fn future(work: impl Future<Output = Result<(), ClearError>> + Send + 'static) -> Self {
        Self(Work::Async(Box::pin(work)))
    }
}

impl fmt::Debug for Clearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clearing").finish_non_exhaustive()
    }
}

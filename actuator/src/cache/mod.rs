//! Caches by manager and name, and how they are cleared: the matter of `/actuator/caches`.
//!
//! [`App::cache`](crate::App::cache) registers a cache once: it has its place in `caches`, where
//! Spring Boot Admin can clear it, and its [meters](crate::meter::cache). Caches of moka and
//! `quick_cache` are there already (features `moka`, `quick-cache`); any other is a
//! [`ManagedCache`].

mod clearing;
mod managed;
#[cfg(feature = "moka")]
mod moka;
#[cfg(feature = "quick-cache")]
mod quick_cache;
mod registry;
mod settings;

pub use managed::{ClearError, Clearing, ManagedCache};

pub(crate) use clearing::Clearer;
pub(crate) use registry::{CacheRegistry, CacheUnderName, Found};
pub(crate) use settings::ClearSettings;

//! The caches of a service, found by manager and name.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use super::managed::ManagedCache;

/// All caches, sorted by manager and name. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct CacheRegistry {
    caches: Arc<RwLock<BTreeMap<Key, Arc<dyn ManagedCache>>>>,
}

/// Manager and name.
type Key = (String, String);

/// A cache, and under which name it stands.
#[derive(Clone)]
pub(crate) struct CacheUnderName {
    /// The library, or the part of the application, that the cache belongs to.
    pub(crate) manager: String,
    /// Its name there.
    pub(crate) name: String,
    /// The cache itself.
    pub(crate) cache: Arc<dyn ManagedCache>,
}

/// What a name means.
#[derive(Debug)]
pub(crate) enum Found {
    /// No cache.
    None,
    /// This one.
    One(CacheUnderName),
    /// A cache of each of these managers.
    Several(Vec<String>),
}

impl CacheRegistry {
    /// Adds a cache, in the place of one that has both names already.
    pub(crate) fn add(&self, manager: &str, name: &str, cache: Arc<dyn ManagedCache>) {
        let key = (manager.to_owned(), name.to_owned());
        self.caches.write().unwrap_or_else(PoisonError::into_inner).insert(key, cache);
    }

    /// Takes a cache out; whether it was there.
    pub(crate) fn remove(&self, manager: &str, name: &str) -> bool {
        let key = (manager.to_owned(), name.to_owned());
        self.caches.write().unwrap_or_else(PoisonError::into_inner).remove(&key).is_some()
    }

    /// All of them, those of one manager together.
    pub(crate) fn all(&self) -> Vec<CacheUnderName> {
        let caches = self.caches.read().unwrap_or_else(PoisonError::into_inner);
        caches
            .iter()
            .map(|((manager, name), cache)| CacheUnderName {
                manager: manager.clone(),
                name: name.clone(),
                cache: Arc::clone(cache),
            })
            .collect()
    }

    /// The cache of this name: the manager's, or that of the only one that has one.
    pub(crate) fn find(&self, manager: Option<&str>, name: &str) -> Found {
        let mut found: Vec<CacheUnderName> = self
            .all()
            .into_iter()
            .filter(|one| one.name == name && manager.is_none_or(|wanted| wanted == one.manager))
            .collect();
        match (found.pop(), found.is_empty()) {
            (None, _) => Found::None,
            (Some(one), true) => Found::One(one),
            (Some(last), false) => {
                Found::Several(found.into_iter().chain([last]).map(|one| one.manager).collect())
            }
        }
    }
}

impl fmt::Debug for CacheRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.all()).finish()
    }
}

impl fmt::Debug for CacheUnderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.manager, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Clearing;

    struct Nothing;

    impl ManagedCache for Nothing {
        fn clear(self: Arc<Self>) -> Clearing {
            Clearing::blocking(|| Ok(()))
        }
    }

    #[test]
    fn a_name_is_enough_unless_two_managers_have_it() {
        let registry = CacheRegistry::default();
        for (manager, name) in [("b", "x"), ("a", "x"), ("a", "y"), ("a", "y")] {
            registry.add(manager, name, Arc::new(Nothing));
        }
        assert_eq!(format!("{registry:?}"), "{a/x, a/y, b/x}");
        let found = |manager, name| format!("{:?}", registry.find(manager, name));
        assert_eq!(found(None, "y"), "One(a/y)");
        assert_eq!(found(Some("b"), "x"), "One(b/x)");
        assert_eq!(found(None, "x"), r#"Several(["a", "b"])"#);
        for (manager, name) in [(None, "z"), (Some("b"), "y"), (Some(""), "y")] {
            assert_eq!(found(manager, name), "None", "{manager:?} {name}");
        }
        assert!(registry.remove("b", "x") && !registry.remove("b", "x"));
        assert_eq!(found(None, "x"), "One(a/x)");
    }
}

//! What endpoints about the process itself are asked for and is known only once it listens: they
//! are made before.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use axum::Router;

use super::secured::Secured;
use crate::{
    meter::{AllocatorStatistics, ReadAllocator},
    support::certificate::LoadedChain,
};

/// Clones know the same.
#[derive(Clone, Default)]
pub(super) struct Insides {
    application: Arc<OnceLock<Router>>,
    listeners: ListenerCertificates,
    allocator: Option<SharedAllocator>,
}

/// The certificates of the listeners, once they listen. Clones know the same, and nothing else of
/// the service.
#[derive(Clone, Default)]
pub(super) struct ListenerCertificates(Arc<OnceLock<Secured>>);

impl ListenerCertificates {
    /// Those that are in force.
    pub(super) fn list(&self) -> Vec<LoadedChain> {
        let Some(secured) = self.0.get() else { return Vec::new() };
        let named = [("application", &secured.application), ("management", &secured.management)];
        named.iter().filter_map(|(name, tls)| Some(tls.as_ref()?.loaded(name))).flatten().collect()
    }
}

/// The function of the application that tells of its allocator, for several who ask.
#[derive(Clone)]
pub(super) struct SharedAllocator(Arc<Mutex<ReadAllocator>>);

impl SharedAllocator {
    /// Asks the allocator; one at a time.
    pub(super) fn read(&self) -> AllocatorStatistics {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read()
    }
}

impl Insides {
    /// The service listens: this answers the application's requests, and this encrypts.
    pub(super) fn listens(&self, application: Router, secured: Secured) {
        self.knows_application(application);
        // It begins once.
        let _ = self.listeners.0.set(secured);
    }

    /// This answers the application's requests.
    pub(super) fn knows_application(&self, application: Router) {
        let _ = self.application.set(application);
    }

    /// What answers the application's requests; `None` in somebody else's server, and before ours
    /// listens.
    pub(super) fn application(&self) -> Option<Router> {
        self.application.get().cloned()
    }

    /// The certificates of the listeners, as they are in force.
    pub(super) fn listeners(&self) -> ListenerCertificates {
        self.listeners.clone()
    }

    /// Keeps the function that asks the allocator, and gives it for somebody else too.
    pub(super) fn share_allocator(&mut self, read: ReadAllocator) -> ReadAllocator {
        let shared = SharedAllocator(Arc::new(Mutex::new(read)));
        self.allocator = Some(shared.clone());
        Box::new(move || shared.read())
    }

    /// What asks the allocator, if the application has said how.
    pub(super) fn allocator(&self) -> Option<SharedAllocator> {
        self.allocator.clone()
    }
}

impl fmt::Debug for Insides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Insides").finish_non_exhaustive()
    }
}

//! The certificates of the listeners as they are in force, and those that settings name for calls
//! out.

use std::sync::Arc;

use super::further::Ground;
use crate::{
    certs::{Certificates, ListLoaded},
    endpoint::CertsEndpoint,
    model::endpoint::SharedEndpoint,
    support::clock::Clock,
};

/// The endpoint of the certificates.
pub(super) fn endpoint(ground: &Ground<'_>) -> SharedEndpoint {
    let listeners = ground.app.insides.listeners();
    let listeners: ListLoaded = Arc::new(move || listeners.list());
    // Calls out take no other ones up before the next start.
    let certificates = ground.basics.settings.certificates.clone();
    let calls: ListLoaded = Arc::new(move || certificates.list());
    let certificates = Certificates::new(vec![listeners, calls], Clock::system());
    Arc::new(CertsEndpoint::new(certificates, ground.basics.sanitizer.clone()))
}

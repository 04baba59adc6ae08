//! Who calls: found out inside of the layers, by the application, and asked for by them outside.

use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;

use crate::model::principal::Principal;

/// Where a layer finds the caller of a request once what it is around has answered. The request
/// itself is gone by then, and with it what middleware has put there. Only layers that show callers
/// put one on.
#[derive(Clone, Debug, Default)]
pub(super) struct CallerSlot(Arc<Mutex<Option<Principal>>>);

impl CallerSlot {
    /// That of a request. All layers of a request have the same.
    pub(super) fn of(extensions: &mut Extensions) -> Self {
        let slot = extensions.get::<Self>().cloned().unwrap_or_else(|| {
            let slot = Self::default();
            extensions.insert(slot.clone());
            slot
        });
        // Somebody further out may know already.
        if let Some(principal) = extensions.get::<Principal>() {
            slot.set(principal.clone());
        }
        slot
    }

    /// Remembers the caller.
    pub(super) fn set(&self, principal: Principal) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(principal);
    }

    /// The caller, if somebody has said who it is.
    pub(super) fn get(&self) -> Option<Principal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Says who calls: to the management API and whoever else looks for a [`Principal`] among the
/// extensions of the request, and to the layers around the application, whose error documents show
/// more to some roles and whose HTTP exchanges may have a principal. The last word counts.
///
/// It is for middleware and extractors of the application that have found out who it is:
///
/// ```
/// use actuator::{request::set_principal, security::Principal};
/// use axum::{extract::Request, middleware::Next, response::Response};
///
/// async fn authenticated(mut request: Request, next: Next) -> Response {
///     # let user_of = |_: &Request| Some("ada");
///     if let Some(user) = user_of(&request) {
///         set_principal(request.extensions_mut(), Principal::new(user, ["operator"]));
///     }
///     next.run(request).await
/// }
/// # let _: axum::Router = axum::Router::new().layer(axum::middleware::from_fn(authenticated));
/// ```
///
/// Where the request is out of reach, a `Principal` among the extensions of the response does the
/// same for the layers.
pub fn set_principal(extensions: &mut Extensions, principal: Principal) {
    if let Some(slot) = extensions.get::<CallerSlot>() {
        slot.set(principal.clone());
    }
    extensions.insert(principal);
}

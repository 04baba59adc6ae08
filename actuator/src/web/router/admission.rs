//! Who gets as far as what a path names.

use axum::response::Response;
use http::{Method, header, request::Parts};

use super::{Management, find::Named};
use crate::{
    model::endpoint::OperationKind,
    web::{
        answer,
        browser::{Asked, CorsGrant},
        guard::{Admitted, Wanted},
        refusal::Refusal,
        target::{Target, accept, is_preflight},
    },
};

impl Management {
    /// Lets a request through to what its path names, or answers those that do not pass.
    pub(super) async fn pass(
        &self,
        parts: &Parts,
        named: &Named<'_, '_>,
        grant: &mut CorsGrant,
    ) -> Result<Admitted, Result<Response, Refusal>> {
        self.browser.screen(parts).map_err(Err)?;
        let Some(guard) = &self.guard else { return Ok(Admitted::default()) };
        // It comes without credentials, and reaches no endpoint.
        if is_preflight(parts) {
            return Ok(Admitted::default());
        }
        let endpoint = match named {
            Named::Endpoint((endpoint, ..)) => Some(endpoint.id()),
            Named::Index | Named::Nothing(_) => None,
        };
        let kind = match parts.method {
            Method::GET | Method::HEAD => Some(OperationKind::Read),
            Method::POST => Some(OperationKind::Write),
            Method::DELETE => Some(OperationKind::Delete),
            _ => None,
        };
        let admitted = guard.admit(parts, Wanted { endpoint, kind }).await;
        admitted.map_err(|denied| {
            self.grant_to_denied(parts, named, grant);
            Ok(denied.respond(&self.refusal_context(parts)))
        })
    }

    /// A page that may ask by CORS is let read that it lacks credentials (recorded:
    /// `run-security-basic/cors-anonymous`).
    fn grant_to_denied(&self, parts: &Parts, named: &Named<'_, '_>, grant: &mut CorsGrant) {
        let permitted = match named {
            Named::Index => {
                self.browser.permit(parts, Asked::Operation(OperationKind::Read), false, grant)
            }
            Named::Endpoint((endpoint, below, mounted_at)) => {
                Target::find(endpoint, below, parts.uri.path())
                    .and_then(|target| target.negotiate(parts, &accept(parts)))
                    .and_then(|negotiated| {
                        let asked = negotiated.asked();
                        self.browser.permit(parts, asked, mounted_at.is_some(), grant)
                    })
            }
            Named::Nothing(_) => Ok(()),
        };
        if permitted.is_err() {
            *grant = CorsGrant::default();
        }
    }

    /// The answer to a preflight. Where who asks matters, it does not even say which methods there
    /// could be (recorded: `run-security-default/preflight-anonymous`).
    pub(super) fn preflight(&self) -> Response {
        let mut response = answer::preflight();
        if self.guard.is_some() {
            response.headers_mut().remove(header::ALLOW);
        }
        response
    }
}

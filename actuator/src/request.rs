//! The request that is being worked on: its id and trace, wherever the code of the request runs,
//! and in the calls that it makes; and who calls, if the application says so ([`set_principal`]).
//!
//! [`ActuatorLayer`](crate::ActuatorLayer) gives each request a [`RequestContext`]. What a handler
//! calls and awaits finds it; a task that it spawns does so if it was wrapped in
//! [`RequestContext::scope`]:
//!
//! ```
//! use actuator::request::RequestContext;
//!
//! async fn order(request: RequestContext) -> String {
//!     let id = request.id().to_owned();
//!     tokio::spawn(request.scope(async { tracing::info!("sending the mail") }));
//!     id
//! }
//! # let _: axum::Router = axum::Router::new().route("/order", axum::routing::post(order));
//! ```

pub use crate::{
    model::{
        propagation::outgoing_headers,
        request::{InRequest, RequestContext},
    },
    web::{NoRequestContext, set_principal},
};

//! The calls that an application makes over HTTP: measuring them (`http.client.requests`), and
//! telling the other side which request they are made for (its id, and its trace).
//!
//! | client | measured, and tells the request | tells the request only |
//! |---|---|---|
//! | reqwest, with the feature `reqwest` | `SendMetered` | `Propagate` |
//! | a tower service of `http` requests, such as hyper-util's | [`ClientMeters::layer`] | [`PropagationLayer`] |
//! | any other | [`ClientMeters::start`] | [`outgoing_headers`](crate::request::outgoing_headers) |
//!
//! A call tells of a request where it is made while that request is worked on: by its handler, what
//! that awaits, and tasks wrapped in [`RequestContext::scope`](crate::request::RequestContext::scope).
//! Headers that the call has already stay as they are.
//!
//! A call is measured until the head of its answer is there. The template of the address has to be
//! said: addresses with ids in them would be a series each.

mod failure;
#[cfg(test)]
mod fake_meters;
mod layer;
mod propagation;
mod propagation_layer;
#[cfg(feature = "reqwest")]
mod reqwest;
mod trace;

use crate::meter::client::Origin;
pub use crate::meter::client::{ClientCall, ClientMeters};
pub use layer::{ClientFuture, ClientLayer, ClientService, UriTemplate};
pub use propagation_layer::{PropagationLayer, PropagationService};
#[cfg(feature = "reqwest")]
pub use reqwest::{Propagate, SendMetered};

//! Measuring the calls that an application makes over HTTP: `http.client.requests`.
//!
//! | client | how |
//! |---|---|
//! | reqwest | `SendMetered`, with the feature `reqwest` |
//! | a tower service of `http` requests, such as hyper-util's | [`ClientMeters::layer`] |
//! | any other | [`ClientMeters::start`] |
//!
//! A call is measured until the head of its answer is there. The template of the address has to be
//! said: addresses with ids in them would be a series each.

mod failure;
#[cfg(test)]
mod fake_meters;
mod layer;
#[cfg(feature = "reqwest")]
mod reqwest;
mod trace;

pub use crate::meter::client::{ClientCall, ClientMeters};
pub use layer::{ClientFuture, ClientLayer, ClientService, UriTemplate};
#[cfg(feature = "reqwest")]
pub use reqwest::SendMetered;

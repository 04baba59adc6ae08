//! Calls out of the process: the one place that makes HTTP clients and TLS configurations.
//!
//! What holds for all of them: no redirects, no retries, no proxy, no connection that idles, a
//! limit on every wait and on what is read, and no address in an error (it may hold a secret).

mod authorization;
mod body;
mod call;
#[cfg(feature = "tls")]
mod certificate;
mod client;
mod connect;
mod failure;
#[cfg(test)]
pub mod fake_server;
mod headers;
mod lookup;
#[cfg(feature = "tls")]
mod peer;
mod request_id;
mod target;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;

pub use authorization::{Authorization, Credentials};
pub use call::{HttpAnswer, HttpClient, HttpMethod};
#[cfg(feature = "tls")]
pub use certificate::{alternative_names, chain_of_file};
pub use client::{Timeouts, client_builder};
pub use connect::{HostPort, connect, is_host};
pub use failure::{CallFailure, FailureKind};
pub use headers::Headers;
pub use lookup::Lookup;
#[cfg(feature = "tls")]
pub use peer::PeerReader;
pub use request_id::RequestIds;
pub use target::HttpTarget;
#[cfg(not(feature = "tls"))]
pub use tls::chain_of_file;
pub use tls::{MISSING as TLS_MISSING, Trust};

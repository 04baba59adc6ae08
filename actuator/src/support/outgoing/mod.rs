//! Calls out of the process: the one place that makes HTTP clients and TLS configurations.
//!
//! What holds for all of them: no redirects, no retries, no proxy, no connection that idles, a
//! limit on every wait and on what is read, and no address in an error (it may hold a secret).

mod client;
mod failure;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;

pub use client::{Timeouts, client_builder};
pub use failure::{CallFailure, FailureKind};
pub use tls::Trust;

//! The listeners that this crate opens itself: sockets, the loop that accepts, and what callers may
//! do there. Nothing that a caller sends or withholds holds up another one.

mod accept;
mod activity;
mod connection;
mod http1;
#[cfg(feature = "http2")]
mod http2;
#[cfg(not(feature = "http2"))]
#[path = "no_http2.rs"]
mod http2;
#[cfg(unix)]
mod inherited;
#[cfg(not(unix))]
#[path = "no_inherited.rs"]
mod inherited;
mod preface;
#[cfg(test)]
#[cfg(unix)]
mod property_tests;
mod registry;
mod service;
mod serving;
mod settings;
mod socket;
mod stream;
#[cfg(unix)]
mod unix_socket;
mod watch;

pub(crate) use inherited::Inherited;
pub(super) use registry::Connections;
pub(super) use serving::Serving;
pub(crate) use settings::{ListenerSettings, SocketSettings};
pub(super) use socket::BoundListener;

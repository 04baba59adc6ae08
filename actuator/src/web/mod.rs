//! HTTP in: finding the operation, negotiating, reading arguments, writing answers.
//!
//! One request runs through these files in this order: `router` (path → endpoint), `guard` (who
//! asks, and whether they may), `target`
//! (operation), `media_type` (what may be answered), `arguments` and `body`, `Endpoint::invoke`,
//! `answer` (reply → response), and on any refusal `refusal` (the contract's error document).
//! Nothing here knows a concrete endpoint.

mod answer;
mod arguments;
mod body;
mod browser;
mod caller;
mod errors;
mod events;
mod exposure;
mod forwarded;
mod guard;
#[cfg(feature = "compression")]
mod gzip;
#[cfg(not(feature = "compression"))]
#[path = "no_gzip.rs"]
mod gzip;
mod host;
mod layer;
mod link;
mod media_type;
mod path;
#[cfg(test)]
mod property_tests;
mod range;
mod refusal;
mod request_context;
mod router;
pub mod routing;
mod server_timing;
mod stream;
mod target;
mod write;

pub(crate) use browser::{BrowserRules, BrowserSettings};
pub use caller::set_principal;
pub(crate) use errors::ErrorSettings;
pub use errors::{ErrorLayer, HttpError};
pub(crate) use exposure::{Exposed, Exposure, ExposureDefaults};
pub(crate) use forwarded::Forwarding;
pub(crate) use guard::{Guard, OnSecurityEvent, SecurityEvent, SecurityEventKind, SharedGuard};
pub use layer::{ActuatorLayer, ExchangeBodyLayer};
pub(crate) use layer::{LayerParts, RequestSettings};
pub(crate) use refusal::not_found_fallback;
pub use request_context::NoRequestContext;
pub(crate) use router::{Management, MountedPath};
pub use server_timing::ServerTiming;
pub(crate) use write::{EndpointWrite, OnWrite};

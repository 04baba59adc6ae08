//! HTTP in: finding the operation, negotiating, reading arguments, writing answers.
//!
//! One request runs through these files in this order: `router` (path → endpoint), `target`
//! (operation), `media_type` (what may be answered), `arguments` and `body`, `Endpoint::invoke`,
//! `answer` (reply → response), and on any refusal `refusal` (the contract's error document).
//! Nothing here knows a concrete endpoint.

mod answer;
mod arguments;
mod body;
mod events;
mod exposure;
#[cfg(feature = "compression")]
mod gzip;
#[cfg(not(feature = "compression"))]
#[path = "no_gzip.rs"]
mod gzip;
mod layer;
mod link;
mod media_type;
mod path;
mod range;
mod refusal;
mod router;
mod server_timing;
mod stream;
mod target;

pub(crate) use exposure::{Exposed, Exposure, ExposureDefaults};
pub(crate) use layer::LayerParts;
pub use layer::{ActuatorLayer, ExchangeBodyLayer};
pub(crate) use refusal::{IncludeMessage, not_found_fallback};
pub(crate) use router::{Management, MountedPath};
pub use server_timing::ServerTiming;

//! HTTP exchanges: the last requests and responses, remembered for people to look at.
//!
//! Recording copies bytes into buffers that are used again and again; text, masking and dates are
//! made only when somebody reads. Nothing here knows HTTP types: the layer in `web` hands in bytes.

mod body;
mod draft;
mod filter;
mod moment;
#[cfg(test)]
mod property_tests;
mod repository;
mod ring;
mod settings;
mod shown;
mod spare;

pub(crate) use body::{Bodies, BodyCapture, BodyHead};
pub(crate) use draft::{Direction, Draft};
pub(crate) use filter::{ExchangeFilter, StatusPattern};
pub use repository::ExchangeRepository;
pub(crate) use repository::Reading;
pub use settings::ExchangeSettings;

pub(crate) use settings::PathPattern;
#[cfg(test)]
pub(crate) use settings::{BodySettings, Include};
pub(crate) use shown::ExchangeBody;
pub use shown::{Exchange, Headers};

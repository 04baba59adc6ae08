//! HTTP exchanges: the last requests and responses, remembered for people to look at.
//!
//! Recording copies bytes into buffers that are used again and again; text, masking and dates are
//! made only when somebody reads. Nothing here knows HTTP types: the layer in `web` hands in bytes.

mod record;
mod repository;
mod settings;

pub(crate) use record::{Direction, Draft};
pub use record::{Exchange, Headers};
pub use repository::ExchangeRepository;
pub use settings::{ExchangeSettings, Include};

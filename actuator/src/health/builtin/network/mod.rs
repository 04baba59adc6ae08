//! Checks of what is reached over the network, and the settings that describe them.

mod dns;
mod one_line;
mod outgoing;
#[cfg(test)]
mod property_tests;
mod settings;
mod status_range;
mod tcp;
#[cfg(feature = "tls")]
mod tls_certificate;
#[cfg(feature = "tls")]
mod tls_settings;
#[cfg(not(feature = "tls"))]
#[path = "no_tls_settings.rs"]
mod tls_settings;
mod url;

pub use dns::Dns;
pub use settings::from_settings;
pub use tcp::Tcp;
#[cfg(feature = "tls")]
pub use tls_certificate::TlsCertificate;
pub use url::Url;

//! Who asks, and what they may do: names, passwords, tokens and roles. It knows no HTTP; the
//! credentials are read in `web/guard/`.

mod access_rules;
mod authenticator;
mod certificates;
mod compare;
mod hashing;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(not(feature = "jwt"))]
#[path = "no_jwt.rs"]
mod jwt;
mod password;
mod peer_key;
mod seen;
mod settings;
mod shared_secret;
mod throttle;
mod tokens;
mod users;

pub use authenticator::{Attempt, Authenticator, Credentials, Verdict};

pub(crate) use access_rules::{AccessRules, Need};
pub(crate) use certificates::NAME as CERTIFICATE_AUTHENTICATOR;
pub(crate) use settings::{Security, SecuritySettings};
pub(crate) use shared_secret::SharedSecret;
pub(crate) use throttle::Throttle;

pub use crate::model::{
    endpoint::BoxFuture,
    peer::{ClientCertificate, Peer},
    principal::Principal,
};

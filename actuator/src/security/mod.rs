//! Who asks, and what they may do: names, passwords, tokens and roles. It knows no HTTP; the
//! credentials are read in `web/guard/`.

mod access_rules;
mod authenticator;
mod compare;
mod hashing;
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
pub(crate) use settings::{Security, SecuritySettings};
pub(crate) use shared_secret::SharedSecret;
pub(crate) use throttle::Throttle;

pub use crate::model::{
    endpoint::BoxFuture,
    peer::{ClientCertificate, Peer},
    principal::Principal,
};

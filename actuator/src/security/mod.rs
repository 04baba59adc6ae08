//! Who asks, and what they may do: names, passwords, tokens and roles. It knows no HTTP; the
//! credentials are read in `web/guard/`.

mod authenticator;
mod certificates;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(not(feature = "jwt"))]
#[path = "no_jwt.rs"]
mod jwt;

pub use authenticator::{Attempt, Authenticator, Credentials, Verdict};

pub(crate) use certificates::Certificates;
pub(crate) use jwt::{Jwt, JwtSettings};

pub use crate::model::{
    peer::{ClientCertificate, Peer},
    principal::Principal,
};

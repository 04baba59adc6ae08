//! Who asks, and what they may do: names, passwords, tokens and roles. It knows no HTTP; the
//! credentials are read in `web/guard/`.

mod authenticator;

pub use authenticator::{Attempt, Authenticator, Credentials, Verdict};

pub use crate::model::{
    peer::{ClientCertificate, Peer},
    principal::Principal,
};

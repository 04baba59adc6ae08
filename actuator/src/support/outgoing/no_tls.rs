//! In place of `tls` in a build without that feature: servers are asked with http only.

use std::{error::Error, path::Path};

use crate::support::certificate::Certificate;

const REMEDY: &str = "this build of actuator leaves the feature `tls` out; add it to the \
     dependency, or use an http address";

/// Why an https address cannot be called in this build.
pub const MISSING: Option<&str> = Some(REMEDY);

/// Nobody to trust.
#[derive(Clone, Debug, Default)]
pub struct Trust {}

impl Trust {
    /// Refuses.
    #[expect(clippy::unused_self, reason = "the interface of `tls`")]
    pub fn trust_only(&mut self, _: &Path) -> Result<(), String> {
        Err(REMEDY.to_owned())
    }

    /// Refuses.
    #[expect(clippy::unused_self, reason = "the interface of `tls`")]
    pub fn identify_with(&mut self, _: &Path, _: &Path) -> Result<(), String> {
        Err(REMEDY.to_owned())
    }

    /// Refuses https.
    #[expect(clippy::unused_self, reason = "the interface of `tls`")]
    pub fn configure(
        &self,
        client: reqwest::ClientBuilder,
        https: bool,
    ) -> Result<reqwest::ClientBuilder, &'static str> {
        if https { Err(REMEDY) } else { Ok(client) }
    }
}

/// No certificate is read.
pub fn chain_of_file(_: &Path) -> Result<Vec<Certificate>, String> {
    Err(REMEDY.to_owned())
}

/// There is no TLS that could refuse.
pub fn refused(_: &(dyn Error + 'static)) -> bool {
    false
}

//! In place of `jwt` in a build without that feature: its settings refuse the start, rather than to
//! leave somebody out, or everybody in.

use std::convert::Infallible;

use super::{Attempt, Authenticator, Verdict};
use crate::{model::endpoint::BoxFuture, settings::SettingsReader, support::clock::Clock};

/// There are none.
#[derive(Debug)]
pub struct JwtSettings(Infallible);

/// There is none.
#[derive(Debug)]
pub struct Jwt(Infallible);

impl JwtSettings {
    /// Refuses what asks for JWTs.
    pub fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        for prefix in ["spring.security.oauth2.resourceserver.jwt", "actuator.security.jwt"] {
            for (name, _) in reader.map(prefix) {
                let complaint = "this build of actuator leaves the feature `jwt` out; add it to \
                                 the dependency, or take the setting away";
                reader.reject_hidden(&format!("{prefix}.{name}"), complaint);
            }
        }
        None
    }
}

impl Jwt {
    /// Never called.
    #[expect(clippy::needless_pass_by_value, reason = "the interface of `jwt`")]
    pub fn new(settings: JwtSettings, _: Clock) -> Result<Self, String> {
        match settings.0 {}
    }
}

impl Authenticator for Jwt {
    fn name(&self) -> &'static str {
        match self.0 {}
    }

    fn authenticate<'a>(&'a self, _: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        match self.0 {}
    }
}

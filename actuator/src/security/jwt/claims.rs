//! Whether the claims of a token hold now and here (RFC 7519, section 4.1).

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

/// By how much the clocks of others may differ: Spring's default.
const SKEW: f64 = 60.0;
/// 9999-12-31: what is later is no date.
const LAST: f64 = 253_402_300_799.0;

/// What every token has to claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Who issued it, if that is known.
    pub(super) issuer: Option<String>,
    /// For whom it is; one of these is enough, and none asks for none.
    pub(super) audiences: Vec<String>,
}

impl Wanted {
    /// Checks the claims; gives until when they hold, the difference of clocks included. The
    /// reason repeats nothing of the token.
    pub(super) fn check(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<SystemTime, &'static str> {
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = since_epoch.as_secs_f64();
        let end = date(claims, "exp")?.ok_or("the token never expires")? + SKEW;
        if now >= end {
            return Err("the token is expired");
        }
        if date(claims, "nbf")?.is_some_and(|begin| now + SKEW < begin) {
            return Err("the token is not valid yet");
        }
        if let Some(issuer) = &self.issuer
            && claims.get("iss").and_then(Value::as_str) != Some(issuer)
        {
            return Err("the token is of another issuer");
        }
        let is_for = |one: &Value| {
            one.as_str().is_some_and(|one| self.audiences.iter().any(|wanted| wanted == one))
        };
        let is_ours = match claims.get("aud") {
            Some(Value::Array(all)) => all.iter().any(is_for),
            Some(one) => is_for(one),
            None => false,
        };
        if !self.audiences.is_empty() && !is_ours {
            return Err("the token is for another audience");
        }
        let end = Duration::try_from_secs_f64(end).map_err(|_| "the token never expires")?;
        Ok(SystemTime::UNIX_EPOCH + end)
    }
}

/// A date in seconds since 1970, perhaps with a fraction. Something else is never taken for none.
fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, &'static str> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let date = value.as_f64().ok_or("a date in the token is no number")?;
    if !(0.0..=LAST).contains(&date) {
        return Err("a date in the token is none");
    }
    Ok(Some(date))
}

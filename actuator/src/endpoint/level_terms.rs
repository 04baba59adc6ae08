//! What a call says about a change of levels beside the levels, and what is answered to one that
//! cannot be made.

use std::time::Duration;

use serde::Serialize;

use super::refused::refused;
use crate::{
    logging::{Actor, LevelAttendants, LevelOverride, SetLevelError, Standing, Terms},
    model::{
        answer::Answer,
        call::Call,
        endpoint::EndpointResult,
        parameter::{Parameter, Shape},
        schema::{Member, Schema},
    },
    support::{
        text::shortened,
        time::{iso_duration, iso_instant, parse_duration},
    },
};

/// The longest name of an authenticated caller that is kept, in bytes.
const LONGEST_PRINCIPAL: usize = 200;

/// The members `expiresIn`, `reason` and `actor`; the authenticated caller's name beats the last.
/// The error says what is wrong with which.
pub(super) fn read(call: &Call<'_>, attendants: &LevelAttendants) -> Result<Terms, String> {
    let expires_in = text(call, "expiresIn").map(|text| expiry(&text)).transpose()?;
    let clean = |name| {
        let text = text(call, name)?;
        Some(attendants.sanitizer.sanitize_text(&text).into_owned())
    };
    let actor = match call.principal {
        Some(principal) => {
            let name = shortened(&principal.name, LONGEST_PRINCIPAL).to_owned();
            Some(Actor { name, claimed: false })
        }
        None => clean("actor").map(|name| Actor { name, claimed: true }),
    };
    let (reason, origin) = (clean("reason"), attendants.origin);
    Ok(Terms { expires_in, reason, actor, origin })
}

/// A text that is not empty, without the blanks around it.
fn text(call: &Call<'_>, name: &str) -> Option<String> {
    let text = call.text(name)?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn expiry(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "expiresIn: expected 1 second to 30 days, such as PT10M or 10m";
    // A number could be seconds, as in other APIs, or milliseconds, as in settings.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EXPECTED.to_owned());
    }
    parse_duration(text, Duration::ZERO).map_err(|_| EXPECTED.to_owned())
}

/// The answer to a change that was not made.
pub(super) fn not_changed(error: &SetLevelError) -> EndpointResult {
    let reason = error.to_string();
    match error {
        SetLevelError::NotAttached | SetLevelError::NoTimer => {
            refused(503, "Service Unavailable", &reason)
        }
        _ => refused(400, "Bad Request", &reason),
    }
}

/// The members that [`read`] takes.
pub(super) const EXPIRES_IN: Parameter =
    Parameter::body("expiresIn", Shape::Duration, "How long it holds: 1 second to 30 days.");
/// See [`EXPIRES_IN`].
pub(super) const REASON: Parameter = Parameter::body("reason", Shape::Text, "Why.");
/// See [`EXPIRES_IN`].
pub(super) const ACTOR: Parameter =
    Parameter::body("actor", Shape::Text, "Who does it, where nobody is asked who it is.");

/// What [`TermsDescriptor`] adds to its object.
pub(super) const EXPIRES_AT_MEMBER: Member = Member::optional("expiresAt", Schema::Instant);
/// See [`EXPIRES_AT_MEMBER`].
pub(super) const EXPIRES_IN_MEMBER: Member = Member::optional("expiresIn", Schema::Duration);
/// See [`EXPIRES_AT_MEMBER`].
pub(super) const REASON_MEMBER: Member = Member::optional("reason", Schema::Text);
/// See [`EXPIRES_AT_MEMBER`].
pub(super) const ACTOR_MEMBER: Member = Member::optional("actor", Schema::Text);
/// See [`EXPIRES_AT_MEMBER`].
pub(super) const ACTOR_CLAIMED_MEMBER: Member = Member::optional("actorClaimed", Schema::Boolean);
/// A change that was not made.
pub(super) const NOT_CHANGED: Answer =
    Answer::refused(503, "The levels cannot be set in this process.");

/// What is known of an override beside its level.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TermsDescriptor<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'s str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    actor_claimed: bool,
}

impl<'s> TermsDescriptor<'s> {
    /// Those of an override; nothing if nothing was said.
    pub(super) fn of(standing: &'s Standing) -> Option<Self> {
        let set: &LevelOverride = &standing.set;
        set.has_terms().then(|| Self {
            expires_at: set.expires_at.map(iso_instant),
            // Whole milliseconds are enough for anybody.
            expires_in: standing.left.map(|left| {
                let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
                iso_duration(Duration::from_millis(millis))
            }),
            reason: set.reason.as_deref(),
            actor: set.actor.as_deref(),
            actor_claimed: set.actor_claimed,
        })
    }
}

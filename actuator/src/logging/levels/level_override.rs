//! A level that somebody set while the process runs, over the one it started with.

use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    bounds::{MAX_ACTOR, MAX_REASON, is_line, is_name},
    level::LogLevel,
};
use crate::support::time::iso_instant;

/// A level that was set while the process runs, over the one that the settings give.
///
/// Its JSON, for stores of one's own: `name`, `since` (ISO 8601), and where they are known
/// `configuredLevel`, `expiresAt`, `reason`, `actor` and `actorClaimed`. Members that are not
/// known are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LevelOverride {
    /// The logger (a target or `ROOT`), or the group.
    pub name: String,
    /// The level; `None` lets it inherit although the settings give it a level.
    #[serde(rename = "configuredLevel", default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LogLevel>,
    /// When it was set.
    #[serde(with = "instant")]
    pub since: SystemTime,
    /// When it ends by itself; `None` if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_instant")]
    pub expires_at: Option<SystemTime>,
    /// Why it was set: one printable line of at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who set it, if that is known: one printable line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Whether the actor is only what the caller said, and not whom the service authenticated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub actor_claimed: bool,
}

impl LevelOverride {
    /// An override without an end, a reason and an actor.
    pub fn new(name: impl Into<String>, level: Option<LogLevel>, since: SystemTime) -> Self {
        Self {
            name: name.into(),
            level,
            since,
            expires_at: None,
            reason: None,
            actor: None,
            actor_claimed: false,
        }
    }

    /// Whether everything in it is of a form that could have been set through the API: what comes
    /// from a file or a shared store is no better known than what callers send.
    pub(super) fn is_sane(&self) -> bool {
        let lines = [(&self.reason, MAX_REASON), (&self.actor, MAX_ACTOR)];
        is_name(&self.name)
            && lines.iter().all(|(text, max)| text.as_ref().is_none_or(|text| is_line(text, *max)))
    }

    /// Whether anybody said more than the level: only then the loggers endpoint shows more.
    pub(crate) fn has_terms(&self) -> bool {
        self.expires_at.is_some() || self.reason.is_some() || self.actor.is_some()
    }
}

/// ISO 8601 in UTC.
mod instant {
    use super::{Deserialize, Deserializer, Serializer, SystemTime, iso_instant, parsed};

    pub(super) fn serialize<S: Serializer>(at: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&iso_instant(*at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        parsed(&String::deserialize(from)?)
    }
}

/// The same of what may be absent.
mod optional_instant {
    use super::{Deserialize, Deserializer, Serializer, SystemTime, instant, parsed};

    pub(super) fn serialize<S: Serializer>(
        at: &Option<SystemTime>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => instant::serialize(at, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        Option::<String>::deserialize(from)?.as_deref().map(parsed).transpose()
    }
}

fn parsed<E: serde::de::Error>(text: &str) -> Result<SystemTime, E> {
    humantime::parse_rfc3339(text)
        .map_err(|_| E::custom("expected an instant such as 2026-08-21T09:01:40Z"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn its_json_is_what_stores_keep_and_holds_only_what_is_known() {
        let since = SystemTime::UNIX_EPOCH + Duration::from_millis(1_787_000_000_123);
        let bare = LevelOverride::new("shop::db", Some(LogLevel::Debug), since);
        let mut full = bare.clone();
        full.level = None;
        full.expires_at = Some(since + Duration::from_mins(10));
        full.reason = Some("orders hang".into());
        (full.actor, full.actor_claimed) = (Some("kim".into()), true);
        let written = [serde_json::to_value(&bare).unwrap(), serde_json::to_value(&full).unwrap()];
        let since_text = iso_instant(since);
        assert_eq!(
            written[0],
            json!({"name": "shop::db", "configuredLevel": "DEBUG", "since": since_text})
        );
        assert_eq!(written[1]["actorClaimed"], true);
        for (text, given) in written.into_iter().zip([bare, full]) {
            assert_eq!(serde_json::from_value::<LevelOverride>(text).unwrap(), given);
        }
        for bad in [
            json!({"name": "x"}),
            json!({"name": "x", "since": "yesterday"}),
            json!({"name": "x", "since": since_text, "configuredLevel": "LOUD"}),
        ] {
            assert!(serde_json::from_value::<LevelOverride>(bad.clone()).is_err(), "{bad}");
        }
    }
}

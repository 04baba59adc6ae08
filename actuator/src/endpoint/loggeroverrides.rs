//! `loggeroverrides`: the levels that were set over those of the settings; setting many at once,
//! and taking them back.

use std::sync::Arc;

use serde::Serialize;

use super::{
    level_terms::{self, TermsDescriptor},
    refused::refused,
};
use crate::{
    logging::{EXPECTED_LEVEL, LevelAttendants, LogLevel, Loggers, SetLevelError, Standing},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        parameter::{Parameter, Shape},
        reply::Reply,
        schema::{Member, Schema},
    },
    support::{text::shortened, time::iso_instant},
};

/// Serves the overrides of levels. The form is ours: Spring has no such endpoint.
#[derive(Debug)]
pub(crate) struct LoggerOverridesEndpoint {
    loggers: Loggers,
    attendants: Arc<LevelAttendants>,
}

const NAME: &[Selector] = &[Selector::One("name")];
const LIST: usize = 0;
const ONE: usize = 1;
const SET: usize = 2;
const REMOVE_ALL: usize = 3;
const OPERATIONS: [Operation; 5] = [
    Operation::read(&[]).doing("All overrides.").answering(&[Answer::of(OVERRIDES)]),
    Operation::read(NAME).doing("One override.").taking(&[NAMED]).answering(&[
        Answer::of(OVERRIDE),
        Answer::not_found("Nothing is set over this logger or group."),
    ]),
    Operation::write(&[])
        .producing(Produces::Nothing)
        .taking_objects()
        .doing("Sets many levels at once, or takes them back.")
        .taking(&[
            Parameter::body("levels", Shape::Object, "Loggers or groups with levels, or null.")
                .required(),
            level_terms::EXPIRES_IN,
            level_terms::REASON,
            level_terms::ACTOR,
        ])
        .answering(&[
            Answer::nothing(),
            Answer::refused(400, "A level or a term cannot be used; none is set."),
            level_terms::NOT_CHANGED,
        ]),
    Operation::delete(&[])
        .doing("Takes all overrides back.")
        .answering(&[Answer::nothing(), level_terms::NOT_CHANGED]),
    Operation::delete(NAME).doing("Takes one override back.").taking(&[NAMED]).answering(&[
        Answer::nothing(),
        Answer::not_found("Nothing is set over this logger or group."),
        level_terms::NOT_CHANGED,
    ]),
];
const NAMED: Parameter = Parameter::path("name", Shape::Text, "A logger, or a group.");
const OVERRIDES: Schema = Schema::Named(
    "LoggerOverrides",
    &Schema::Object(&[Member::new("overrides", Schema::List(&OVERRIDE))]),
);
const OVERRIDE: Schema = Schema::Named(
    "LoggerOverride",
    &Schema::Object(&[
        Member::new("name", Schema::Text),
        Member::optional("configuredLevel", Schema::Text),
        Member::optional("initialLevel", Schema::Text),
        Member::optional("members", Schema::List(&Schema::Text)),
        Member::new("since", Schema::Instant),
        level_terms::EXPIRES_AT_MEMBER,
        level_terms::EXPIRES_IN_MEMBER,
        level_terms::REASON_MEMBER,
        level_terms::ACTOR_MEMBER,
        level_terms::ACTOR_CLAIMED_MEMBER,
    ]),
);

impl LoggerOverridesEndpoint {
    /// The endpoint of these loggers.
    pub(crate) fn new(loggers: Loggers, attendants: Arc<LevelAttendants>) -> Self {
        Self { loggers, attendants }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        match call.operation {
            LIST => self.list(),
            ONE => self.one(call.selector(0)?),
            SET => match self.set(call) {
                Ok(reply) => reply,
                Err(complaint) => refused(400, "Bad Request", &complaint),
            },
            REMOVE_ALL => self.remove(call, None),
            _ => self.remove(call, Some(call.selector(0)?)),
        }
    }

    fn list(&self) -> EndpointResult {
        let overrides = self.loggers.overrides();
        Reply::json(&OverridesDescriptor {
            overrides: overrides.iter().map(OverrideDescriptor::from).collect(),
        })
    }

    fn one(&self, name: &str) -> EndpointResult {
        match self.loggers.standing(name) {
            Some(standing) => Reply::json(&OverrideDescriptor::from(&standing)),
            None => Ok(Reply::NotFound),
        }
    }

    fn set(&self, call: &Call<'_>) -> Result<EndpointResult, String> {
        const KEYS: [&str; 4] = ["actor", "expiresIn", "levels", "reason"];
        let objects = call.objects.iter().map(|(name, _)| name);
        let mut members = call.body.iter().map(|(name, _)| name).chain(objects);
        if let Some(name) = members.find(|name| !KEYS.contains(&name.as_str())) {
            let (name, known) = (shortened(name, 100), KEYS.join(", "));
            return Err(format!("unknown member {name:?}: expected {known}"));
        }
        let levels = levels(call)?;
        let terms = level_terms::read(call, &self.attendants)?;
        Ok(match self.loggers.change(&levels, &terms) {
            Ok(()) => Ok(Reply::Nothing),
            Err(error @ (SetLevelError::Name(_) | SetLevelError::TooMany)) => {
                refused(400, "Bad Request", &format!("levels: {error}"))
            }
            Err(error) => level_terms::not_changed(&error),
        })
    }

    fn remove(&self, call: &Call<'_>, name: Option<&str>) -> EndpointResult {
        let terms = match level_terms::read(call, &self.attendants) {
            Ok(terms) => terms,
            Err(complaint) => return refused(400, "Bad Request", &complaint),
        };
        match self.loggers.remove(name, &terms) {
            Ok(0) if name.is_some() => Ok(Reply::NotFound),
            Ok(_) => Ok(Reply::Nothing),
            Err(error) => level_terms::not_changed(&error),
        }
    }
}

/// The member `levels`: an object of names with levels, or null for those to be reset.
fn levels<'c>(call: &'c Call<'_>) -> Result<Vec<(&'c str, Option<LogLevel>)>, String> {
    let levels = call.objects.iter().rev().find(|(name, _)| name == "levels");
    // Said twice, once as something else, it is not known which one is meant.
    let is_clear = call.body.iter().all(|(name, _)| name != "levels");
    let levels = levels.map(|(_, levels)| levels).filter(|levels| is_clear && !levels.is_empty());
    let levels = levels.ok_or(
        "levels: expected an object of loggers or groups and their levels, such as \
         {\"levels\":{\"shop::db\":\"DEBUG\",\"web\":null}}",
    )?;
    let read = |(name, word): &'c (String, Option<String>)| {
        let level = word.as_deref().map(|word| {
            let name = shortened(name, 100);
            LogLevel::parse(word)
                .ok_or_else(|| format!("levels[{name:?}]: {EXPECTED_LEVEL}, or null"))
        });
        Ok((name.as_str(), level.transpose()?))
    };
    levels.iter().map(read).collect()
}

impl Endpoint for LoggerOverridesEndpoint {
    fn id(&self) -> &'static str {
        "loggeroverrides"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Levels that were set over those of the settings, each with its end."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer(&call)))
    }
}

#[derive(Serialize)]
struct OverridesDescriptor<'s> {
    overrides: Vec<OverrideDescriptor<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OverrideDescriptor<'s> {
    name: &'s str,
    /// Absent where it lets the logger inherit in spite of its initial level.
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_level: Option<&'static str>,
    /// What comes back without the override; absent where that is the parent's level.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_level: Option<&'static str>,
    /// The loggers of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<&'s [String]>,
    since: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    terms: Option<TermsDescriptor<'s>>,
}

impl<'s> From<&'s Standing> for OverrideDescriptor<'s> {
    fn from(standing: &'s Standing) -> Self {
        Self {
            name: &standing.set.name,
            configured_level: standing.set.level.map(LogLevel::name),
            initial_level: standing.initial.map(LogLevel::name),
            members: standing.members.as_deref(),
            since: iso_instant(standing.set.since),
            terms: TermsDescriptor::of(standing),
        }
    }
}

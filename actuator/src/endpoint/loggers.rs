//! `loggers`: the levels of all loggers and groups, and setting one.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{
    level_terms::{self, TermsDescriptor},
    refused::refused,
};
use crate::{
    logging::{
        EXPECTED_LEVEL, LevelAttendants, LogLevel, Logger, LoggerGroup, Loggers, SetLevelError,
        Standing,
    },
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
    },
};

/// Serves the loggers in the form of Spring Boot 4.1. A write takes `expiresIn`, `reason` and
/// `actor` too, and where they were given a read shows them; where not, nothing differs.
#[derive(Debug)]
pub(crate) struct LoggersEndpoint {
    loggers: Loggers,
    attendants: Arc<LevelAttendants>,
}

const NAME: &[Selector] = &[Selector::One("name")];
const LIST: usize = 0;
const ONE: usize = 1;
const OPERATIONS: [Operation; 3] = [
    Operation::read(&[]).doing("All loggers and groups.").answering(&[Answer::of(LOGGERS)]),
    Operation::read(NAME).doing("A logger, or a group.").taking(&[NAMED]).answering(&[
        Answer::of(Schema::Either(&[LOGGER, GROUP])),
        Answer::not_found("There is no such logger."),
    ]),
    Operation::write(NAME)
        .producing(Produces::Nothing)
        .doing("Sets a level, or takes it back.")
        .taking(&[
            NAMED,
            Parameter::body("configuredLevel", Shape::Text, "The level; none takes it back."),
            level_terms::EXPIRES_IN,
            level_terms::REASON,
            level_terms::ACTOR,
        ])
        .answering(&[
            Answer::nothing(),
            Answer::refused(400, "The level or a term cannot be used."),
            level_terms::NOT_CHANGED,
        ]),
];

impl LoggersEndpoint {
    /// The endpoint of these loggers.
    pub(crate) fn new(loggers: Loggers, attendants: Arc<LevelAttendants>) -> Self {
        Self { loggers, attendants }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        match call.operation {
            LIST => self.list(),
            ONE => self.one(call.selector(0)?),
            _ => self.set(call),
        }
    }

    fn list(&self) -> EndpointResult {
        // Spring Boot Admin offers no buttons without levels, which is right when none can be
        // set; it needs all three members all the same.
        let levels = if self.loggers.is_attached() { &LogLevel::ALL[..] } else { &[] };
        Reply::json(&LoggersDescriptor {
            levels: levels.iter().map(|level| level.name()).collect(),
            loggers: self.loggers.list(),
            groups: self.loggers.groups().into_iter().map(|group| self.with_terms(group)).collect(),
        })
    }

    fn one(&self, name: &str) -> EndpointResult {
        if let Some(group) = self.loggers.group(name) {
            return Reply::json(&GroupDescriptor::from(&self.with_terms(group)));
        }
        match self.loggers.get(name) {
            Some(logger) => Reply::json(&LoggerDescriptor::from(&logger)),
            None => Ok(Reply::NotFound),
        }
    }

    fn set(&self, call: &Call<'_>) -> EndpointResult {
        let (name, word) = (call.selector(0)?, call.text("configuredLevel"));
        let level = match word.as_deref().map(str::trim).filter(|word| !word.is_empty()) {
            None => None,
            Some(word) => Some(LogLevel::parse(word).ok_or_else(|| {
                Problem::bad_request(format!("configuredLevel: {EXPECTED_LEVEL}"))
            })?),
        };
        let terms = match level_terms::read(call, &self.attendants) {
            Ok(terms) => terms,
            Err(complaint) => return refused(400, "Bad Request", &complaint),
        };
        match self.loggers.change(&[(name, level)], &terms) {
            Ok(()) => Ok(Reply::Nothing),
            Err(error @ (SetLevelError::Name(_) | SetLevelError::TooMany)) => {
                Err(Problem::bad_request(error.to_string()))
            }
            Err(error) => level_terms::not_changed(&error),
        }
    }

    fn with_terms(&self, group: LoggerGroup) -> Group {
        Group { standing: self.loggers.standing(&group.name), group }
    }
}

/// A group and its override.
struct Group {
    group: LoggerGroup,
    standing: Option<Standing>,
}

impl Endpoint for LoggersEndpoint {
    fn id(&self) -> &'static str {
        "loggers"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The levels of the log, which can be set while the service runs."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer(&call)))
    }
}

const NAMED: Parameter = Parameter::path("name", Shape::Text, "A logger, or a group.");
const LOGGERS: Schema = Schema::Named(
    "Loggers",
    &Schema::Object(&[
        Member::new("levels", Schema::List(&Schema::Text)),
        Member::new("loggers", Schema::Map(&LOGGER)),
        Member::new("groups", Schema::Map(&GROUP)),
    ]),
);
const LOGGER: Schema = Schema::Named(
    "Logger",
    &Schema::Object(&[
        Member::optional("configuredLevel", Schema::Text),
        Member::new("effectiveLevel", Schema::Text),
        level_terms::EXPIRES_AT_MEMBER,
        level_terms::EXPIRES_IN_MEMBER,
        level_terms::REASON_MEMBER,
        level_terms::ACTOR_MEMBER,
        level_terms::ACTOR_CLAIMED_MEMBER,
    ]),
);
const GROUP: Schema = Schema::Named(
    "LoggerGroup",
    &Schema::Object(&[
        Member::optional("configuredLevel", Schema::Text),
        Member::new("members", Schema::List(&Schema::Text)),
        level_terms::EXPIRES_AT_MEMBER,
        level_terms::EXPIRES_IN_MEMBER,
        level_terms::REASON_MEMBER,
        level_terms::ACTOR_MEMBER,
        level_terms::ACTOR_CLAIMED_MEMBER,
    ]),
);

#[derive(Serialize)]
struct LoggersDescriptor {
    levels: Vec<&'static str>,
    #[serde(serialize_with = "loggers_by_name")]
    loggers: Vec<Logger>,
    #[serde(serialize_with = "groups_by_name")]
    groups: Vec<Group>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggerDescriptor<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_level: Option<&'static str>,
    effective_level: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    terms: Option<TermsDescriptor<'l>>,
}

impl<'l> From<&'l Logger> for LoggerDescriptor<'l> {
    fn from(logger: &'l Logger) -> Self {
        Self {
            configured_level: logger.configured.map(LogLevel::name),
            effective_level: logger.effective.name(),
            terms: logger.standing.as_ref().and_then(TermsDescriptor::of),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupDescriptor<'g> {
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_level: Option<&'static str>,
    members: &'g [String],
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    terms: Option<TermsDescriptor<'g>>,
}

impl<'g> From<&'g Group> for GroupDescriptor<'g> {
    fn from(Group { group, standing }: &'g Group) -> Self {
        Self {
            configured_level: group.configured.map(LogLevel::name),
            members: &group.members,
            terms: standing.as_ref().and_then(TermsDescriptor::of),
        }
    }
}

fn loggers_by_name<S: Serializer>(loggers: &[Logger], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(loggers.iter().map(|l| (l.name.as_str(), LoggerDescriptor::from(l))))
}

fn groups_by_name<S: Serializer>(groups: &[Group], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(groups.iter().map(|g| (g.group.name.as_str(), GroupDescriptor::from(g))))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::{Value, json};
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::*;
    use crate::logging::LoggersLayer;

    const SET: usize = 2;

    fn endpoint(loggers: Loggers) -> LoggersEndpoint {
        LoggersEndpoint::new(loggers, Arc::default())
    }

    fn call(operation: usize, name: &str, body: &[(&str, Option<&str>)]) -> Call<'static> {
        let mut call = Call::new(operation);
        call.selectors = vec![Cow::Owned(name.to_owned())];
        call.body =
            body.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect();
        call
    }

    fn get(endpoint: &LoggersEndpoint, name: &str) -> Option<Value> {
        let operation = if name.is_empty() { LIST } else { ONE };
        match endpoint.answer(&call(operation, name, &[])).unwrap() {
            Reply::Json { status: 200, body } => Some(serde_json::from_slice(&body).unwrap()),
            Reply::NotFound => None,
            other => panic!("{other:?}"),
        }
    }

    fn set(endpoint: &LoggersEndpoint, name: &str, level: Option<&str>) {
        let call = call(SET, name, &[("configuredLevel", level)]);
        assert!(matches!(endpoint.answer(&call).unwrap(), Reply::Nothing));
    }

    fn with_endpoint(test: impl FnOnce(&LoggersEndpoint)) {
        let loggers = Loggers::new(LogLevel::Info);
        let group = LoggerGroup {
            name: "shop".to_owned(),
            members: vec!["com.example.shop".to_owned(), "com.example.cart".to_owned()],
            configured: None,
        };
        loggers.configure(&[("com.example.shop".to_owned(), LogLevel::Debug)], &[group]);
        let subscriber = Registry::default().with(LoggersLayer::new(loggers.clone()));
        tracing::subscriber::with_default(subscriber, || test(&endpoint(loggers)));
    }

    #[test]
    fn trap_sba_09_levels_loggers_and_groups_are_always_there() {
        with_endpoint(|endpoint| {
            let all = get(endpoint, "").unwrap();
            assert_eq!(all["levels"], json!(["OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"]));
            let root = json!({"configuredLevel": "INFO", "effectiveLevel": "INFO"});
            assert_eq!(all["loggers"]["ROOT"], root);
            let members = json!({"members": ["com.example.shop", "com.example.cart"]});
            assert_eq!(all["groups"]["shop"], members);
        });
        let all = get(&endpoint(Loggers::new(LogLevel::Info)), "").unwrap();
        assert_eq!(all["levels"], json!([]));
        assert_eq!(all["groups"], json!({}));
        assert!(all["loggers"]["ROOT"]["effectiveLevel"].is_string());
    }

    #[test]
    fn levels_are_set_and_reset_as_recorded() {
        with_endpoint(|endpoint| {
            let name = "com.example.demo.x";
            for (word, level) in [
                ("DEBUG", "DEBUG"),
                ("warn", "WARN"),
                ("false", "OFF"),
                ("FATAL", "ERROR"),
                ("TRACE", "TRACE"),
            ] {
                set(endpoint, name, Some(word));
                let expected = json!({"configuredLevel": level, "effectiveLevel": level});
                assert_eq!(get(endpoint, name), Some(expected));
            }
            for reset in [Some(""), None] {
                set(endpoint, name, Some("ERROR"));
                set(endpoint, name, reset);
                assert_eq!(get(endpoint, name), Some(json!({"effectiveLevel": "INFO"})));
            }
        });
    }

    #[test]
    fn the_query_beats_the_body_and_unknown_members_reset() {
        with_endpoint(|endpoint| {
            let mut both = call(SET, "x", &[("configuredLevel", Some("DEBUG"))]);
            both.query = vec![("configuredLevel".into(), "ERROR".into())];
            endpoint.answer(&both).unwrap();
            assert_eq!(get(endpoint, "x").unwrap()["configuredLevel"], "ERROR");
            endpoint.answer(&call(SET, "x", &[("level", Some("DEBUG"))])).unwrap();
            assert_eq!(get(endpoint, "x"), Some(json!({"effectiveLevel": "INFO"})));
        });
    }

    #[test]
    fn trap_seed_14_a_bad_level_changes_nothing() {
        with_endpoint(|endpoint| {
            set(endpoint, "x", Some("TRACE"));
            for bad in ["LOUD", "1", "true", "-"] {
                let call = call(SET, "x", &[("configuredLevel", Some(bad))]);
                let problem = endpoint.answer(&call).unwrap_err();
                assert_eq!(problem.status(), 400, "{bad}");
            }
            assert_eq!(get(endpoint, "x").unwrap()["configuredLevel"], "TRACE");
        });
    }

    #[test]
    fn trap_seed_05_an_unknown_logger_is_not_found_and_not_created() {
        with_endpoint(|endpoint| {
            for name in ["no.such.logger", "root", "a b", "com.png"] {
                assert_eq!(get(endpoint, name), None, "{name}");
                assert_eq!(get(endpoint, "").unwrap()["loggers"].get(name), None);
            }
        });
    }

    #[test]
    fn a_group_is_answered_before_a_logger_and_drops_configured_levels_when_reset() {
        with_endpoint(|endpoint| {
            set(endpoint, "shop", Some("TRACE"));
            assert_eq!(get(endpoint, "shop").unwrap()["configuredLevel"], "TRACE");
            assert_eq!(get(endpoint, "com.example.cart").unwrap()["configuredLevel"], "TRACE");
            set(endpoint, "shop", None);
            let members = json!({"members": ["com.example.shop", "com.example.cart"]});
            assert_eq!(get(endpoint, "shop"), Some(members));
            let inherited = json!({"effectiveLevel": "INFO"});
            assert_eq!(get(endpoint, "com.example.shop"), Some(inherited));
        });
    }

    #[test]
    fn resetting_root_gives_its_initial_level_back() {
        with_endpoint(|endpoint| {
            set(endpoint, "ROOT", Some("WARN"));
            set(endpoint, "ROOT", None);
            let root = json!({"configuredLevel": "INFO", "effectiveLevel": "INFO"});
            assert_eq!(get(endpoint, "ROOT"), Some(root));
        });
    }

    #[test]
    fn trap_seed_20_without_our_layer_nothing_can_be_set_and_the_reason_says_what_to_add() {
        let endpoint = endpoint(Loggers::new(LogLevel::Info));
        let reply = endpoint.answer(&call(SET, "ROOT", &[])).unwrap();
        let Reply::Document { status: 503, body, .. } = reply else { panic!("{reply:?}") };
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("actuator::logging::layer()"), "{body}");
    }
}

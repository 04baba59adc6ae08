//! `POST /env` and `DELETE /env`: values over those of all sources, as Spring Cloud's
//! `WritableEnvironmentEndpoint`. They exist where `actuator.env.writable` names something.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use tokio::task::spawn_blocking;

use super::{
    env::{ALL, ONE},
    refused::refused,
};
use crate::{
    audit::{Audit, types::ENVIRONMENT_CHANGED},
    env::{Environment, SetValue, SetValueError},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{EndpointResult, Operation, Produces},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::Schema,
    },
};

/// Reading, and the two operations that writing adds.
pub(super) const OPERATIONS: &[Operation] = &[
    ALL,
    ONE,
    Operation::write(&[])
        .doing("Sets a property over all sources.")
        .taking(&[
            Parameter::body("name", Shape::Text, "The name of the property.").required(),
            Parameter::body("value", Shape::Text, "Its value.").required(),
        ])
        .answering(&[
            Answer::of(CHANGED).saying("What was set."),
            Answer::refused(400, "Name or value is missing or cannot be used."),
            Answer::refused(403, "The property may not be set."),
        ]),
    Operation::delete(&[])
        .producing(Produces::Json)
        .doing("Takes back all that was set.")
        .answering(&[
            Answer::of(CHANGED).saying("What was taken back."),
            Answer::refused(400, "The settings cannot be used without it."),
        ]),
];
const CHANGED: Schema = Schema::Map(&Schema::Text);
/// The index of the write.
pub(super) const SET: usize = 2;
/// The index of the delete.
pub(super) const RESET: usize = 3;

/// The data of the audit event. Values are not told: the trail is no second place for them.
#[derive(Serialize)]
struct Changed<'c> {
    names: &'c [&'c str],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reset: bool,
}

/// Sets the member `name` of the body to its member `value`; answers both as an object.
pub(super) async fn set(
    environment: &Arc<Environment>,
    audit: &Audit,
    call: &Call<'_>,
) -> EndpointResult {
    // Not from the query: addresses end in other people's logs.
    let member = |name: &str| {
        let mut members = call.body.iter().rev();
        members.find(|(key, _)| key == name).and_then(|(_, value)| value.clone())
    };
    let (Some(name), Some(value)) = (member("name"), member("value")) else {
        let missing = "expected an object with the members name and value, both texts";
        return refused(400, "Bad Request", missing);
    };
    let (changing, given) = (Arc::clone(environment), value.clone());
    match spawn_blocking(move || changing.set(&name, &given)).await.map_err(ended)? {
        Ok(SetValue { name, takes_effect }) => {
            let effect = if takes_effect {
                ""
            } else {
                ", which takes no effect before a restart, and is gone then"
            };
            tracing::warn!(target: "actuator::env", "{name} is set over HTTP{effect}");
            record(audit, call, &[&name], false);
            Reply::json(&BTreeMap::from([(name, value)]))
        }
        Err(error) => complain(&error),
    }
}

/// Takes back all that was set; answers that as an object.
pub(super) async fn reset(
    environment: &Arc<Environment>,
    audit: &Audit,
    call: &Call<'_>,
) -> EndpointResult {
    let changing = Arc::clone(environment);
    match spawn_blocking(move || changing.reset()).await.map_err(ended)? {
        Ok(removed) => {
            let names: Vec<&str> = removed.iter().map(|(name, _)| name.as_str()).collect();
            tracing::warn!(target: "actuator::env", "taken back over HTTP: {}", names.join(", "));
            record(audit, call, &names, true);
            Reply::json(&removed.iter().cloned().collect::<BTreeMap<String, String>>())
        }
        Err(error) => complain(&error),
    }
}

fn record(audit: &Audit, call: &Call<'_>, names: &[&str], reset: bool) {
    let actor = call.principal.map_or("", |principal| &principal.name);
    audit.record(actor, ENVIRONMENT_CHANGED, Changed { names, reset });
}

fn complain(error: &SetValueError) -> EndpointResult {
    match error {
        SetValueError::Forbidden(why) => refused(403, "Forbidden", why),
        SetValueError::Bad(why) => refused(400, "Bad Request", why),
    }
}

fn ended(_: tokio::task::JoinError) -> Problem {
    Problem::internal("the service ends")
}

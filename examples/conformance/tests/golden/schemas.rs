//! What real Spring servers answered is as the schemas of `/actuator/openapi` have it.

use std::fs;

use serde_json::Value;
use testkit::{Members, OpenApi};

use crate::support::{
    application::Application,
    recording::{self, Recording, Request},
    wire,
};

/// Forms of their own: those of servlets, and of versions before the one that is told.
const OTHERS: [&str; 1] = ["/actuator/mappings"];

#[test]
fn recorded_answers_are_of_the_form_that_is_told() {
    let settings = [
        "management.endpoint.shutdown.access=unrestricted",
        "management.endpoint.health.group.shallow.additional-path=server:/healthz",
    ];
    let application = Application::start("schemas", true, &settings);
    let request = Request::get("/actuator/openapi");
    let answer = wire::send(application.address, &request).unwrap();
    let api = OpenApi::new(serde_json::from_slice(&answer.body).unwrap());
    let (mut held, mut wrong) = (0, Vec::new());
    let folders = fs::read_dir(recording::folder().join("boot-4.1.0")).unwrap();
    for folder in folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        for recording in recording::read_folder(&format!("boot-4.1.0/{folder}")) {
            match check(&api, &recording) {
                None => {}
                Some(Ok(())) => held += 1,
                Some(Err(why)) => wrong.push(format!("{}: {why}", recording.short_id())),
            }
        }
    }
    println!("{held} recorded answers are of the form that is told");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 300, "{held}");
}

/// Nothing if there is nothing to compare.
fn check(api: &OpenApi, recording: &Recording) -> Option<Result<(), String>> {
    let Recording { request, response, .. } = recording;
    let media_type = response.header("Content-Type")?;
    let is_done = [200, 503].contains(&response.status) && media_type.contains("json");
    if !is_done || OTHERS.contains(&request.target.as_str()) {
        return None;
    }
    let value: Value = serde_json::from_slice(&response.body).ok()?;
    let operation = api.operation(&request.method.to_lowercase(), &request.target)?;
    let response = api.response(operation, response.status)?;
    let schema = api.schema(response, media_type.split(';').next()?)?;
    Some(api.check(schema, &value, Members::Any))
}

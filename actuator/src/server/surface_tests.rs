use serde_json::{Value, json};

use super::*;
use crate::{
    model::{call::Call, reply::Reply},
    server::Builder,
};

/// The document that an endpoint gives to a caller of this listener.
async fn ask(actuator: &Actuator, id: &str, listener: Listener) -> Value {
    let endpoint = actuator.endpoints.iter().find(|one| one.id() == id).unwrap();
    match endpoint.invoke(Call { listener, ..Call::new(0) }).await {
        Ok(Reply::Json { status: 200, body } | Reply::Document { status: 200, body, .. }) => {
            serde_json::from_slice(&body).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

fn golden() -> Vec<Value> {
    let recording = include_str!("../../tests/golden/boot-4.1.0/run-webflux/mappings.http");
    let body: Value = serde_json::from_str(&recording[recording.find('{').unwrap()..]).unwrap();
    body["contexts"]["demo"]["mappings"]["dispatcherHandlers"]["webHandler"]
        .as_array()
        .unwrap()
        .clone()
}

async fn mappings(settings: &[(&'static str, &'static str)]) -> Value {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .name("demo")
        .with(|app| {
            app.mapping(
                Mapping::new("GET", "/hello").handled_by("demo::routes::hello").at("m.rs:7"),
            );
            app.mapping(Mapping::of_any_method("/plain"));
        })
        .force_setting("management.endpoint.shutdown.access", "unrestricted")
        .force_setting("management.endpoints.web.exposure.include", "*");
    let set = |builder: Builder, (name, value): &(&'static str, &'static str)| {
        builder.force_setting(*name, *value)
    };
    let actuator = settings.iter().fold(builder, set).build().await.unwrap();
    ask(&actuator, "mappings", Listener::Application).await
}

#[tokio::test]
async fn the_management_routes_are_those_that_spring_has() {
    let own = mappings(&[]).await;
    let handlers = &own["contexts"]["demo"]["mappings"]["dispatcherHandlers"];
    let management = handlers["management"].as_array().unwrap();
    let mut compared = 0;
    for theirs in golden() {
        let Some(ours) = management.iter().find(|one| one["predicate"] == theirs["predicate"])
        else {
            assert!(theirs["predicate"].as_str().unwrap().contains("/sbom/"), "{theirs}");
            continue;
        };
        assert_eq!(ours["handler"], theirs["handler"]);
        let conditions = "requestMappingConditions";
        assert_eq!(ours["details"][conditions], theirs["details"][conditions]);
        compared += 1;
    }
    assert!(compared >= 6, "{compared}");
}

#[tokio::test]
async fn routes_of_the_application_stand_apart_with_handler_and_place() {
    let own = mappings(&[]).await;
    let routes = &own["contexts"]["demo"]["mappings"]["dispatcherHandlers"]["application"];
    assert_eq!(
        routes[0],
        json!({
            "predicate": "{GET /hello}",
            "handler": "demo::routes::hello (m.rs:7)",
            "details": {
                "handlerMethod": {
                    "className": "demo::routes", "name": "hello", "descriptor": "m.rs:7",
                },
                "requestMappingConditions": {
                    "consumes": [], "headers": [], "methods": ["GET"], "params": [],
                    "patterns": ["/hello"], "produces": [],
                },
            },
        })
    );
    assert_eq!(routes[1]["predicate"], "{ /plain}");
    assert_eq!(routes[1]["details"].get("handlerMethod"), None, "nothing is made up");
}

#[tokio::test]
async fn a_management_port_has_a_context_of_its_own() {
    let own = mappings(&[("management.server.port", "0")]).await;
    let handlers = &own["contexts"]["demo"]["mappings"]["dispatcherHandlers"];
    assert!(!handlers.to_string().contains("/actuator"), "{handlers}");
    let apart = &own["contexts"]["demo:management"];
    assert_eq!(apart["parentId"], "demo");
    let management = apart["mappings"]["dispatcherHandlers"]["management"].to_string();
    assert!(management.contains("{GET /actuator/mappings, produces"), "{management}");
}

//! What `openapi` and `mappings` tell, asked of services that are put together.

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

const PROBES: (&str, &str) = ("management.endpoint.health.probes.add-additional-paths", "true");

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
        .application("demo", "1.2.3")
        .with(|app| {
            app.mapping(
                Mapping::new("GET", "/hello").handled_by("demo::routes::hello").at("m.rs:7"),
            );
            app.mapping(Mapping::of_any_method("/plain"));
        })
        .force_setting("management.endpoint.shutdown.access", "unrestricted")
        .force_setting("management.endpoints.web.exposure.include", "*");
    let set = |builder: Builder, (name, value): &(&'static str, &'static str)| {
        builder.force_setting(name, *value)
    };
    let actuator = settings.iter().fold(builder, set).build().await.unwrap();
    ask(&actuator, "mappings", Listener::Application).await
}

#[tokio::test]
async fn the_management_routes_are_those_that_spring_has() {
    let own = mappings(&[PROBES]).await;
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

async fn described(settings: &[(&'static str, &'static str)], listener: Listener) -> Value {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("demo", "1.2.3")
        .force_setting("management.endpoints.web.exposure.include", "*");
    let set = |builder: Builder, (name, value): &(&'static str, &'static str)| {
        builder.force_setting(name, *value)
    };
    let actuator = settings.iter().fold(builder, set).build().await.unwrap();
    ask(&actuator, "openapi", listener).await
}

#[tokio::test]
async fn paths_are_the_real_ones_and_operations_those_that_access_leaves() {
    let settings = [
        ("management.endpoints.web.base-path", "/manage"),
        ("management.endpoints.web.path-mapping.health", "a{b"),
        ("management.endpoint.loggers.access", "read-only"),
        ("management.endpoint.env.access", "none"),
    ];
    let document = described(&settings, Listener::Application).await;
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(document["openapi"], "3.1.1");
    assert_eq!(document["info"]["title"], "Management API of demo");
    assert_eq!(document["info"]["version"], "1.2.3");
    assert!(paths.contains_key("/manage/a%7Bb/{path}"), "{:?}", paths.keys());
    assert!(paths["/manage/loggers/{name}"].get("post").is_none());
    assert!(paths.keys().all(|path| !path.contains("/env")));
    assert_eq!(document["security"], json!([]));
    assert_eq!(document["components"].get("securitySchemes"), None);
    let health = &paths["/manage/a%7Bb"]["get"];
    assert_eq!(health["responses"].get("401"), None);
    assert_eq!(health["tags"], json!(["health"]));
}

#[tokio::test]
async fn what_another_listener_serves_is_not_told() {
    let settings = [
        ("management.server.port", "0"),
        PROBES,
        ("management.endpoint.health.group.shallow.include", "ping"),
        ("management.endpoint.health.group.shallow.additional-path", "management:/shallow"),
    ];
    let management = described(&settings, Listener::Management).await;
    let paths = management["paths"].as_object().unwrap();
    assert!(paths.contains_key("/actuator/health") && !paths.contains_key("/livez"));
    assert!(paths.contains_key("/shallow"));
    let application = described(&settings, Listener::Application).await;
    let paths: Vec<&String> = application["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/livez", "/readyz"]);
}

#[tokio::test]
async fn credentials_and_roles_are_told_with_each_operation() {
    let settings = [
        ("spring.security.user.name", "user"),
        ("spring.security.user.password", "a-long-password"),
        ("actuator.security.secret.value", "0123456789abcdef0123456789abcdef"),
        ("management.endpoint.env.read-roles", "admin,support"),
    ];
    let document = described(&settings, Listener::Application).await;
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let kinds: Vec<(&str, &Value)> =
        schemes.iter().map(|(name, scheme)| (name.as_str(), &scheme["type"])).collect();
    let (http, key) = (json!("http"), json!("apiKey"));
    assert_eq!(kinds, [("basic", &http), ("secret", &key), ("secretCookie", &key)]);
    let operation = |path: &str, method: &str| document["paths"][path][method].clone();
    let env = operation("/actuator/env", "get");
    let any_role = json!([
        {"basic": ["admin"]}, {"basic": ["support"]},
        {"secret": ["admin"]}, {"secret": ["support"]},
        {"secretCookie": ["admin"]}, {"secretCookie": ["support"]},
    ]);
    assert_eq!(env["security"], any_role);
    assert_eq!(env["description"], "Needs one of the roles admin, support.");
    for status in ["401", "403", "429", "503"] {
        assert!(env["responses"][status].is_object(), "{status}");
    }
    let health = operation("/actuator/health", "get");
    assert_eq!(health["security"][0], json!({}), "anybody");
    let loggers = operation("/actuator/loggers/{name}", "post");
    assert_eq!(loggers["description"], "Needs the role operator.");
    assert_eq!(operation("/actuator/info", "get")["security"][0], json!({"basic": []}));
}

#[tokio::test]
async fn every_endpoint_says_what_it_is_for_and_every_operation_what_it_does() {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .force_setting("actuator.compat.httptrace", "true")
        .force_setting("actuator.compat.dump", "true")
        .force_setting("actuator.env.writable", "shop.*")
        .force_setting("actuator.health.override.enabled", "true")
        .force_setting("management.endpoint.logfile.external-file", "/var/log/app.log");
    let mut builder = builder;
    builder.serves = true;
    let actuator = builder.build().await.unwrap();
    let mut silent = Vec::new();
    for endpoint in &actuator.endpoints {
        let id = endpoint.id();
        if endpoint.description().is_empty() {
            silent.push(format!("{id} has no description"));
        }
        for operation in endpoint.operations() {
            let mut forms = endpoint.operations().iter().filter(|form| {
                (form.kind, form.selectors) == (operation.kind, operation.selectors)
            });
            if forms.all(|form| form.summary.is_empty()) {
                silent.push(format!("{id}: {operation:?} has no summary"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Two forms of one name would be one form in the document.
#[tokio::test]
async fn each_name_stands_for_one_form() {
    use crate::model::{answer::Content, schema::Schema};
    fn walk(schema: &Schema, named: &mut Vec<(&'static str, Schema)>) {
        match schema {
            Schema::Named(name, inner) => {
                named.push((name, **inner));
                walk(inner, named);
            }
            Schema::List(inner) | Schema::Map(inner) => walk(inner, named),
            Schema::Object(members) | Schema::Open(members) => {
                members.iter().for_each(|member| walk(&member.schema, named));
            }
            Schema::Either(forms) => forms.iter().for_each(|form| walk(form, named)),
            _ => {}
        }
    }
    let actuator = Actuator::builder().isolated().without_declarations().build().await.unwrap();
    let mut named = Vec::new();
    for operation in actuator.endpoints.iter().flat_map(|endpoint| endpoint.operations()) {
        for answer in operation.answers {
            if let Content::Produced(schema) | Content::Of(_, schema) = &answer.content {
                walk(schema, &mut named);
            }
        }
    }
    assert!(named.len() > 20);
    for (name, schema) in &named {
        assert!(named.iter().all(|(other, its)| other != name || its == schema), "{name}");
    }
}

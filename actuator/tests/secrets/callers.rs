//! Callers that put a secret into every place that a request has, and code that logs it.

use std::{io, net::SocketAddr};

use serde_json::json;
use testkit::{Answer, Request};

use crate::{
    plants::Plant,
    search::{Search, escaped},
};

/// A caller that says it in every place that a request has, and a log that repeats it.
pub(crate) fn call(address: SocketAddr, plant: &Plant, search: &mut Search<'_>) {
    let (key, line) = (&*plant.key, plant.line());
    let header = key.replace(['.', '_'], "-");
    let query = format!("page=2&{key}={}", escaped(&plant.value));
    let bodies = [
        ("application/json", json!({ key: plant.value, "n": 1 }).to_string()),
        ("application/x-www-form-urlencoded", query.clone()),
        ("text/plain", plant.text()),
    ];
    let with_headers = |request: Request| {
        request
            .header(&header, &line)
            .header("referer", &format!("https://shop.example/?{query}"))
            .header("authorization", &format!("Bearer {}", plant.secret))
            .header("cookie", &format!("sid={}", plant.secret))
            .header("user-agent", &plant.text().replace('\n', "\\n"))
    };
    for (content_type, body) in bodies {
        let request = Request::new("POST", &format!("/echo?{query}"));
        let request = with_headers(request.header("content-type", content_type)).body(body);
        request.send(address).assert_status(200);
    }
    for target in ["/fail", "/refuse", "/panic"] {
        let request = Request::new("POST", target)
            .header("accept", "application/json")
            .header("content-type", "text/plain")
            .body(plant.text());
        search.answer(target, &request.send(address));
    }
    if cfg!(feature = "debug") {
        let shown = with_headers(Request::get(&format!("/actuator/debug/headers?{query}")));
        search.answer("debug/headers", &shown.send(address).assert_status(200));
    }
    log(plant);
}

/// Everything that an operator may change, with a secret among what is said of it.
pub(crate) fn write(address: SocketAddr, plant: &Plant, search: &mut Search<'_>) {
    let mut send = |method: &str, path: &str, body: &serde_json::Value| -> Answer {
        let request = Request::new(method, &format!("/actuator/{path}"))
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send(address);
        search.answer(&format!("{method} {path}"), &answer);
        answer
    };
    // Reasons are of one line.
    let (key, text) = (plant.key.replace('_', "."), plant.text().replace('\n', "\\n"));
    let said = json!({ "reason": text, "actor": text });
    let with = |mut more: serde_json::Value| {
        let members = said.as_object().unwrap().clone();
        more.as_object_mut().unwrap().extend(members);
        more
    };
    let logger = format!("loggers/planted::{key}");
    send("POST", &logger, &with(json!({ "configuredLevel": "DEBUG" }))).assert_status(204);
    let levels = json!({ "levels": { format!("planted::{key}"): "INFO" } });
    send("POST", "loggeroverrides", &with(levels)).assert_status(204);
    let status = json!({ "status": "OUT_OF_SERVICE", "duration": "1m" });
    send("POST", "health/n0", &with(status)).assert_status(204);
    send("POST", "health/n0", &json!({ "status": text, "duration": plant.value }));
    send("POST", "env", &json!({ "name": format!("demo.{key}"), "value": plant.value }));
    send("POST", "env", &json!({ "name": "demo.note", "value": plant.text() }));
    send("POST", "scheduledtasks/nothing", &json!({ "action": "run", "note": text }));
    send("POST", "planted/x", &json!({ "text": text }));
}

/// What code logs when it is not careful.
fn log(plant: &Plant) {
    #[derive(Debug)]
    #[expect(dead_code, reason = "Debug reads it")]
    struct Config<'c> {
        url: &'c str,
        password: &'c str,
        api_key: Option<&'c str>,
    }
    let (secret, value, text) = (&*plant.secret, &*plant.value, plant.text());
    let config = Config { url: value, password: secret, api_key: Some(secret) };
    let config = if value == secret { Config { url: "x", ..config } } else { config };
    let error = io::Error::other(text.clone());
    let span = tracing::info_span!("login", password = secret, text, client_secret = ?value);
    span.in_scope(|| {
        tracing::info!(password = %secret, api_key = secret, "{text}");
        tracing::warn!(error = &error as &dyn std::error::Error, note = ?text, "failed: {text}");
        tracing::debug!(config = ?config, "config is {config:?}");
        tracing::debug!("config is {config:#?}");
        tracing::info!(document = %json!({ "password": secret, "text": text }), "document");
    });
}

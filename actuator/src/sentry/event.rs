//! A report as Sentry's JSON, without secrets.

use std::{collections::BTreeMap, time::SystemTime};

use serde_json::{Map, Value, json};

use super::{
    envelope::EventId,
    report::{Breadcrumb, ErrorText, Location, NamedValue, Report, Severity},
};
use crate::model::sanitizer::{MASK, Sanitizer};

/// Fields about persons, as OpenTelemetry names them, and what Sentry calls them.
const PERSONAL: [(&str, &str); 5] = [
    ("client.address", "ip_address"),
    ("enduser.id", "id"),
    ("user.id", "id"),
    ("user.name", "username"),
    ("user.email", "email"),
];
/// What Sentry takes as the name and the value of a tag, in characters.
const LONGEST_TAG: usize = 200;

/// Whose events they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// The release that was set.
    pub(super) release: Option<String>,
    /// The release that the build tells.
    pub(super) build: Option<String>,
    /// The environment.
    pub(super) environment: String,
    /// The machine.
    pub(super) server_name: Option<String>,
    /// Tags of all events.
    pub(super) tags: BTreeMap<String, String>,
    /// Whether fields about persons are sent.
    pub(super) send_default_pii: bool,
}

impl Identity {
    /// The event of a report.
    pub(super) fn event(&self, report: &Report, id: EventId, sanitizer: &Sanitizer) -> Value {
        let mut event = json!({
            "event_id": id.to_string(),
            "timestamp": seconds(report.at),
            "level": report.severity.name(),
            "platform": "native",
            "logger": report.target,
            "environment": self.environment,
            "tags": self.tags(report),
            "extra": extra(report),
            "breadcrumbs": { "values": breadcrumbs(report) },
            "sdk": { "name": "actuator.rust", "version": env!("CARGO_PKG_VERSION") },
        });
        let mut set = |name: &str, value: Option<Value>| {
            if let (Some(value), Some(members)) = (value, event.as_object_mut()) {
                members.insert(name.to_owned(), value);
            }
        };
        set("release", self.release.as_deref().or(self.build.as_deref()).map(Value::from));
        set("server_name", self.server_name.as_deref().map(Value::from));
        set("transaction", transaction(&report.fields).map(Value::from));
        set(
            "message",
            Some(report.message.as_str()).filter(|text| !text.is_empty()).map(Value::from),
        );
        set("exception", exceptions(report));
        set("user", self.user(report));
        let trace = report.request.as_ref().and_then(|request| request.trace_id());
        set(
            "contexts",
            trace.map(|trace| {
                let (trace, span) = (format!("{trace:032x}"), id.short());
                json!({ "trace": { "trace_id": trace, "span_id": span } })
            }),
        );
        mask(&mut event, sanitizer);
        event
    }

    fn tags(&self, report: &Report) -> BTreeMap<String, String> {
        let request = report.request.as_ref();
        let own = [
            ("request_id", request.map(|request| request.id().to_owned())),
            ("trace_id", request.and_then(|r| r.trace_id()).map(|id| format!("{id:032x}"))),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let tags = self.tags.clone().into_iter().chain(own);
        // The server throws longer ones away.
        let cut = |text: String| text.chars().take(LONGEST_TAG).collect::<String>();
        tags.map(|(name, value)| (name, cut(value))).collect()
    }

    /// Who it was, if that may be said.
    fn user(&self, report: &Report) -> Option<Value> {
        let mut user = Map::new();
        for field in report.fields.iter().filter(|_| self.send_default_pii) {
            if let Some(name) = personal(field.name) {
                user.insert(name.to_owned(), field.value.clone());
            }
        }
        (!user.is_empty()).then_some(Value::Object(user))
    }
}

fn personal(field: &str) -> Option<&'static str> {
    PERSONAL.iter().find(|(name, _)| *name == field).map(|(_, member)| *member)
}

/// Fields by their names, those of spans with the span's name in front; persons left out.
fn extra(report: &Report) -> Map<String, Value> {
    let mut extra = Map::new();
    for NamedValue { span, name, value } in &report.fields {
        if personal(name).is_none() {
            let name = span.map_or_else(|| (*name).to_owned(), |span| format!("{span}:{name}"));
            extra.entry(name).or_insert_with(|| value.clone());
        }
    }
    extra.extend(report.thread.as_deref().map(|name| ("thread.name".to_owned(), name.into())));
    if let Some(Location { file, line }) = &report.location {
        extra.insert("code.file.path".to_owned(), file.as_str().into());
        extra.insert("code.line.number".to_owned(), (*line).into());
    }
    extra
}

/// `GET /orders/{id}`, if the spans around tell method and route.
fn transaction(fields: &[NamedValue]) -> Option<String> {
    let text = |names: &[&str]| {
        let found = fields.iter().find(|field| field.span.is_some() && names.contains(&field.name));
        found.and_then(|field| field.value.as_str()).filter(|text| !text.is_empty())
    };
    let route = text(&["http.route", "route"])?;
    Some(match text(&["http.request.method", "method"]) {
        Some(method) => format!("{method} {route}"),
        None => route.to_owned(),
    })
}

/// The causes first, as Sentry wants them.
fn exceptions(report: &Report) -> Option<Value> {
    let is_panic = report.severity == Severity::Fatal;
    let exception = |(at, error): (usize, &ErrorText)| {
        let mut exception = json!({ "type": error.kind, "value": error.text });
        let Some(members) = exception.as_object_mut() else { return exception };
        if at == 0 {
            let kind = if is_panic { "panic" } else { "tracing" };
            members.insert("mechanism".to_owned(), json!({ "type": kind, "handled": !is_panic }));
        }
        if let Some(Location { file, line }) =
            report.location.as_ref().filter(|_| at == 0 && is_panic)
        {
            let frame = json!({ "filename": file, "lineno": line, "in_app": true });
            members.insert("stacktrace".to_owned(), json!({ "frames": [frame] }));
        }
        exception
    };
    let values: Vec<Value> = report.errors.iter().enumerate().rev().map(exception).collect();
    (!values.is_empty()).then(|| json!({ "values": values }))
}

fn breadcrumbs(report: &Report) -> Vec<Value> {
    let written = |line: &Breadcrumb| {
        let fields = line.fields.iter().filter(|field| personal(field.name).is_none());
        let data: Map<String, Value> =
            fields.map(|field| (field.name.to_owned(), field.value.clone())).collect();
        json!({
            "type": "default",
            "timestamp": seconds(line.at),
            "level": line.severity.name(),
            "category": line.target,
            "message": line.message,
            "data": data,
        })
    };
    report.breadcrumbs.iter().map(|line| written(line)).collect()
}

/// Seconds since 1970, as Sentry has times.
pub(super) fn seconds(at: SystemTime) -> f64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// Masks what is secret by its name, and what is secret in texts.
fn mask(value: &mut Value, sanitizer: &Sanitizer) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if sanitizer.is_secret_key(name) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    mask(value, sanitizer);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, sanitizer)),
        Value::String(text) => {
            if let std::borrow::Cow::Owned(clean) = sanitizer.sanitize_text(text) {
                *text = clean;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

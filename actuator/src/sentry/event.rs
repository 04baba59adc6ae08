//! A report as Sentry's JSON, without secrets.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::{
    envelope::EventId,
    identity::Identity,
    report::{Breadcrumb, ErrorText, Location, NamedValue, Report, Severity},
    transaction::Place,
};
use crate::model::{
    request::RequestContext,
    sanitizer::{MASK, Sanitizer},
};

/// Fields about persons, as OpenTelemetry names them, and what Sentry calls them.
const PERSONAL: [(&str, &str); 5] = [
    ("client.address", "ip_address"),
    ("enduser.id", "id"),
    ("user.id", "id"),
    ("user.name", "username"),
    ("user.email", "email"),
];
/// The event of a report.
pub(super) fn event(
    report: &Report,
    identity: &Identity,
    id: EventId,
    sanitizer: &Sanitizer,
) -> Value {
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Value::from);
    let request = report.request.as_ref();
    let trace = request.and_then(RequestContext::trace_id);
    let place = report.place.or(trace.map(|trace| Place { trace, span: id.half() }));
    let own = [
        ("timestamp", Some(time(report.at).into())),
        ("level", Some(report.severity.name().into())),
        ("logger", Some(report.target.as_str().into())),
        ("message", text(&report.message)),
        ("transaction", named(&report.fields).map(Value::from)),
        ("exception", exceptions(report)),
        ("extra", Some(extra(report).into())),
        ("user", user(report).filter(|_| identity.send_default_pii)),
        ("contexts", place.map(|place| json!({ "trace": place.members() }))),
        ("breadcrumbs", Some(json!({ "values": breadcrumbs(report) }))),
    ];
    let mut members = identity.members(id, request);
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    members.extend(own);
    let mut event = Value::Object(members);
    mask(&mut event, sanitizer);
    event
}

/// Who it was.
fn user(report: &Report) -> Option<Value> {
    let known = |field: &NamedValue| Some((personal(field.name)?.to_owned(), field.value.clone()));
    let user: Map<String, Value> = report.fields.iter().filter_map(known).collect();
    (!user.is_empty()).then_some(Value::Object(user))
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
pub(super) fn named(fields: &[NamedValue]) -> Option<String> {
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
            "timestamp": time(line.at),
            "level": line.severity.name(),
            "category": line.target,
            "message": line.message,
            "data": data,
        })
    };
    report.breadcrumbs.iter().map(|line| written(line)).collect()
}

/// A time as RFC 3339 has it, in microseconds.
pub(super) fn time(at: SystemTime) -> String {
    humantime::format_rfc3339_micros(at).to_string()
}

/// Masks what is secret by its name, and what is secret in texts.
pub(super) fn mask(value: &mut Value, sanitizer: &Sanitizer) {
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

//! How requests are named, whom that is told, and whether each is logged.

use http::HeaderName;

use crate::{
    model::{
        propagation::{Propagation, TRACEPARENT, TRACESTATE},
        sanitizer::Sanitizer,
    },
    settings::SettingsReader,
};

const HEADER: &str = "actuator.request-id.header";
const ACCEPT: &str = "actuator.request-id.accept";
/// `C2C_REQUEST_ID_HEADER`, as the relaxed binding of variables reads it.
const C2C_HEADER: &str = "c2c.request-id-header";

/// Whose ids are taken if nothing else is said, after the service's own header: c2cwsgiutils' order.
const KNOWN: [&str; 5] =
    ["x-request-id", "x-correlation-id", "request-id", "x-varnish", "x-amzn-trace-id"];
/// How many headers may be looked for.
const MAX_ACCEPTED: usize = 16;
/// What these say is no name of a request, or belongs to the connection.
const REFUSED: [&str; 12] = [
    "connection",
    "content-length",
    "content-type",
    "date",
    "host",
    "keep-alive",
    "te",
    TRACEPARENT,
    TRACESTATE,
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// `actuator.request-id.*`, `actuator.trace-context.*` and `actuator.request-log.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestSettings {
    /// How requests are named; `None` if they are not.
    pub(crate) ids: Option<IdSettings>,
    /// Whether each request is logged.
    pub(crate) log: bool,
}

/// How requests are named, and who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdSettings {
    /// The service's own header.
    pub(crate) header: HeaderName,
    /// Headers whose ids are taken, the first that holds one, in lower case.
    pub(crate) accepted: Vec<String>,
    /// Whether responses tell the id.
    pub(crate) echo: bool,
    /// Whether the caller's trace is believed.
    pub(crate) accepts_trace: bool,
    /// Whether a request without a trace begins one.
    pub(crate) begins_trace: bool,
    /// What calls that the request makes are told.
    pub(crate) propagation: Propagation,
}

impl RequestSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let enabled = reader.value_or("actuator.request-id.enabled", true);
        let ids = IdSettings::read(reader);
        Self {
            ids: enabled.then_some(ids),
            log: reader.value_or("actuator.request-log.enabled", false),
        }
    }
}

impl IdSettings {
    fn read(reader: &mut SettingsReader<'_>) -> Self {
        let header = read_header(reader);
        let accepted = match reader.list(ACCEPT) {
            Some(names) => read_accepted(reader, &names),
            None => std::iter::once(header.as_str()).chain(KNOWN).map(str::to_owned).collect(),
        };
        let propagation = Propagation {
            header: header.as_str().to_owned(),
            sends_id: reader.value_or("actuator.request-id.propagate", true),
            sends_trace: reader.value_or("actuator.trace-context.propagate", true),
        };
        Self {
            header,
            accepted: without_repeats(accepted),
            echo: reader.value_or("actuator.request-id.echo", true),
            accepts_trace: reader.value_or("actuator.trace-context.accept", true),
            begins_trace: reader.value_or("actuator.trace-context.begin", false),
            propagation,
        }
    }
}

fn read_header(reader: &mut SettingsReader<'_>) -> HeaderName {
    for setting in [HEADER, C2C_HEADER] {
        let name: String = reader.value_or(setting, String::new());
        if name.trim().is_empty() {
            continue;
        }
        match header_name(&name) {
            Ok(header) => return header,
            Err(complaint) => reader.reject(setting, complaint),
        }
    }
    HeaderName::from_static("x-request-id")
}

fn read_accepted(reader: &mut SettingsReader<'_>, names: &[String]) -> Vec<String> {
    let mut accepted = Vec::new();
    for name in names {
        match header_name(name) {
            Ok(header) => accepted.push(header.as_str().to_owned()),
            Err(complaint) => reader.reject(ACCEPT, complaint),
        }
    }
    if accepted.len() > MAX_ACCEPTED {
        reader.reject(ACCEPT, format_args!("expected at most {MAX_ACCEPTED} headers"));
    }
    accepted
}

/// What such a header holds ends in logs and answers.
fn header_name(name: &str) -> Result<HeaderName, String> {
    let header = HeaderName::from_bytes(name.trim().as_bytes())
        .map_err(|_| format!("{name:?} cannot be the name of a header"))?;
    if REFUSED.contains(&header.as_str()) || Sanitizer::default().is_secret_key(header.as_str()) {
        return Err(format!("the header {name} holds something else than the id of a request"));
    }
    Ok(header)
}

fn without_repeats(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<RequestSettings, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = RequestSettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    fn ids(pairs: &[(&str, &str)]) -> IdSettings {
        read(pairs).unwrap().ids.unwrap()
    }

    #[test]
    fn the_own_header_comes_first_then_those_of_c2cwsgiutils_in_its_order() {
        assert_eq!(ids(&[]).accepted, KNOWN);
        let own = ids(&[("actuator.request-id.header", "X-Trace")]);
        assert_eq!((own.header.as_str(), own.propagation.header.as_str()), ("x-trace", "x-trace"));
        assert_eq!(own.accepted, [&["x-trace"], &KNOWN[..]].concat());
        let known = ids(&[("c2c.request-id-header", "X-Varnish")]);
        assert_eq!(known.accepted[..2], ["x-varnish", "x-request-id"]);
        assert_eq!(known.accepted.len(), 5);
        let both = [("c2c.request-id-header", "X-A"), ("actuator.request-id.header", "X-B")];
        assert_eq!(ids(&both).header.as_str(), "x-b");
    }

    #[test]
    fn an_own_list_is_all_that_is_believed_and_an_empty_one_is_nobody() {
        let own = ids(&[("actuator.request-id.accept", "X-B, X-A, x-b")]);
        assert_eq!(own.accepted, ["x-b", "x-a"]);
        assert_eq!(ids(&[("actuator.request-id.accept", "")]).accepted, [""; 0]);
        assert_eq!(read(&[("actuator.request-id.enabled", "false")]).unwrap().ids, None);
    }

    #[test]
    fn headers_that_are_none_or_hold_secrets_are_refused_by_name() {
        for bad in ["X Request", "authorization", "cookie", "X-Api-Key", "Host", "traceparent"] {
            for setting in ["actuator.request-id.header", "actuator.request-id.accept"] {
                let error = read(&[(setting, bad)]).unwrap_err();
                assert!(error.contains(setting) && error.contains(bad), "{error}");
            }
        }
    }
}

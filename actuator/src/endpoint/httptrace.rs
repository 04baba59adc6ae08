//! The older forms of `/httpexchanges`: `/httptrace` of Spring Boot 2 and `/trace` of 1.5.

use std::time::SystemTime;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::httpexchanges::{HeadersDescriptor, PrincipalDescriptor, ResponseDescriptor, instant};
use crate::exchange::{Exchange, Headers};

/// As in Spring Boot 2.7: milliseconds, and null for what is not there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TraceDescriptor<'e> {
    #[serde(serialize_with = "instant")]
    timestamp: SystemTime,
    principal: Option<PrincipalDescriptor<'e>>,
    session: Option<()>,
    request: TraceRequestDescriptor<'e>,
    response: ResponseDescriptor<'e>,
    time_taken: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceRequestDescriptor<'e> {
    method: &'e str,
    uri: &'e str,
    headers: HeadersDescriptor<'e>,
    remote_address: Option<&'e str>,
}

impl<'e> From<&'e Exchange> for TraceDescriptor<'e> {
    fn from(exchange: &'e Exchange) -> Self {
        Self {
            timestamp: exchange.timestamp,
            principal: exchange.principal.as_deref().map(|name| PrincipalDescriptor { name }),
            session: None,
            request: TraceRequestDescriptor {
                method: &exchange.method,
                uri: &exchange.uri,
                headers: HeadersDescriptor(&exchange.request_headers),
                remote_address: exchange.remote_address.as_deref(),
            },
            response: ResponseDescriptor {
                status: exchange.status,
                headers: HeadersDescriptor(&exchange.response_headers),
                body: None,
            },
            time_taken: millis(exchange),
        }
    }
}

/// As in Spring Boot 1.5: the date in milliseconds since the epoch, all else below `info`.
#[derive(Serialize)]
pub(super) struct OldTraceDescriptor<'e> {
    timestamp: u64,
    info: OldInfoDescriptor<'e>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OldInfoDescriptor<'e> {
    method: &'e str,
    path: &'e str,
    headers: OldHeadersDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_address: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_taken: Option<String>,
}

#[derive(Serialize)]
struct OldHeadersDescriptor<'e> {
    request: JoinedHeadersDescriptor<'e>,
    response: JoinedHeadersDescriptor<'e>,
}

impl<'e> From<&'e Exchange> for OldTraceDescriptor<'e> {
    fn from(exchange: &'e Exchange) -> Self {
        let since_epoch = exchange.timestamp.duration_since(SystemTime::UNIX_EPOCH);
        Self {
            timestamp: u64::try_from(since_epoch.unwrap_or_default().as_millis()).unwrap_or(0),
            info: OldInfoDescriptor {
                method: &exchange.method,
                path: path(&exchange.uri),
                headers: OldHeadersDescriptor {
                    request: JoinedHeadersDescriptor(&exchange.request_headers, None),
                    response: JoinedHeadersDescriptor(
                        &exchange.response_headers,
                        Some(exchange.status),
                    ),
                },
                remote_address: exchange.remote_address.as_deref(),
                time_taken: millis(exchange).map(|millis| millis.to_string()),
            },
        }
    }
}

fn millis(exchange: &Exchange) -> Option<u64> {
    exchange.time_taken.map(|taken| u64::try_from(taken.as_millis()).unwrap_or(u64::MAX))
}

/// The path of an absolute URI, without its query.
fn path(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let path = rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/");
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// `{"name": "value"}`, several values joined; the status stands among the response's headers.
struct JoinedHeadersDescriptor<'e>(&'e Headers, Option<u16>);

impl Serialize for JoinedHeadersDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, values) in self.0 {
            map.serialize_entry(name, &values.join(","))?;
        }
        if let Some(status) = self.1 {
            map.serialize_entry("status", &status.to_string())?;
        }
        map.end()
    }
}

//! `/httpexchanges`, and its aliases `/httptrace` of Spring Boot 2 and `/trace` of 1.5.

use std::{sync::Arc, time::SystemTime};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    exchange::{Exchange, ExchangeRepository, Headers},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        reply::Reply,
    },
    support::time::{iso_duration, iso_instant},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])];

/// Serves the last exchanges, newest first.
#[derive(Debug)]
pub(crate) struct HttpexchangesEndpoint {
    exchanges: Arc<ExchangeRepository>,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Httpexchanges,
    Httptrace,
    Trace,
}

impl HttpexchangesEndpoint {
    /// `/httpexchanges`, since Spring Boot 3.
    pub(crate) fn new(exchanges: Arc<ExchangeRepository>) -> Self {
        Self { exchanges, form: Form::Httpexchanges }
    }

    /// `/httptrace`, of Spring Boot 2 and pyctuator.
    pub(crate) fn httptrace(exchanges: Arc<ExchangeRepository>) -> Self {
        Self { exchanges, form: Form::Httptrace }
    }

    /// `/trace`, of Spring Boot 1.5: a bare list.
    pub(crate) fn trace(exchanges: Arc<ExchangeRepository>) -> Self {
        Self { exchanges, form: Form::Trace }
    }

    fn answer(&self) -> EndpointResult {
        let exchanges = self.exchanges.exchanges();
        match self.form {
            Form::Httpexchanges => {
                let exchanges = exchanges.iter().map(ExchangeDescriptor::from).collect();
                Reply::json(&ExchangesDescriptor { exchanges })
            }
            Form::Httptrace => {
                let traces = exchanges.iter().map(TraceDescriptor::from).collect();
                Reply::json(&TracesDescriptor { traces })
            }
            Form::Trace => {
                let traces: Vec<_> = exchanges.iter().map(OldTraceDescriptor::from).collect();
                Reply::json(&traces)
            }
        }
    }
}

impl Endpoint for HttpexchangesEndpoint {
    fn id(&self) -> &'static str {
        match self.form {
            Form::Httpexchanges => "httpexchanges",
            Form::Httptrace => "httptrace",
            Form::Trace => "trace",
        }
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { self.answer() })
    }
}

#[derive(Serialize)]
struct ExchangesDescriptor<'e> {
    exchanges: Vec<ExchangeDescriptor<'e>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExchangeDescriptor<'e> {
    #[serde(serialize_with = "instant")]
    timestamp: SystemTime,
    request: RequestDescriptor<'e>,
    response: ResponseDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalDescriptor<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_taken: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestDescriptor<'e> {
    method: &'e str,
    uri: &'e str,
    headers: HeadersDescriptor<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_address: Option<&'e str>,
}

#[derive(Serialize)]
struct ResponseDescriptor<'e> {
    status: u16,
    headers: HeadersDescriptor<'e>,
}

#[derive(Serialize)]
struct PrincipalDescriptor<'e> {
    name: &'e str,
}

impl<'e> From<&'e Exchange> for ExchangeDescriptor<'e> {
    fn from(exchange: &'e Exchange) -> Self {
        Self {
            timestamp: exchange.timestamp,
            request: RequestDescriptor {
                method: &exchange.method,
                uri: &exchange.uri,
                headers: HeadersDescriptor(&exchange.request_headers),
                remote_address: exchange.remote_address.as_deref(),
            },
            response: ResponseDescriptor {
                status: exchange.status,
                headers: HeadersDescriptor(&exchange.response_headers),
            },
            principal: exchange.principal.as_deref().map(|name| PrincipalDescriptor { name }),
            time_taken: exchange.time_taken.map(iso_duration),
        }
    }
}

#[derive(Serialize)]
struct TracesDescriptor<'e> {
    traces: Vec<TraceDescriptor<'e>>,
}

/// As in Spring Boot 2.7: milliseconds, and null for what is not there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceDescriptor<'e> {
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
            },
            time_taken: millis(exchange),
        }
    }
}

/// As in Spring Boot 1.5: the date in milliseconds since the epoch, all else below `info`.
#[derive(Serialize)]
struct OldTraceDescriptor<'e> {
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

fn instant<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso_instant(*at))
}

/// `{"name": ["value", …]}`.
struct HeadersDescriptor<'e>(&'e Headers);

impl Serialize for HeadersDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
    }
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        exchange::{Direction, ExchangeSettings, Include},
        model::sanitizer::Sanitizer,
        support::clock::Clock,
    };

    fn recorded(include: Include) -> Arc<ExchangeRepository> {
        let settings = ExchangeSettings { include, ..ExchangeSettings::default() };
        let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_252_939_222);
        let clock = Clock::manual(start);
        let started: Instant = clock.instant();
        let repository = Arc::new(ExchangeRepository::new(settings, Sanitizer::default(), clock));
        let mut draft = repository.begin();
        draft.request("GET", &["http://", "app.example:8080", "/hello?name=x"]);
        for value in ["1", "2"] {
            draft.header(Direction::Request, "x-many", value.as_bytes(), &include);
        }
        draft.header(Direction::Response, "content-length", b"2", &include);
        draft.remote_address("127.0.0.1");
        draft.principal("alice");
        repository.record(draft, started, Duration::from_micros(2_500), 200);
        repository
    }

    async fn body(endpoint: HttpexchangesEndpoint) -> Value {
        match endpoint.invoke(Call::new(0)).await {
            Ok(Reply::Json { status: 200, body }) => serde_json::from_slice(&body).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn exchanges_are_as_recorded_from_spring_boot_4() {
        assert_eq!(
            body(HttpexchangesEndpoint::new(recorded(Include::default()))).await,
            json!({"exchanges": [{
                "timestamp": "2026-11-21T09:22:19.222Z",
                "request": {
                    "headers": {"x-many": ["1", "2"]}, "method": "GET",
                    "remoteAddress": "127.0.0.1",
                    "uri": "http://app.example:8080/hello?name=x",
                },
                "response": {"headers": {"content-length": ["2"]}, "status": 200},
                "principal": {"name": "alice"},
                "timeTaken": "PT0.0025S",
            }]})
        );
    }

    #[tokio::test]
    async fn traces_are_as_recorded_from_spring_boot_2() {
        let body = body(HttpexchangesEndpoint::httptrace(recorded(Include::default()))).await;
        let golden = include_str!("../../tests/golden/boot-2.7.18/httptrace/get.http");
        let golden: Value = serde_json::from_str(&golden[golden.find('{').unwrap()..]).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let (trace, expected) = (&body["traces"][0], &golden["traces"][0]);
        assert_eq!(keys(trace), keys(expected));
        assert_eq!(keys(&trace["request"]), keys(&expected["request"]));
        assert_eq!((&trace["timeTaken"], &trace["session"]), (&json!(2), &Value::Null));
    }

    #[tokio::test]
    async fn trap_22_every_timestamp_names_its_time_zone() {
        for endpoint in [HttpexchangesEndpoint::new, HttpexchangesEndpoint::httptrace] {
            let body = body(endpoint(recorded(Include::default()))).await;
            let list = body.as_object().unwrap().values().next().unwrap();
            assert_eq!(list[0]["timestamp"], "2026-11-21T09:22:19.222Z");
        }
    }

    #[tokio::test]
    async fn the_oldest_form_is_a_bare_list() {
        let body = body(HttpexchangesEndpoint::trace(recorded(Include::default()))).await;
        assert_eq!(body[0]["timestamp"], 1_795_252_939_222_u64);
        assert_eq!(body[0]["info"]["path"], "/hello");
        assert_eq!(body[0]["info"]["headers"]["response"]["status"], "200");
    }

    #[tokio::test]
    async fn what_is_not_included_is_absent_and_headers_are_still_an_object() {
        let repository = ExchangeRepository::new(
            ExchangeSettings { include: Include::NOTHING, ..ExchangeSettings::default() },
            Sanitizer::default(),
            Clock::system(),
        );
        let mut draft = repository.begin();
        draft.request("GET", &["http://a/"]);
        repository.record(draft, Instant::now(), Duration::from_millis(1), 200);
        let mut body = body(HttpexchangesEndpoint::new(Arc::new(repository))).await;
        body["exchanges"][0].as_object_mut().unwrap().remove("timestamp");
        let expected = json!({
            "request": {"headers": {}, "method": "GET", "uri": "http://a/"},
            "response": {"headers": {}, "status": 200},
        });
        assert_eq!(body["exchanges"][0], expected);
    }
}

//! `/httpexchanges`, and its aliases `/httptrace` of Spring Boot 2 and `/trace` of 1.5.

use std::{sync::Arc, time::SystemTime};

use serde::{Serialize, Serializer};

use super::httptrace::{OldTracesDescriptor, TracesDescriptor};
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
            Form::Httptrace => Reply::json(&TracesDescriptor::from(&*exchanges)),
            Form::Trace => Reply::json(&OldTracesDescriptor::from(&*exchanges)),
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
pub(super) struct ResponseDescriptor<'e> {
    pub(super) status: u16,
    pub(super) headers: HeadersDescriptor<'e>,
}

#[derive(Serialize)]
pub(super) struct PrincipalDescriptor<'e> {
    pub(super) name: &'e str,
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

pub(super) fn instant<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso_instant(*at))
}

/// `{"name": ["value", …]}`.
pub(super) struct HeadersDescriptor<'e>(pub(super) &'e Headers);

impl Serialize for HeadersDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
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
            draft.header(Direction::Request, "x-many", value.as_bytes(), include);
        }
        draft.header(Direction::Response, "content-length", b"2", include);
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
    async fn trap_seed_22_every_timestamp_names_its_time_zone() {
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

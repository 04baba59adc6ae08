//! `debug`: to try what stands around the service: its proxies' patience, its alarms, which headers
//! arrive, its clock. The views of c2cwsgiutils' `debug/{sleep,error,headers,time}`.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use tokio::sync::Semaphore;

use super::{health_view::json, refused::refused};
use crate::{
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        sanitizer::Sanitizer,
    },
    support::{
        text::shortened,
        time::{iso_instant, parse_duration},
    },
};

/// So many sleep at once.
const MOST_SLEEPERS: usize = 32;
/// At most so many headers are shown, each with this much of its value.
const MOST_HEADERS: usize = 200;
const LONGEST_VALUE: usize = 4_096;
const VIEWS: [&str; 4] = ["error", "headers", "sleep", "time"];
const OPERATIONS: [Operation; 2] = [
    Operation::read(&[]).doing("The names of the views"),
    Operation::read(&[Selector::One("view")])
        .taking_request()
        .doing("Sleeps, fails, or shows the headers or the time as the service sees them")
        .taking(&[
            Parameter::path("view", Shape::Enumeration(&VIEWS), "What is to be done"),
            Parameter::query("time", Shape::Text, "How long to sleep: seconds, or 500ms; sleep"),
            Parameter::query("status", Shape::Integer, "The status to fail with: 500; error"),
        ]),
];

/// Serves the views.
#[derive(Debug)]
pub(crate) struct DebugEndpoint {
    sanitizer: Sanitizer,
    longest_sleep: Duration,
    beds: Semaphore,
}

impl DebugEndpoint {
    /// The views; nobody sleeps longer than this.
    pub(crate) fn new(sanitizer: Sanitizer, longest_sleep: Duration) -> Self {
        Self { sanitizer, longest_sleep, beds: Semaphore::new(MOST_SLEEPERS) }
    }

    async fn view(&self, call: &Call<'_>) -> EndpointResult {
        match call.selector(0)? {
            "sleep" => self.sleep(call).await,
            "error" => error(call),
            "headers" => self.headers(call),
            "time" => time(SystemTime::now()),
            _ => Ok(Reply::NotFound),
        }
    }

    /// Ends early if the caller goes away. It holds no thread.
    async fn sleep(&self, call: &Call<'_>) -> EndpointResult {
        let longest = self.longest_sleep;
        let asked = call.text("time").unwrap_or_default();
        let Some(time) = seconds_or_duration(&asked).filter(|time| *time <= longest) else {
            let complaint = format!(
                "time: expected how long to sleep, such as 2.5 (seconds) or 500ms, and at most \
                 {} s (actuator.debug.longest-sleep), not {:?}",
                longest.as_secs_f64(),
                shortened(&asked, 50)
            );
            return refused(400, "Bad Request", &complaint);
        };
        let Ok(_bed) = self.beds.try_acquire() else {
            return refused(429, "Too Many Requests", "as many sleep already as may at once");
        };
        tokio::time::sleep(time).await;
        Ok(Reply::Nothing)
    }

    fn headers(&self, call: &Call<'_>) -> EndpointResult {
        let Some(request) = &call.request else {
            return Err(Problem::internal("the request is not there"));
        };
        let mut headers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in request.headers().take(MOST_HEADERS) {
            let value = String::from_utf8_lossy(value);
            // Cut before, half a password would not be known as one.
            let clean = self.sanitizer.sanitize(name, &value);
            let shown = shortened(&clean, LONGEST_VALUE).to_owned();
            headers.entry(name).or_default().push(shown);
        }
        let path = self.sanitizer.sanitize_text(request.path());
        let query = self.sanitizer.sanitize_text(request.query());
        json(
            200,
            &HeadersDescriptor {
                headers,
                client_info: ClientDescriptor {
                    client_addr: call.client.map(|client| client.to_string()),
                    method: request.method(),
                    path: &path,
                    query: &query,
                },
            },
        )
    }
}

impl Endpoint for DebugEndpoint {
    fn id(&self) -> &'static str {
        "debug"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Tries what stands around the service: sleep for the patience of proxies, error for alarms, \
         headers for what arrives, time for the clock."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            match call.operation {
                0 => json(200, &ViewsDescriptor { views: VIEWS }),
                _ => self.view(&call).await,
            }
        })
    }
}

/// `2`, `2.5`: seconds; `500ms`, `PT2S`: a duration.
fn seconds_or_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => parse_duration(text, Duration::from_secs(1)).ok(),
    }
}

/// Fails as it is told. What is the service's fault is logged as an error, so that alarms can be
/// tried too.
fn error(call: &Call<'_>) -> EndpointResult {
    let asked = call.text("status");
    let status = asked.as_deref().map_or(Some(500), |text| text.trim().parse().ok());
    let Some(status) = status.filter(|status: &u16| (400..=599).contains(status)) else {
        let complaint = format!(
            "status: expected one of an error, from 400 to 599, not {:?}",
            shortened(asked.as_deref().unwrap_or_default(), 50)
        );
        return refused(400, "Bad Request", &complaint);
    };
    if status >= 500 {
        tracing::error!(target: "actuator::debug", status, "an error that was asked for");
    }
    json(status, &ErrorDescriptor { message: "Test", status })
}

fn time(now: SystemTime) -> EndpointResult {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    json(
        200,
        &TimeDescriptor {
            epoch: since.as_secs_f64(),
            gmt_time: iso_instant(now),
            timezone: std::env::var("TZ").ok().filter(|zone| !zone.is_empty()),
        },
    )
}

#[derive(Serialize)]
struct ViewsDescriptor {
    views: [&'static str; 4],
}

#[derive(Serialize)]
struct ErrorDescriptor {
    message: &'static str,
    status: u16,
}

#[derive(Serialize)]
struct TimeDescriptor {
    epoch: f64,
    gmt_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

#[derive(Serialize)]
struct HeadersDescriptor<'h> {
    headers: BTreeMap<&'h str, Vec<String>>,
    client_info: ClientDescriptor<'h>,
}

#[derive(Serialize)]
struct ClientDescriptor<'h> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_addr: Option<String>,
    method: &'h str,
    path: &'h str,
    query: &'h str,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::web_request::WebRequest;

    async fn ask(endpoint: &DebugEndpoint, view: &'static str, query: &[(&str, &str)]) -> Reply {
        let mut call = Call::new(1);
        call.selectors.push(view.into());
        let query = query.iter();
        call.query = query.map(|(k, v)| ((*k).to_owned().into(), (*v).to_owned().into())).collect();
        call.client = Some([10, 0, 0, 7].into());
        call.request = Some(WebRequest {
            method: "GET".to_owned(),
            path: "/actuator/debug/headers".to_owned(),
            headers: [
                ("host", "shop"),
                ("authorization", "Basic c2VjcmV0"),
                ("x-a", "1"),
                ("x-a", "2"),
            ]
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .to_vec(),
            ..WebRequest::default()
        });
        endpoint.invoke(call).await.unwrap()
    }

    fn endpoint() -> DebugEndpoint {
        DebugEndpoint::new(Sanitizer::default(), Duration::from_mins(1))
    }

    fn document(reply: Reply) -> (u16, Value) {
        match reply {
            Reply::Document { status, body, .. } => {
                (status, serde_json::from_slice(&body).unwrap())
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_sleeps_as_long_as_it_is_told_and_no_longer_than_it_may() {
        let endpoint = endpoint();
        for (time, expected) in [("2.5", 2_500), ("500ms", 500), ("0", 0), ("60", 60_000)] {
            let began = tokio::time::Instant::now();
            let reply = ask(&endpoint, "sleep", &[("time", time)]).await;
            assert!(matches!(reply, Reply::Nothing), "{time}");
            assert_eq!(began.elapsed().as_millis(), expected, "{time}");
        }
        for bad in ["", "61", "-1", "NaN", "inf", "soon", "2h"] {
            let (status, answer) = document(ask(&endpoint, "sleep", &[("time", bad)]).await);
            assert_eq!(status, 400, "{bad}: {answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_sleep_at_once_and_who_goes_away_makes_room() {
        let endpoint = endpoint();
        let mut sleepers = Vec::new();
        for _ in 0..MOST_SLEEPERS {
            let mut sleeper = Box::pin(ask(&endpoint, "sleep", &[("time", "60")]));
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(
                    sleeper.as_mut().poll(cx).is_pending()
                ))
                .await
            );
            sleepers.push(sleeper);
        }
        assert_eq!(document(ask(&endpoint, "sleep", &[("time", "1")]).await).0, 429);
        sleepers.pop();
        assert!(matches!(ask(&endpoint, "sleep", &[("time", "1")]).await, Reply::Nothing));
    }

    #[tokio::test]
    async fn it_fails_with_the_status_that_is_asked_for() {
        let endpoint = endpoint();
        let expected = serde_json::json!({"message": "Test", "status": 503});
        assert_eq!(document(ask(&endpoint, "error", &[("status", "503")]).await), (503, expected));
        assert_eq!(document(ask(&endpoint, "error", &[]).await).0, 500);
        for bad in ["200", "600", "99999", "x"] {
            let (status, answer) = document(ask(&endpoint, "error", &[("status", bad)]).await);
            assert_eq!((status, answer.get("message").is_some()), (400, true), "{bad}");
        }
    }

    #[tokio::test]
    async fn headers_are_shown_and_secrets_among_them_are_not() {
        let (_, answer) = document(ask(&endpoint(), "headers", &[]).await);
        assert_eq!(answer["headers"]["authorization"], serde_json::json!(["******"]));
        assert_eq!(answer["headers"]["x-a"], serde_json::json!(["1", "2"]));
        assert_eq!(answer["client_info"]["client_addr"], "10.0.0.7");
        assert_eq!(answer["client_info"]["path"], "/actuator/debug/headers");
    }

    #[tokio::test]
    async fn the_time_is_told_and_what_is_no_view_is_not_there() {
        let (_, answer) = document(ask(&endpoint(), "time", &[]).await);
        assert!(answer["epoch"].as_f64() > Some(1.7e9) && answer["gmt_time"].is_string());
        assert!(matches!(ask(&endpoint(), "nosuch", &[]).await, Reply::NotFound));
        let (_, views) = document(endpoint().invoke(Call::new(0)).await.unwrap());
        assert_eq!(views["views"].as_array().unwrap().len(), 4);
    }
}

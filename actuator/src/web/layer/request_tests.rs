//! Names of requests and their traces, around a real axum router.

use std::sync::mpsc;

use axum::{Router, body::Body, http::HeaderMap, response::IntoResponse, routing::get};
use tower::ServiceExt as _;

use super::*;
use crate::{
    meter::{MeterRegistry, MeterSettings},
    model::request::RequestContext,
    settings::{Settings, SettingsReader},
};

pub(super) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

pub(super) fn layer(pairs: &[(&str, &str)]) -> ActuatorLayer {
    layer_with(MeterSettings::default(), pairs)
}

fn layer_with(meters: MeterSettings, pairs: &[(&str, &str)]) -> ActuatorLayer {
    let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
    let settings = builder.build().unwrap();
    let registry = Arc::new(MeterRegistry::new(meters, Clock::system()));
    ActuatorLayer::new(LayerParts {
        meters: ServerRequestMeters::new(registry),
        meters_management: true,
        exchanges: None,
        clock: Clock::system(),
        base_path: "/actuator".to_owned(),
        server_timing: false,
        requests: RequestSettings::read(&mut SettingsReader::new(&settings)),
        forwarding: Forwarding::default(),
        sanitizer: Sanitizer::default(),
    })
}

/// What a handler knows of its request, by every way there is.
async fn known(extracted: RequestContext, optional: Option<RequestContext>) -> impl IntoResponse {
    tokio::task::yield_now().await;
    let current = RequestContext::current().unwrap();
    assert_eq!((&current, Some(&current)), (&extracted, optional.as_ref()));
    assert_eq!((current.method(), current.route()), (Some("GET"), Some("/known")));
    let told: Vec<_> =
        crate::request::outgoing_headers().map(|(name, value)| format!("{name}={value}")).collect();
    told.join(" ")
}

async fn panicking() -> &'static str {
    panic!("in the handler")
}

pub(super) fn router() -> Router {
    Router::new()
        .route("/known", get(known))
        .route("/own", get(|| async { [("x-request-id", "of the application")] }))
        .route("/panic", get(panicking))
        .route("/actuator/info", get(|| async { "{}" }))
        .route("/actuator-foo", get(|| async { "mine" }))
}

pub(super) fn request(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let builder = Request::get(path);
    let builder = headers.iter().fold(builder, |b, (name, value)| b.header(*name, *value));
    builder.body(Body::empty()).unwrap()
}

async fn send(pairs: &[(&str, &str)], path: &str, headers: &[(&str, &str)]) -> (HeaderMap, String) {
    let router = router().layer(layer(pairs));
    let response = router.oneshot(request(path, headers)).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    (parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// The id of a request with these headers.
async fn id(pairs: &[(&str, &str)], headers: &[(&str, &str)]) -> String {
    let (told, _) = send(pairs, "/known", headers).await;
    told["x-request-id"].to_str().unwrap().to_owned()
}

fn is_new(id: &str) -> bool {
    id.len() == 36 && id.as_bytes()[14] == b'4'
}

#[tokio::test]
async fn a_request_is_called_by_the_first_accepted_header_that_holds_an_id() {
    let known = ["x-request-id", "x-correlation-id", "request-id", "x-varnish", "x-amzn-trace-id"];
    for first in 0..known.len() {
        // Whatever the order in which they arrive.
        let headers: Vec<_> = known[first..].iter().rev().map(|name| (*name, *name)).collect();
        assert_eq!(id(&[], &headers).await, known[first]);
    }
    let bad_first = [("x-request-id", "no id"), ("x-varnish", "32770")];
    assert_eq!(id(&[], &bad_first).await, "32770");
    let own = [("actuator.request-id.accept", "x-own,x-request-id")];
    assert_eq!(id(&own, &[("x-request-id", "r"), ("x-own", "o")]).await, "o");
    assert!(is_new(&id(&own, &[("x-varnish", "32770")]).await));
    let nobody = [("actuator.request-id.accept", "")];
    assert!(is_new(&id(&nobody, &[("x-request-id", "r")]).await));
}

#[tokio::test]
async fn a_load_balancer_of_aws_names_the_root() {
    let root = "Root=1-67891233-abcdef012345678912345678";
    for value in [root, &format!("Self=1-1-2;{root}"), &format!("{root};Parent=53;Sampled=1")] {
        assert_eq!(id(&[], &[("x-amzn-trace-id", value)]).await, root);
    }
}

#[tokio::test]
async fn what_is_no_id_is_never_taken() {
    let (long, ascii_art) = ("x".repeat(129), "\u{7f}");
    let hostile =
        ["", " ", "a\tb", "a b", "\"", "\\", "<script>", "a;b", "a,b", "${jndi:ldap://x}", &long];
    let bytes = |bytes: &[u8]| http::HeaderValue::from_bytes(bytes).unwrap();
    for name in ["x-request-id", "x-correlation-id", "x-amzn-trace-id"] {
        for value in hostile.map(str::as_bytes).into_iter().chain([&[0xff, 0xfe][..]]) {
            let mut request = request("/known", &[]);
            request.headers_mut().insert(name, bytes(value));
            let told = router().layer(layer(&[])).oneshot(request).await.unwrap();
            let told = told.headers()["x-request-id"].to_str().unwrap().to_owned();
            assert!(is_new(&told), "{value:?}: {told}");
        }
    }
    assert!(http::HeaderValue::from_str(ascii_art).is_err(), "never reaches us");
}

#[tokio::test]
async fn the_id_is_told_in_the_service_s_own_header_if_the_application_does_not() {
    let (told, _) = send(&[], "/own", &[("x-request-id", "r-1")]).await;
    assert_eq!(told["x-request-id"], "of the application");
    let (told, _) = send(&[], "/nowhere", &[("x-request-id", "r-1")]).await;
    assert_eq!(told["x-request-id"], "r-1", "also where no route is");
    let own = ("actuator.request-id.header", "X-Own");
    let (told, body) = send(&[own], "/known", &[("x-varnish", "1")]).await;
    assert_eq!((told["x-own"].to_str().unwrap(), &*body), ("1", "x-own=1"));
    assert!(!told.contains_key("x-request-id"));
    let silent = ("actuator.request-id.echo", "false");
    let (told, body) = send(&[silent], "/known", &[("x-varnish", "1")]).await;
    assert_eq!((told.contains_key("x-request-id"), &*body), (false, "x-request-id=1"));
}

#[tokio::test]
async fn trap_seed_25_management_answers_keep_their_headers_and_look_alikes_are_told() {
    let (told, _) = send(&[], "/actuator/info", &[("x-request-id", "r-1")]).await;
    assert!(!told.contains_key("x-request-id"));
    let (told, _) = send(&[], "/actuator-foo", &[("x-request-id", "r-1")]).await;
    assert_eq!(told["x-request-id"], "r-1");
}

#[tokio::test]
async fn calls_are_told_the_request_s_own_span_in_the_caller_s_trace() {
    let headers = [("x-request-id", "r-1"), ("traceparent", TRACE), ("tracestate", "v=1")];
    let (_, told) = send(&[], "/known", &headers).await;
    let told: Vec<_> = told.split(' ').collect();
    assert_eq!((told[0], told[2]), ("x-request-id=r-1", "tracestate=v=1"));
    let parts: Vec<_> = told[1].split('-').collect();
    assert_eq!((parts[0], parts[1]), ("traceparent=00", "4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_ne!(parts[2], "00f067aa0ba902b7");
    assert_eq!((parts[2].len(), parts[3]), (16, "01"));
}

#[tokio::test]
async fn no_trace_is_made_up_or_believed_unless_a_setting_says_so() {
    let id = ("x-request-id", "r-1");
    let twice = [id, ("traceparent", TRACE), ("traceparent", TRACE)];
    let invalid = [id, ("traceparent", "00-0-0-01"), ("tracestate", "v=1")];
    for headers in [&twice[..], &invalid, &[id, ("tracestate", "v=1")]] {
        assert_eq!(send(&[], "/known", headers).await.1, "x-request-id=r-1", "{headers:?}");
    }
    let deaf = [("actuator.trace-context.accept", "false")];
    let traced = [id, ("traceparent", TRACE)];
    assert_eq!(send(&deaf, "/known", &traced).await.1, "x-request-id=r-1");
    let begin = [deaf[0], ("actuator.trace-context.begin", "true")];
    let (_, told) = send(&begin, "/known", &traced).await;
    let (_, parent) = told.split_once("traceparent=").unwrap();
    let own = crate::model::trace_context::TraceParent::parse(parent).unwrap();
    assert!(!told.contains("4bf92f3577b34da6a3ce929d0e0e4736") && !own.is_sampled, "{told}");
}

#[tokio::test]
async fn requests_on_one_thread_whose_polls_take_turns_never_see_each_other() {
    async fn patient(own: RequestContext) -> String {
        for _ in 0..10 {
            tokio::task::yield_now().await;
            assert_eq!(RequestContext::current().as_ref(), Some(&own));
        }
        own.id().to_owned()
    }
    let router = Router::new().route("/", get(patient)).layer(layer(&[]));
    let ids: Vec<String> = (0..20).map(|n| format!("r-{n}")).collect();
    let started: Vec<_> = ids
        .iter()
        .map(|id| router.clone().oneshot(request("/", &[("x-request-id", id)])))
        .map(tokio::spawn)
        .collect();
    for (id, task) in ids.iter().zip(started) {
        assert_eq!(task.await.unwrap().unwrap().headers()["x-request-id"], id.as_str());
        assert_eq!(RequestContext::current(), None);
    }
}

#[tokio::test]
async fn a_panic_leaves_no_request_behind() {
    let router = router().layer(layer(&[]));
    let task = tokio::spawn(router.clone().oneshot(request("/panic", &[])));
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(RequestContext::current(), None);
    let explode = |_: Request<Body>| -> std::future::Ready<Result<Response<Body>, ()>> {
        assert!(RequestContext::current().is_some());
        panic!("in call")
    };
    let mut service = layer(&[]).layer(tower::service_fn(explode));
    let call = AssertUnwindSafe(|| service.call(request("/", &[])));
    assert!(catch_unwind(call).is_err());
    assert_eq!(RequestContext::current(), None);
}

#[tokio::test]
async fn what_ends_with_a_request_that_nobody_waits_for_is_still_part_of_it() {
    struct Told(mpsc::Sender<Option<String>>);
    impl Drop for Told {
        fn drop(&mut self) {
            let id = RequestContext::current().map(|request| request.id().to_owned());
            self.0.send(id).unwrap();
        }
    }
    let (tell, told) = mpsc::channel();
    let wait = move || async move {
        let _told = Told(tell);
        std::future::pending::<()>().await;
    };
    let router = Router::new().route("/", get(wait)).layer(layer(&[]));
    let mut response = Box::pin(router.oneshot(request("/", &[("x-request-id", "r-1")])));
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(response.as_mut().poll(&mut context).is_pending());
    drop(response);
    assert_eq!(told.try_recv().unwrap().as_deref(), Some("r-1"));
}

#[tokio::test]
async fn a_route_without_the_layer_says_what_is_missing() {
    let one = || get(|_: RequestContext| async {});
    let two = get(|request: Option<RequestContext>| async move { request.is_some().to_string() });
    let router = Router::new().route("/one", one()).route("/two", two);
    let response = router.clone().oneshot(request("/one", &[])).await.unwrap();
    assert_eq!(response.status(), 500);
    let response = router.oneshot(request("/two", &[])).await.unwrap();
    assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "false");
    assert!(crate::request::NoRequestContext.to_string().contains("actuator.request-id.enabled"));
}

#[tokio::test]
async fn switched_off_nothing_is_done_to_a_request() {
    let mut meters = MeterSettings::default();
    meters.enable.push(("http".to_owned(), false));
    let off = layer_with(meters, &[("actuator.request-id.enabled", "false")]);
    let scope = Arc::new(Scope::new(off.recorder));
    let mut request = request("/known", &[("x-request-id", "r-1"), ("traceparent", TRACE)]);
    let (surroundings, recording) = scope.begin(&mut request);
    assert!(surroundings.is_none() && recording.is_none());
    assert!(request.extensions().is_empty());
}

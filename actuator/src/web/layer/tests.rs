//! The layer around a real axum router: what is recorded, under which names, whatever happens.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::StatusCode,
    response::Redirect,
    routing::{get, post},
};
use tower::ServiceExt as _;

use super::*;
use crate::{
    exchange::{Exchange, ExchangeSettings, Include},
    meter::{MeterRegistry, MeterSettings, Statistic, Tag},
    model::{principal::Principal, request::RequestContext, sanitizer::Sanitizer},
    web::ServerTiming,
};

struct App {
    router: Router,
    registry: Arc<MeterRegistry>,
    exchanges: Arc<ExchangeRepository>,
    clock: Clock,
}

fn app_with(meters: MeterSettings, settings: ExchangeSettings) -> App {
    let clock = Clock::manual(std::time::SystemTime::now());
    let is_metered = meters.management_requests;
    let registry = Arc::new(MeterRegistry::new(meters, clock.clone()));
    let exchanges =
        Arc::new(ExchangeRepository::new(settings, Sanitizer::default(), clock.clone()));
    let layer = ActuatorLayer::new(LayerParts {
        meters: ServerRequestMeters::new(Arc::clone(&registry)),
        meters_management: is_metered,
        exchanges: Some(Arc::clone(&exchanges)),
        clock: clock.clone(),
        base_path: "/actuator".to_owned(),
        server_timing: true,
        requests: RequestSettings { ids: None, log: false },
        forwarding: Forwarding::default(),
        sanitizer: Sanitizer::default(),
    });
    let slow = clock.clone();
    let nested = Router::new().route("/{id}", get(|| async { "nested" }));
    let router = Router::new()
        .route("/users/{id}", get(|| async { "user" }))
        .route("/moved", get(|| async { Redirect::temporary("/users/1") }))
        .route("/boom", get(boom))
        .route("/never", get(std::future::pending::<()>))
        .route(
            "/slow",
            get(move |timing: ServerTiming| async move {
                slow.advance(Duration::from_millis(90));
                timing.add("db", Duration::from_millis(30));
            }),
        )
        .route("/teapot", post(|| async { StatusCode::IM_A_TEAPOT }))
        .route("/actuator/health", get(|| async { "UP" }))
        .route("/actuator-foo", get(|| async { "mine" }))
        .nest("/nested", nested)
        .layer(layer);
    App { router, registry, exchanges, clock }
}

fn app() -> App {
    app_with(MeterSettings::default(), ExchangeSettings::default())
}

impl App {
    async fn request(&self, method: &str, uri: &str) -> StatusCode {
        let request = Request::builder().method(method).uri(uri).header("host", "app.example");
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    fn measured(&self, statistic: Statistic, tags: &[(&str, &str)]) -> f64 {
        let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        let reading = self.registry.read("http.server.requests", &tags);
        let find = |reading: crate::meter::MetricReading| {
            reading.measurements.into_iter().find(|one| one.statistic == statistic)
        };
        reading.and_then(find).map_or(0.0, |one| one.value)
    }

    fn assert_counted(&self, count: u32, tags: &[(&str, &str)]) {
        let counted = self.measured(Statistic::Count, tags);
        assert!((counted - f64::from(count)).abs() < f64::EPSILON, "{tags:?}: {counted}");
    }

    fn last_exchange(&self) -> Exchange {
        self.exchanges.exchanges().remove(0)
    }

    fn assert_nothing_active(&self) {
        let reading = self.registry.read("http.server.requests.active", &[]).unwrap();
        assert!(reading.measurements[0].value.abs() < f64::EPSILON, "{reading:?}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_template_and_not_by_path() {
    let app = app();
    for id in 0..5 {
        app.request("GET", &format!("/users/{id}")).await;
        app.request("GET", &format!("/nested/{id}")).await;
    }
    let all = [
        ("uri", "/users/{id}"),
        ("method", "GET"),
        ("status", "200"),
        ("outcome", "SUCCESS"),
        ("exception", "none"),
        ("error", "none"),
    ];
    app.assert_counted(5, &all);
    app.assert_counted(5, &[("uri", "/nested/{id}")]);
    app.assert_nothing_active();
}

#[tokio::test]
async fn what_has_no_route_has_a_name_by_its_status_and_odd_methods_share_one() {
    let app = app();
    for path in 0..50 {
        app.request("GET", &format!("/nowhere/{path}")).await;
    }
    app.request("DELETE", "/users/1").await;
    app.request("BREW", "/teapot").await;
    app.request("GET", "/moved").await;
    app.assert_counted(50, &[("uri", "NOT_FOUND"), ("outcome", "CLIENT_ERROR")]);
    app.assert_counted(1, &[("uri", "/users/{id}"), ("status", "405"), ("method", "DELETE")]);
    app.assert_counted(1, &[("method", "UNKNOWN"), ("status", "405")]);
    app.assert_counted(1, &[("uri", "/moved"), ("outcome", "REDIRECTION")]);
}

#[tokio::test]
async fn trap_seed_08_a_panic_is_recorded_as_500_and_goes_on_unchanged() {
    let app = app();
    let router = app.router.clone();
    let request = Request::builder().uri("/boom?x=1").body(Body::empty()).unwrap();
    let panic = tokio::spawn(router.oneshot(request)).await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"at the disco"));
    let tags = [("uri", "/boom"), ("status", "500"), ("exception", "panic"), ("error", "panic")];
    app.assert_counted(1, &tags);
    app.assert_counted(1, &[("outcome", "SERVER_ERROR")]);
    let exchange = app.last_exchange();
    assert_eq!((exchange.status, exchange.uri.as_str()), (500, "http://localhost/boom?x=1"));
    app.assert_nothing_active();
}

#[tokio::test]
async fn trap_seed_08_an_error_and_a_panic_of_the_call_itself_are_recorded() {
    #[derive(Debug)]
    struct Refused;
    type Never = std::future::Ready<Result<Response<Body>, Infallible>>;
    let app = app();
    let layer = ActuatorLayer::new(LayerParts {
        meters: ServerRequestMeters::new(Arc::clone(&app.registry)),
        meters_management: true,
        exchanges: None,
        clock: app.clock.clone(),
        base_path: String::new(),
        server_timing: false,
        requests: RequestSettings { ids: None, log: false },
        forwarding: Forwarding::default(),
        sanitizer: Sanitizer::default(),
    });
    let refuse = |_: Request<Body>| async { Err::<Response<Body>, _>(Refused) };
    let service = layer.layer(tower::service_fn(refuse));
    assert!(service.oneshot(Request::new(Body::empty())).await.is_err());
    app.assert_counted(1, &[("status", "500"), ("exception", "Refused")]);

    let explode = |_: Request<Body>| -> Never { panic!("in call") };
    let mut service = layer.layer(tower::service_fn(explode));
    let call = AssertUnwindSafe(|| service.call(Request::new(Body::empty())));
    assert!(catch_unwind(call).is_err());
    app.assert_counted(1, &[("status", "500"), ("exception", "panic")]);
}

#[tokio::test]
async fn a_request_whose_client_went_away_is_recorded_once() {
    let app = app();
    let request = Request::builder().uri("/never").body(Body::empty()).unwrap();
    let mut response = Box::pin(app.router.clone().oneshot(request));
    assert!(futures_are_pending(&mut response));
    let active = app.registry.read("http.server.requests.active", &[]).unwrap();
    assert!((active.measurements[0].value - 1.0).abs() < f64::EPSILON);
    drop(response);
    app.assert_counted(1, &[("uri", "/never"), ("status", "UNKNOWN"), ("outcome", "UNKNOWN")]);
    assert_eq!(app.last_exchange().status, 499);
    assert_eq!(app.exchanges.exchanges().len(), 1);
    app.assert_nothing_active();
}

async fn boom() {
    panic!("at the disco")
}

fn futures_are_pending<F: Future + Unpin>(future: &mut F) -> bool {
    let mut context = Context::from_waker(std::task::Waker::noop());
    Pin::new(future).poll(&mut context).is_pending()
}

#[tokio::test]
async fn trap_seed_24_durations_are_of_the_wall_clock() {
    let app = app();
    app.request("GET", "/slow").await;
    assert!((app.measured(Statistic::TotalTime, &[("uri", "/slow")]) - 0.09).abs() < 1e-9);
    assert!((app.measured(Statistic::Max, &[]) - 0.09).abs() < 1e-9);
    assert_eq!(app.last_exchange().time_taken, Some(Duration::from_millis(90)));
}

#[tokio::test]
async fn management_requests_can_be_left_out_and_a_path_that_looks_alike_is_not_one() {
    let meters = MeterSettings { management_requests: false, ..MeterSettings::default() };
    let settings = ExchangeSettings { management_requests: false, ..ExchangeSettings::default() };
    let quiet = app_with(meters, settings);
    let loud = app();
    for app in [&quiet, &loud] {
        app.request("GET", "/actuator/health").await;
        app.request("GET", "/actuator-foo").await;
    }
    quiet.assert_counted(0, &[("uri", "/actuator/health")]);
    quiet.assert_counted(1, &[("uri", "/actuator-foo")]);
    assert_eq!(quiet.exchanges.exchanges().len(), 1);
    loud.assert_counted(1, &[("uri", "/actuator/health")]);
    assert_eq!(loud.exchanges.exchanges().len(), 2);
}

#[tokio::test]
async fn an_exchange_has_headers_address_and_caller_as_included() {
    let include = Include { remote_address: true, principal: true, ..Include::default() };
    let app =
        app_with(MeterSettings::default(), ExchangeSettings { include, ..Default::default() });
    let mut request = Request::builder()
        .uri("/users/7?a=b")
        .header("host", "app.example:8080")
        .header("cookie", "id=1")
        .header("x-many", "1")
        .header("x-many", "2")
        .body(Body::empty())
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 9], 4711))));
    let caller = Principal { name: "alice".to_owned(), roles: Vec::new() };
    request.extensions_mut().insert(caller);
    app.router.clone().oneshot(request).await.unwrap();
    let exchange = app.last_exchange();
    assert_eq!(exchange.uri, "http://app.example:8080/users/7?a=b");
    assert_eq!(exchange.remote_address.as_deref(), Some("10.0.0.9"));
    assert_eq!(exchange.principal.as_deref(), Some("alice"));
    let names: Vec<_> = exchange.request_headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["host", "x-many"]);
    assert!(exchange.response_headers.iter().any(|(name, _)| name == "content-type"));
}

#[tokio::test]
async fn sizes_of_bodies_are_measured_where_they_are_told() {
    let app = app();
    let request = Request::post("/teapot").header("content-length", "5");
    app.router.clone().oneshot(request.body(Body::from("hello")).unwrap()).await.unwrap();
    app.request("GET", "/users/7").await;
    let total = |side: &str, uri| {
        let name = format!("http.server.{side}.body.size");
        let reading = app.registry.read(&name, &[Tag::new("uri", uri)]).unwrap();
        assert_eq!(reading.base_unit.as_deref(), Some("bytes"));
        (reading.measurements[0].value, reading.measurements[1].value)
    };
    assert_eq!(total("request", "/teapot"), (1.0, 5.0));
    assert_eq!(total("request", "/users/{id}"), (0.0, 0.0));
    assert_eq!(total("response", "/users/{id}"), (1.0, 4.0));
}

#[tokio::test]
async fn a_sampled_trace_becomes_the_exemplar_of_its_bucket() {
    let objectives =
        ("http.server.requests".to_owned(), vec![crate::meter::MeterValue::Number(50.0)]);
    let mut settings = MeterSettings::default();
    settings.distribution.objectives.push(objectives);
    let app = app_with(settings, ExchangeSettings::default());
    for (uri, flags) in [("/slow", "01"), ("/users/1", "00")] {
        let trace = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
        let request = Request::get(uri).header("traceparent", trace);
        app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    }
    let mut series = Vec::new();
    let families = app.registry.families();
    let family = families.iter().find(|family| family.name() == "http.server.requests").unwrap();
    family.series(0, 10, &mut series);
    let mut found = Vec::new();
    for series in series {
        let crate::meter::Series::Timer(timer) = series else { panic!("{series:?}") };
        found.extend(
            (0..2).filter_map(|bucket| Some((bucket, timer.histogram().exemplar(bucket)?))),
        );
    }
    let [(1, recorded)] = found[..] else { panic!("{found:?}") };
    assert_eq!(recorded.exemplar.trace_id, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
    assert!((recorded.value - 0.09).abs() < 1e-9);
}

#[tokio::test]
async fn trap_seed_24_server_timing_tells_time_on_the_wall_as_dur() {
    let app = app();
    let request = Request::get("/slow").body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(
        response.headers()["server-timing"],
        r#"route;desc="/slow";dur=90.000, db;dur=30.000"#
    );
    let request = Request::get("/nowhere").body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["server-timing"], r#"route;desc="UNKNOWN";dur=0.000"#);
}

#[tokio::test]
async fn trap_sba_an_http_2_request_has_its_scheme_and_authority_in_the_uri_and_no_host() {
    let app = app();
    let request = Request::get("https://h2.example/users/7?a=b").version(http::Version::HTTP_2);
    app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(app.last_exchange().uri, "https://h2.example/users/7?a=b");
}

#[tokio::test]
async fn an_exchange_has_the_id_of_its_request() {
    let app = app();
    app.request("GET", "/users/1").await;
    assert_eq!(app.last_exchange().request_id, None);
    let context = RequestContext::new("r-2", None).unwrap();
    context.scope(app.request("GET", "/users/3")).await;
    assert_eq!(app.last_exchange().request_id.as_deref(), Some("r-2"));
}

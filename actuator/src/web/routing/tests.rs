//! Routers that are compared with what they route.

use axum::{extract::Path, http::StatusCode};
use tower_service::Service as _;

use super::*;
use crate::model::mapping::Mapping;

async fn list() -> &'static str {
    "list"
}

async fn one(Path(id): Path<u32>) -> String {
    format!("one {id}")
}

fn told(mappings: &[Mapping]) -> Vec<(String, &str)> {
    mappings.iter().map(|one| (one.methods.join(","), one.pattern())).collect()
}

#[test]
fn every_route_is_known_by_method_pattern_handler_and_place() {
    let line = line!() + 1;
    let orders = Router::new().route("/", get(list).post(|| async { StatusCode::CREATED }));
    let router: Router = Router::new()
        .nest("/orders", orders.route("/{id}", on(MethodFilter::PUT.or(MethodFilter::PATCH), one)))
        .route("/all", any(list))
        .with_state(());
    let known = told(router.mappings());
    assert_eq!(
        known,
        [
            ("GET".to_owned(), "/orders"),
            ("POST".to_owned(), "/orders"),
            ("PUT,PATCH".to_owned(), "/orders/{id}"),
            (String::new(), "/all"),
        ]
    );
    let first = &router.mappings()[0];
    assert!(first.handler().unwrap().ends_with("routing::tests::list"), "{first:?}");
    assert!(first.place().unwrap().ends_with(&format!("routing/tests.rs:{line}")), "{first:?}");
    let closure = router.mappings()[1].handler().unwrap();
    assert!(closure.ends_with("{{closure}}"), "{closure}");
}

#[tokio::test]
async fn what_is_routed_is_what_axum_would_route() {
    let mut router: Router = Router::new()
        .nest("/orders", Router::new().route("/{id}", get(one)))
        .route("/", get(list))
        .fallback(async || (StatusCode::IM_A_TEAPOT, "nothing"));
    for (path, status) in [("/orders/7", 200), ("/", 200), ("/orders/x", 400), ("/no", 418)] {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        assert_eq!(router.call(request).await.unwrap().status(), status, "{path}");
    }
    assert!(router.has_routes());
}

/// Should a release of axum change the text, this fails, and routes of its own router are no longer
/// listed until `listed` reads the new one.
#[test]
fn patterns_and_methods_of_axums_own_router_are_known() {
    use axum::routing;
    let inner = axum::Router::new().route("/{id}", routing::get(one).delete(one));
    let plain: axum::Router = axum::Router::new()
        .route("/hello", routing::get(list))
        .route("/any", routing::any(list))
        .nest("/orders", inner)
        .nest_service("/files", routing::get(list))
        .fallback(list)
        .layer(axum::middleware::from_fn(
            async |request: axum::extract::Request, next: axum::middleware::Next| {
                next.run(request).await
            },
        ));
    let wanted = [
        (String::new(), "/any"),
        (String::new(), "/files"),
        (String::new(), "/files/"),
        ("GET".to_owned(), "/hello"),
        ("GET,DELETE".to_owned(), "/orders/{id}"),
    ];
    let router = Router::from(plain.clone());
    assert_eq!(told(router.mappings()), wanted, "{plain:?}");
    // Among routes that were noted.
    let router: Router = Router::new().route("/", get(list)).merge(plain);
    assert_eq!(router.mappings().len(), 6);
    let inner: MethodRouter = routing::get(list).put(list).into();
    assert_eq!(told(&inner.handlers), [("GET,PUT".to_owned(), "")]);
}

#[test]
fn a_text_that_says_nothing_tells_nothing() {
    for text in [
        "",
        "Router { .. }",
        "routes: {RouteId(0): x",
        "routes: {}, node: Node { paths: {RouteId(0): \"/a",
        "routes: {RouteId(}, node: Node { paths: {RouteId(0): \"/a\"",
    ] {
        assert!(listed::routes(text).len() <= 1, "{text}");
    }
    assert!(listed::methods("allow_header: Bytes(b\"GET").is_empty());
}

#[test]
fn the_longest_names_of_handlers_are_cut() {
    let mapping = Mapping::new("GET", "/").handled_by("ä".repeat(10_000));
    assert!(mapping.handler().unwrap().len() <= 303);
}

//! Every route of a service with all that can be switched on, asked by a stranger.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use tower::ServiceExt as _;

use crate::{
    Actuator, App,
    endpoint::IDS,
    migration::{Migration, MigrationError, MigrationSource},
    model::{
        call::Listener,
        endpoint::{BoxFuture, Operation, Selector},
    },
    scheduling::Schedule,
    server::builder::Builder,
    session::{RepositoryError, SessionDetails, SessionRepository},
};

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
/// Whatever can be switched on, is.
const ALL_ON: [(&str, &str); 19] = [
    ("spring.security.user.password", "{noop}secret"),
    ("management.endpoints.web.exposure.include", "*"),
    ("management.endpoints.access.default", "unrestricted"),
    ("management.endpoint.health.probes.add-additional-paths", "true"),
    ("management.endpoint.health.group.own.additional-path", "server:/own"),
    ("management.endpoint.health.group.own.include", "ping"),
    ("management.endpoint.logfile.external-file", "/var/log/app.log"),
    (
        "management.endpoint.sbom.application.location",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ),
    ("actuator.health.microprofile.enabled", "true"),
    ("actuator.health.health-json.enabled", "true"),
    ("actuator.health.plain-text.enabled", "true"),
    ("actuator.health.override.enabled", "true"),
    ("actuator.compat.healthcheck.enabled", "true"),
    ("actuator.compat.c2c.enabled", "true"),
    ("actuator.compat.c2c.stats.enabled", "true"),
    ("actuator.compat.pymicro.enabled", "true"),
    ("actuator.compat.httptrace", "true"),
    ("actuator.compat.dump", "true"),
    ("management.auditevents.enabled", "true"),
];

fn builder(settings: &[(&str, &str)]) -> Builder {
    let mut builder = Actuator::builder().isolated().without_declarations();
    if cfg!(feature = "debug") {
        builder = builder.force_setting("actuator.debug.enabled", "true");
    }
    // Some endpoints exist only where this crate serves.
    builder.serves = true;
    let builder = builder.with(subjects);
    settings.iter().fold(builder, |builder, (name, value)| builder.force_setting(name, *value))
}

/// What makes those endpoints exist that speak of what an application registers.
fn subjects(app: &mut App) {
    app.caches();
    app.session_repository(Nothing);
    app.migrations("none", Nothing);
    app.scheduled("sample", Schedule::once(Duration::from_hours(1)), || async {});
}

struct Nothing;

impl SessionRepository for Nothing {
    fn find_by_username(
        &self,
        _username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn find_by_id(
        &self,
        _id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn delete_by_id(&self, _id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl MigrationSource for Nothing {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

/// The management API on a listener, as that serves it.
fn router(actuator: &Actuator, listener: Listener) -> axum::Router {
    let management = actuator.management(listener);
    if listener == actuator.server.management_listener() {
        management.into_router()
    } else {
        management.into_mounted_router()
    }
}

async fn ask(router: &axum::Router, method: &str, path: &str) -> StatusCode {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap().status()
}

/// A path of an operation, below its endpoint's own.
fn path_of(operation: &Operation) -> String {
    let segment = |selector: &Selector| match selector {
        Selector::One(_) => "/one",
        Selector::Remaining(_) => "/one/two",
    };
    operation.selectors.iter().map(segment).collect()
}

/// Every path of the service, with the listener on which it is and the id of what answers there.
fn routes(actuator: &Actuator) -> Vec<(Listener, String, Option<String>)> {
    let own = actuator.server.management_listener();
    let base = &actuator.server.base_path;
    let mut routes = vec![(own, format!("{base}/"), None)];
    if !base.is_empty() {
        routes.push((own, base.clone(), None));
    }
    for (path, id) in [("nosuch", None), ("health/%ff", None), ("%2e%2e/health", None)] {
        routes.push((own, format!("{base}/{path}"), id));
    }
    for exposed in actuator.exposure.apply(actuator.endpoints.clone()) {
        let path = format!("{base}/{}", exposed.path());
        for (_, operation) in exposed.operations() {
            let id = Some(exposed.id().to_owned());
            routes.push((own, format!("{path}{}", path_of(operation)), id));
        }
        for other in [format!("{path}.json"), format!("{path}x"), format!("{path};a=b/%zz")] {
            routes.push((own, other, None));
        }
    }
    for mounted in &actuator.mounted {
        let id = Some(mounted.endpoint.id().to_owned());
        routes.push((mounted.listener, mounted.path.clone(), id.clone()));
        if mounted.below {
            routes.push((mounted.listener, format!("{}/one", mounted.path), id));
        }
    }
    routes
}

async fn nobody_gets_beyond_health(settings: &[(&str, &str)]) -> Vec<String> {
    let actuator = builder(settings).build().await.unwrap();
    let [application, management] =
        [Listener::Application, Listener::Management].map(|listener| router(&actuator, listener));
    let mut passed = Vec::new();
    for (listener, path, id) in routes(&actuator) {
        let router = if listener == Listener::Application { &application } else { &management };
        for method in METHODS {
            let status = ask(router, method, &path).await;
            let is_write = matches!(method, "POST" | "DELETE");
            let is_open = id.as_deref() == Some("health") && !is_write;
            assert_eq!(status == StatusCode::UNAUTHORIZED, !is_open, "{method} {path}: {status}");
            if is_open && method == "GET" {
                passed.push(path.clone());
            }
        }
    }
    passed
}

#[tokio::test]
async fn whatever_route_there_is_nobody_passes_without_credentials_but_to_health() {
    let open = nobody_gets_beyond_health(&ALL_ON).await;
    let wanted =
        ["/actuator/health", "/livez", "/readyz", "/own", "/healthcheck", "/c2c/health_check"];
    for path in wanted {
        assert!(open.iter().any(|open| open == path), "{path} in {open:?}");
    }
    assert!(open.len() > 10, "{open:?}");
    let ids = builder(&ALL_ON).build().await.unwrap();
    let ids: Vec<String> = ids.endpoints.iter().map(|one| one.id().to_owned()).collect();
    let is_built = |id: &&str| **id != *"debug" || cfg!(feature = "debug");
    let built: Vec<&str> = IDS.iter().copied().filter(is_built).collect();
    assert_eq!(ids, built, "all of them were asked");
}

#[tokio::test]
async fn the_same_holds_on_a_port_of_its_own_at_the_root_and_without_health() {
    let with = |more: &[(&'static str, &'static str)]| {
        let mut settings = ALL_ON.to_vec();
        settings.extend_from_slice(more);
        settings
    };
    let own_port = with(&[("management.server.port", "0")]);
    assert!(nobody_gets_beyond_health(&own_port).await.len() > 10);
    let root = with(&[
        ("management.server.port", "0"),
        ("management.endpoints.web.base-path", "/"),
        // They would stand where endpoints are.
        ("actuator.health.microprofile.path", "/mp"),
        ("actuator.compat.pymicro.path", "/pm"),
    ]);
    assert!(nobody_gets_beyond_health(&root).await.len() > 10);
    // What is guarded does not depend on an endpoint that is open.
    let no_health = with(&[
        ("management.endpoint.health.access", "none"),
        ("management.endpoint.health.probes.add-additional-paths", "false"),
    ]);
    assert_eq!(nobody_gets_beyond_health(&no_health).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_rule_for_an_endpoint_that_is_not_there_matches_nothing() {
    for (name, value) in [
        ("management.endpoint.env.access", "none"),
        ("management.endpoints.web.exposure.exclude", "env"),
    ] {
        let actuator = builder(&[
            ("spring.security.user.password", "{noop}secret"),
            ("management.endpoints.web.exposure.include", "*"),
            ("actuator.security.permit-all", "env"),
            ("management.endpoint.env.read-roles", "nobody"),
            (name, value),
        ])
        .build()
        .await
        .unwrap();
        let router = router(&actuator, Listener::Application);
        for (_, path, _) in routes(&actuator) {
            assert_eq!(ask(&router, "GET", &path).await, StatusCode::UNAUTHORIZED, "{path}");
        }
        let env = ask(&router, "GET", "/actuator/env").await;
        assert_eq!(env, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn additional_paths_are_open_exactly_and_what_only_begins_alike_is_not_ours() {
    let actuator = builder(&ALL_ON).build().await.unwrap();
    let router = router(&actuator, Listener::Application);
    for path in
        ["/own/", "/own/x", "/ownx", "/livezx", "/own;x", "/OWN", "//own", "/c2c/health_check/x"]
    {
        let status = ask(&router, "GET", path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path} belongs to the application");
    }
}

#[tokio::test]
async fn nothing_is_guarded_where_nothing_is_set() {
    let actuator = builder(&[]).build().await.unwrap();
    assert!(actuator.guard.is_none());
}

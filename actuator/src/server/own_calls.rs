//! Requests that the service makes of itself, without a connection: for those who measure what a
//! request leaves behind.

use std::sync::Arc;

use axum::{Router, body::Body};
use http::{Request, header};
use http_body_util::BodyExt as _;
use tokio::{runtime::Handle, task::JoinSet};
use tower_service::Service as _;

use super::insides::Insides;
use crate::{
    memory::CallApplication, support::application_runtime::ApplicationRuntime,
    support::text::is_at_or_below,
};

/// Bodies beyond this are not read to their end.
const LONGEST_BODY: u64 = 256 * 1024 * 1024;

/// What makes a GET request of a path of the application. `management` is where its own port has the
/// management API, which is not called: its answers are about the process, not of it.
pub(super) fn caller(
    insides: Insides,
    management: Option<String>,
    runtime: ApplicationRuntime,
) -> CallApplication {
    Arc::new(move |path| {
        let prepared = prepare(&insides, management.as_deref(), path);
        let runtime = runtime.clone();
        Box::pin(async move {
            let (router, request) = prepared?;
            let home = runtime.elsewhere().unwrap_or_else(Handle::current);
            // A task of its own: a panic of the application is not ours. It ends with its asker.
            let mut tasks = JoinSet::new();
            tasks.spawn_on(call(router, request), &home);
            match tasks.join_next().await {
                Some(Ok(answer)) => answer,
                Some(Err(error)) if error.is_panic() => Err("the application panicked".to_owned()),
                _ => Err("the service ends".to_owned()),
            }
        })
    })
}

fn prepare(
    insides: &Insides,
    management: Option<&str>,
    path: &str,
) -> Result<(Router, Request<Body>), String> {
    let router = insides.application().ok_or(
        "the routes of the application are known only where this crate serves them (serve!, run())",
    )?;
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .map_err(|error| format!("path: expected a path such as /orders?page=2: {error}"))?;
    let named = request.uri().path();
    let is_own = |base: &str| !base.is_empty() && is_at_or_below(named, base);
    if management.is_some_and(is_own) {
        return Err("path: expected one of the application, not of the management API".to_owned());
    }
    Ok((router, request))
}

/// The status, and how long the body was.
async fn call(mut router: Router, request: Request<Body>) -> Result<(u16, u64), String> {
    let Ok(response) = router.call(request).await;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut length = 0_u64;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the answer broke off: {error}"))?;
        let data = frame.data_ref().map_or(0, bytes::Bytes::len);
        length = length.saturating_add(u64::try_from(data).unwrap_or(u64::MAX));
        if length > LONGEST_BODY {
            return Err("the answer is longer than 256 MiB".to_owned());
        }
    }
    Ok((status, length))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;

    fn served(routes: Router) -> CallApplication {
        let insides = Insides::default();
        insides.knows_application(routes);
        caller(insides, Some("/actuator".to_owned()), ApplicationRuntime::default())
    }

    #[tokio::test]
    async fn the_routes_of_the_application_are_called_and_those_of_the_management_api_are_not() {
        let routes = Router::new()
            .route("/orders", get(|| async { "twelve bytes" }))
            .route("/panics", get(|| async { panic!("for the test") as &'static str }));
        let call = served(routes);
        assert_eq!(call("/orders?page=2").await, Ok((200, 12)));
        assert_eq!(call("/nosuch").await, Ok((404, 0)));
        assert_eq!(call("/panics").await, Err("the application panicked".to_owned()));
        for refused in ["/actuator", "/actuator/shutdown", "/actuator/health?x"] {
            assert!(call(refused).await.unwrap_err().contains("management API"), "{refused}");
        }
        assert!(call("/a b").await.unwrap_err().contains("expected a path"));
    }

    #[tokio::test]
    async fn in_somebody_elses_server_there_is_nothing_to_call() {
        let call = caller(Insides::default(), None, ApplicationRuntime::default());
        assert!(call("/orders").await.unwrap_err().contains("serve!"));
    }
}

//! A service with all that guards it, and with what the open one has not: who may come in, proxies
//! in front, pages of errors, a port for the management alone, and what an application registers.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use actuator::{
    App, HttpError,
    cache::{Clearing, ManagedCache},
    custom::{CustomEndpoint, Operation, Selector, WebEndpointResponse},
    meter::cache::CacheStatistics,
    scheduling::Schedule,
    security::BoxFuture,
    session::{RepositoryError, SessionDetails, SessionRepository},
};
use axum::{
    Router,
    http::StatusCode,
    routing::{get as on_get, post as on_post},
};

use super::{endpoints, guards, rows::Row};
use crate::app::{TestApp, app};

/// `user:secret`, who may do everything.
pub(super) const KNOWN: &str = "authorization: Basic dXNlcjpzZWNyZXQ=\r\n";
const HOUR: Duration = Duration::from_hours(1);

pub(super) fn service() -> TestApp {
    let service = app()
        .setting("logging.console.enabled", "false")
        .setting("actuator.logfile.ring-size", "256KB")
        .setting("actuator.threaddump.stacks", "false")
        .setting("management.server.port", "0")
        .setting("management.server.address", "127.0.0.1")
        .setting("management.endpoints.web.exposure.include", "*")
        .setting("management.endpoint.scheduledtasks.access", "unrestricted")
        .setting("management.endpoint.profile.access", "unrestricted")
        .setting("spring.security.user.password", "{noop}secret")
        .setting("actuator.security.users.ada.password", "{noop}secret")
        .setting("actuator.security.tokens.scraper.value", "0123456789abcdef")
        .setting("actuator.security.secret.value", "fedcba9876543210")
        .setting("actuator.security.throttle.failures", "2")
        .setting("server.forward-headers-strategy", "framework")
        .setting("actuator.forwarded.trusted-proxies", "127.0.0.0/8")
        .setting("actuator.security.allowed-hosts", "*.example")
        .setting("management.endpoints.web.cors.allowed-origins", "https://admin.example")
        .setting("actuator.errors.enabled", "true")
        .setting("server.error.include-message", "always")
        .setting("actuator.httpexchanges.include-bodies", "request,response")
        .setting("actuator.health.override.enabled", "true")
        .setting("actuator.env.writable", "abuse.*")
        .setting("actuator.debug.enabled", "true")
        .routes(routes());
    service.with(register)
}

fn routes() -> Router {
    let sql = || async { (StatusCode::INTERNAL_SERVER_ERROR, "SELECT a FROM b WHERE c = 'd'") };
    Router::new()
        .route("/users/{id}", on_get(async |id: axum::extract::Path<u64>| id.to_string()))
        .route("/orders", on_post(order))
        .route("/sql", on_get(sql))
        .route("/conflict", on_get(async || HttpError::conflict("somebody was quicker")))
}

async fn order(body: String) -> Result<String, HttpError> {
    let order: serde_json::Value =
        serde_json::from_str(&body).map_err(|error| HttpError::bad_request(error.to_string()))?;
    Ok(order.to_string())
}

fn register(app: &mut App) {
    app.refreshable();
    app.cache("own", "cities", Arc::new(Cities));
    app.cache("other", "cities", Arc::new(Cities));
    app.session_repository(Sessions(Mutex::default()));
    app.scheduled("report", Schedule::fixed_delay(HOUR).initial_delay(HOUR), || async {});
    let endpoint = CustomEndpoint::new("jobs")
        .operation(Operation::read(&[]), |_| async { WebEndpointResponse::json(&7) })
        .operation(Operation::write(&[Selector::One("name")]), |arguments| async move {
            let (by, name): (usize, String) = (arguments.get("by")?, arguments.get("name")?);
            WebEndpointResponse::json(&format!("{by} of {name}"))
        })
        .operation(Operation::delete(&[Selector::One("name")]), |_| async {
            Ok(WebEndpointResponse::nothing())
        });
    app.endpoint(endpoint);
}

/// A cache that is always empty.
struct Cities;

impl ManagedCache for Cities {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(|| Ok(()))
    }
}

impl CacheStatistics for Cities {
    fn size(&self) -> Option<u64> {
        Some(0)
    }
}

/// Nobody's sessions, and who was asked for last.
struct Sessions(Mutex<String>);

impl Sessions {
    fn asked(&self, text: &str) {
        text.clone_into(&mut self.0.lock().unwrap());
    }
}

impl SessionRepository for Sessions {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        self.asked(username);
        let session = SessionDetails {
            id: "shown".to_owned(),
            attribute_names: vec![username.to_owned()],
            created: SystemTime::UNIX_EPOCH,
            last_accessed: SystemTime::UNIX_EPOCH,
            max_inactive: HOUR,
            is_expired: false,
        };
        Box::pin(std::future::ready(Ok(vec![session])))
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        self.asked(id);
        Box::pin(std::future::ready(Ok(None)))
    }

    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        self.asked(id);
        Box::pin(std::future::ready(Ok(())))
    }
}

pub(super) fn rows() -> Vec<Row> {
    let mut all = guards::rows();
    all.extend(endpoints::rows());
    all
}

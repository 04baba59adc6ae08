//! A users API whose requests, log, Redis, users and cache can be watched in Spring Boot Admin.
//!
//! ```console
//! $ redis-server --port 6379 &
//! $ cargo run -p users -- --spring.boot.admin.client.url=http://localhost:9090
//! $ curl -X POST localhost:8080/users -H 'content-type: application/json' -d '{"name":"Ada"}'
//! $ curl localhost:8080/users/1
//! $ curl localhost:8080/users/2        # problem details, with -- --actuator.errors.enabled=true
//!                                      # --actuator.errors.format=problem
//! $ curl 'localhost:8080/actuator/metrics/users.visit?tag=outcome:SUCCESS'
//! $ curl -X DELETE localhost:8080/actuator/caches/users
//! ```

mod store;

use std::sync::Arc;

use actuator::{
    ActuatorInfo, App, Health, HttpError, Settings, gauge, health_check,
    meter::{Counter, cache::MeteredFutureCache},
    metrics, timed,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use moka::future::Cache;
use redis::AsyncCommands as _;

use store::{NewUser, User, Users};

#[derive(ActuatorInfo)]
struct UsersService;

/// Where visits are counted; shown by `/actuator/configprops`.
#[derive(Settings)]
#[settings(prefix = "redis")]
struct RedisSettings {
    /// Address of the Redis server.
    #[settings(default = "redis://127.0.0.1:6379", pattern = "rediss?://.+")]
    url: String,
}

/// Does Redis answer, and which version is it?
#[health_check(name = "redis", timeout = "2s")]
async fn redis_health(client: &redis::Client) -> redis::RedisResult<Health> {
    let mut connection = client.get_multiplexed_async_connection().await?;
    let info: redis::InfoDict =
        redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
    let version = info.get::<String>("redis_version").unwrap_or_default();
    let mode = info.get::<String>("redis_mode").unwrap_or_default();
    Ok(Health::up().with_detail("version", version).with_detail("mode", mode))
}

/// What is counted of the users.
#[metrics(prefix = "users")]
struct UserMetrics {
    /// Users that were created.
    created: Arc<Counter>,
}

/// Users that there are.
#[gauge("users.known", base_unit = "users")]
fn known_users(users: &Users) -> usize {
    users.all().len()
}

#[derive(Clone)]
struct Api {
    users: Users,
    redis: redis::Client,
    /// The last users that were shown.
    shown: MeteredFutureCache<u64, User>,
    metrics: Arc<UserMetrics>,
}

async fn list(State(api): State<Api>) -> Json<Vec<User>> {
    Json(api.users.all())
}

async fn one(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<User>, HttpError> {
    let user = api.shown.optionally_get_with(id, async { api.users.find(id) }).await;
    let user = user.ok_or_else(|| HttpError::not_found(format!("There is no user {id}.")))?;
    // Any library of the service may count like this: /actuator/metrics/users.visits shows it.
    metrics::counter!("users.visits").increment(1);
    // Redis only counts visits here: without it the user is shown all the same.
    let visits = count_visit(&api.redis, id).await;
    tracing::info!(id, ?visits, "user visited");
    Ok(Json(user))
}

/// Counting a visit in Redis.
#[timed("users.visit", slo = ["10ms", "100ms"])]
async fn count_visit(redis: &redis::Client, id: u64) -> redis::RedisResult<u64> {
    let mut connection = redis.get_multiplexed_async_connection().await?;
    connection.incr(format!("visits:{id}"), 1).await
}

async fn create(State(api): State<Api>, Json(new): Json<NewUser>) -> (StatusCode, Json<User>) {
    let user = api.users.add(new);
    api.metrics.created.increment();
    tracing::info!(id = user.id, name = %user.name, "user created");
    (StatusCode::CREATED, Json(user))
}

fn setup(app: &mut App) -> actuator::Result<Router> {
    let redis = redis::Client::open(app.settings::<RedisSettings>()?.url.as_str())?;
    app.component(redis.clone());
    let users = Users::default();
    app.component(users.clone());
    // Shown, measured and cleared: /actuator/caches, cache.gets.
    let shown = MeteredFutureCache::new(Cache::builder().max_capacity(1_000));
    app.cache("moka", "users", shown.clone());
    let api = Api { users, redis, shown, metrics: app.metrics() };
    Ok(Router::new()
        .route("/users", get(list).post(create))
        .route("/users/{id}", get(one))
        .with_state(api))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}

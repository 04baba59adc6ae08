//! A users API whose requests, log and Redis can be watched in Spring Boot Admin.
//!
//! ```console
//! $ redis-server --port 6379 &
//! $ cargo run -p users -- --spring.boot.admin.client.url=http://localhost:9090
//! $ curl -X POST localhost:8080/users -H 'content-type: application/json' -d '{"name":"Ada"}'
//! $ curl localhost:8080/users/1
//! ```

mod store;

use actuator::{ActuatorInfo, App, Health, health_check};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use redis::AsyncCommands as _;

use store::{NewUser, User, Users};

#[derive(ActuatorInfo)]
struct UsersService;

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

#[derive(Clone)]
struct Api {
    users: Users,
    redis: redis::Client,
}

async fn list(State(api): State<Api>) -> Json<Vec<User>> {
    Json(api.users.all())
}

async fn one(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<User>, StatusCode> {
    let user = api.users.find(id).ok_or(StatusCode::NOT_FOUND)?;
    // Any library of the service may count like this: /actuator/metrics/users.visits shows it.
    metrics::counter!("users.visits").increment(1);
    // Redis only counts visits here: without it the user is shown all the same.
    if let Ok(mut connection) = api.redis.get_multiplexed_async_connection().await {
        let visits: redis::RedisResult<u64> = connection.incr(format!("visits:{id}"), 1).await;
        tracing::info!(id, ?visits, "user visited");
    }
    Ok(Json(user))
}

async fn create(State(api): State<Api>, Json(new): Json<NewUser>) -> (StatusCode, Json<User>) {
    let user = api.users.add(new);
    metrics::counter!("users.created").increment(1);
    tracing::info!(id = user.id, name = %user.name, "user created");
    (StatusCode::CREATED, Json(user))
}

fn setup(app: &mut App) -> actuator::Result<Router> {
    let url: Option<String> = app.optional_setting("redis.url")?;
    let redis = redis::Client::open(url.unwrap_or_else(|| "redis://127.0.0.1:6379".to_owned()))?;
    app.component(redis.clone());
    let api = Api { users: Users::default(), redis };
    Ok(Router::new()
        .route("/users", get(list).post(create))
        .route("/users/{id}", get(one))
        .with_state(api))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}

//! Whether a Redis server answers.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use redis::{
    AsyncConnectionConfig, Client, InfoDict, RedisResult, Value,
    aio::{ConnectionLike, ConnectionManager},
};

use crate::{
    health::{Health, HealthCheck, HealthIndicator},
    model::{component::Components, endpoint::BoxFuture, naming::names},
};

/// A Redis server as a check: UP while it answers `PING`.
///
/// Details: `version`, `mode` (`standalone`, `sentinel`, `cluster`) and `size` (the number of
/// keys), as far as the user may ask for them.
///
/// ```no_run
/// # fn example(app: &mut actuator::App) -> redis::RedisResult<()> {
/// use actuator::checks::Redis;
///
/// app.health_check("sessions", Redis::new(redis::Client::open("redis://sessions")?));
/// # Ok(())
/// # }
/// ```
///
/// A registered component `redis::Client` or `redis::aio::ConnectionManager` brings this check by
/// itself, as `redis`.
pub struct Redis {
    ask: Box<dyn Fn() -> BoxFuture<'static, RedisResult<Health>> + Send + Sync>,
    is_connected: Arc<AtomicBool>,
}

impl Redis {
    /// Opens a connection each time, which proves that a new one can be had. It may take as long
    /// as the check may, whatever the time-outs of connections are.
    pub fn new(client: Client) -> Self {
        let is_connected = Arc::new(AtomicBool::new(false));
        let connected = Arc::clone(&is_connected);
        let ask = move || -> BoxFuture<'static, RedisResult<Health>> {
            let (client, connected) = (client.clone(), Arc::clone(&connected));
            connected.store(false, Ordering::Relaxed);
            Box::pin(async move {
                let patient = AsyncConnectionConfig::new()
                    .set_connection_timeout(None)
                    .set_response_timeout(None);
                let opened = client.get_multiplexed_async_connection_with_config(&patient).await?;
                connected.store(true, Ordering::Relaxed);
                look(opened).await
            })
        };
        Self { ask: Box::new(ask), is_connected }
    }

    /// Asks over a connection that the application uses: a `MultiplexedConnection`, which stays
    /// DOWN once it is lost, a `ConnectionManager`, which reconnects, or one to a cluster. Its own
    /// time-outs count too.
    pub fn connection<C>(connection: C) -> Self
    where
        C: ConnectionLike + Clone + Send + Sync + 'static,
    {
        let ask = move || -> BoxFuture<'static, RedisResult<Health>> {
            Box::pin(look(connection.clone()))
        };
        Self { ask: Box::new(ask), is_connected: Arc::new(AtomicBool::new(true)) }
    }
}

impl HealthIndicator for Redis {
    fn check(&self) -> BoxFuture<'static, Health> {
        let answer = (self.ask)();
        Box::pin(async move { answer.await.unwrap_or_else(Health::from_error) })
    }

    fn waits_for(&self) -> Option<String> {
        let connected = self.is_connected.load(Ordering::Relaxed);
        Some(if connected { "the answer of Redis" } else { "a connection to Redis" }.to_owned())
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}

/// `redis` for one client or connection manager, `redis/<name>` for each of several.
pub fn discover(components: &Components) -> Vec<HealthCheck> {
    let clients = components
        .all::<Client>()
        .into_iter()
        .map(|(name, client)| ((name, "client"), Redis::new(Client::clone(&client))));
    let managers = components
        .all::<ConnectionManager>()
        .into_iter()
        .map(|(name, manager)| ((name, "manager"), Redis::connection((*manager).clone())));
    let (keys, checks): (Vec<_>, Vec<_>) = clients.chain(managers).unzip();
    let paths = names("redis", &keys).into_iter();
    paths
        .zip(checks)
        .map(|(path, check)| HealthCheck::new(path, check).description("Redis answers"))
        .collect()
}

/// One round trip: an answer to `PING` is UP; what else is refused, such as `INFO` to a user
/// without the right to it, is left out.
async fn look(mut connection: impl ConnectionLike) -> RedisResult<Health> {
    let mut answers: Vec<RedisResult<Value>> = redis::pipe()
        .ignore_errors()
        .cmd("PING")
        .cmd("INFO")
        .arg("server")
        .cmd("DBSIZE")
        .query_async(&mut connection)
        .await?;
    let (size, info) = (answers.pop(), answers.pop());
    answers.pop().transpose()?;
    let mut health = Health::up();
    if let Some(info) = info.and_then(|info| redis::from_redis_value::<InfoDict>(info.ok()?).ok()) {
        for (key, property) in [("version", "redis_version"), ("mode", "redis_mode")] {
            if let Some(value) = info.get::<String>(property) {
                health = health.with_detail(key, value);
            }
        }
    }
    let size = size.and_then(|size| redis::from_redis_value::<u64>(size.ok()?).ok());
    Ok(match size {
        Some(size) => health.with_detail("size", size),
        None => health,
    })
}

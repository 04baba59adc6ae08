//! The vocabulary of these tests: a service with checks, and its health.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actuator::checks::DatabaseDriver;
use actuator::meter::MeterRegistry;
use actuator::{Actuator, App, Running};
use serde_json::Value;
use sqlx::Pool;
use sqlx::pool::PoolOptions;
use tokio::runtime::{Builder, EnterGuard, Runtime};

/// The deadline of the checks where one has to be missed.
pub(crate) const DEADLINE: &str = "1500ms";

/// A runtime for pools and for the service that checks them.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A pool that connects when it is asked to.
pub(crate) fn pool<DB: DatabaseDriver>(_inside: &EnterGuard<'_>, url: &str, size: u32) -> Pool<DB> {
    PoolOptions::new().max_connections(size).connect_lazy(url).unwrap()
}

/// A service on a free port.
pub(crate) struct Service<'r> {
    runtime: &'r Runtime,
    address: SocketAddr,
    running: Running,
}

impl<'r> Service<'r> {
    /// Starts one; checks have to answer within `timeout`.
    pub(crate) fn start(
        runtime: &'r Runtime,
        timeout: &str,
        register: impl FnOnce(&mut App) + Send + 'static,
    ) -> Self {
        Self::configured(runtime, timeout, &[], register)
    }

    /// The same with more settings.
    pub(crate) fn configured(
        runtime: &'r Runtime,
        timeout: &str,
        settings: &[(&str, &str)],
        register: impl FnOnce(&mut App) + Send + 'static,
    ) -> Self {
        let builder = Actuator::builder()
            .application("backends", "1")
            .isolated()
            .without_declarations()
            .force_setting("server.port", "0")
            .force_setting("server.address", "127.0.0.1")
            .force_setting("actuator.health.timeout", timeout)
            .with(register);
        let builder = settings
            .iter()
            .fold(builder, |builder, (name, value)| builder.force_setting(name, *value));
        let running = runtime.block_on(builder.start()).unwrap();
        Self { runtime, address: running.address(), running }
    }

    /// The meters.
    pub(crate) fn meters(&self) -> Arc<MeterRegistry> {
        self.running.actuator().meters()
    }

    /// How many pushes of metrics ended like this.
    pub(crate) fn pushes(&self, outcome: &str) -> Option<f64> {
        let target = format!("/actuator/metrics/actuator.export.pushes?tag=outcome:{outcome}");
        let answer = testkit::get(self.address, &target);
        (answer.status() == 200).then(|| answer.json()["measurements"][0]["value"].as_f64())?
    }

    /// Stops it, as an operator does.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.running.shutdown());
    }

    /// What an endpoint answers.
    #[track_caller]
    pub(crate) fn json(&self, path: &str) -> Value {
        let answer = testkit::get(self.address, &format!("/actuator/{path}")).assert_status(200);
        let text = answer.text();
        assert!(!text.contains(actuator_backends::PASSWORD), "{text}");
        answer.json()
    }

    /// With which status.
    pub(crate) fn status(&self, path: &str) -> u16 {
        testkit::get(self.address, &format!("/actuator/{path}")).status()
    }

    /// All health.
    #[track_caller]
    pub(crate) fn whole(&self) -> Value {
        self.check("")
    }

    /// The health of one check.
    #[track_caller]
    pub(crate) fn check(&self, path: &str) -> Value {
        let answer = testkit::get(self.address, &format!("/actuator/health/{path}"));
        let text = answer.text();
        assert!(!text.contains(actuator_backends::PASSWORD), "{text}");
        answer.json()
    }

    /// The health of one check, which has to be UP: its details.
    #[track_caller]
    pub(crate) fn up(&self, path: &str) -> Value {
        let health = self.check(path);
        assert_eq!(health["status"], "UP", "{path}: {health}");
        health["details"].clone()
    }

    /// The health of one check, which has to be DOWN: its error.
    #[track_caller]
    pub(crate) fn down(&self, path: &str) -> String {
        let health = self.check(path);
        assert_eq!(health["status"], "DOWN", "{path}: {health}");
        health["details"]["error"].as_str().unwrap_or_default().to_owned()
    }

    /// A meter, with its tags as a query.
    #[track_caller]
    pub(crate) fn metric(&self, name: &str) -> Value {
        let answer = testkit::get(self.address, &format!("/actuator/metrics/{name}"));
        answer.assert_status(200).json()
    }

    /// Runs something where the pools live.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let work = async { tokio::time::timeout(Duration::from_secs(30), work).await.unwrap() };
        self.runtime.block_on(work)
    }
}

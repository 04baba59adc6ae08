//! The vocabulary of these tests: a service on a free port, and requests to it.

use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
};

use actuator::{Actuator, App, Availability, Builder, Error, HealthCheck, Running};
use axum::{Router, routing::get};
use testkit::{Answer, Request};
use tokio::{
    runtime::{Builder as RuntimeBuilder, Runtime},
    sync::Notify,
};

/// A service that reads nothing from its surroundings, on a free port of loopback, without what
/// this program declares by macros.
pub(crate) fn app() -> TestApp {
    let builder = Actuator::builder()
        .application("it", "1.2.3")
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1");
    TestApp { builder }
}

/// The same with what this program declares: see [`crate::refusals`].
pub(crate) fn app_with_declarations() -> TestApp {
    let builder = Actuator::builder()
        .application("it", "1.2.3")
        .isolated()
        // The tests share a process: the signal would end what others of them wait for.
        .force_setting("actuator.threaddump.stacks", "false")
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1");
    TestApp { builder }
}

pub(crate) struct TestApp {
    pub(crate) builder: Builder,
}

impl TestApp {
    pub(crate) fn with(mut self, register: impl FnOnce(&mut App) + Send + 'static) -> Self {
        self.builder = self.builder.with(register);
        self
    }

    pub(crate) fn check(self, check: HealthCheck) -> Self {
        self.with(|app| {
            app.add_health_check(check);
        })
    }

    pub(crate) fn checks(self, checks: impl IntoIterator<Item = HealthCheck>) -> Self {
        checks.into_iter().fold(self, Self::check)
    }

    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.force_setting(name, value);
        self
    }

    /// Looks at requests that the listener would refuse by default.
    pub(crate) fn taking_long_heads(self) -> Self {
        self.setting("server.max-http-request-header-size", "1MB")
    }

    pub(crate) fn routes(mut self, router: Router) -> Self {
        self.builder = self.builder.router(router);
        self
    }

    /// Starts it in a runtime of its own.
    #[track_caller]
    pub(crate) fn start(self) -> Service {
        self.start_on(runtime())
    }

    /// Starts it in this runtime.
    #[track_caller]
    pub(crate) fn start_on(self, runtime: Runtime) -> Service {
        let running = runtime.block_on(self.builder.start()).unwrap();
        Service {
            address: running.address(),
            management: running.management_address(),
            running,
            runtime,
        }
    }

    /// Tries to start it: why that was refused.
    #[track_caller]
    pub(crate) fn refused(self) -> Error {
        runtime().block_on(self.builder.start()).expect_err("this must not start")
    }
}

/// A route `/work` that answers once the gate is opened, and a word when it was reached.
pub(crate) fn gated_route() -> (Router, Arc<Notify>, mpsc::Receiver<()>) {
    let gate = Arc::new(Notify::new());
    let (began, begins) = mpsc::channel();
    let held = Arc::clone(&gate);
    let handler = get(move || async move {
        let opened = held.notified();
        began.send(()).unwrap();
        opened.await;
        "finished"
    });
    (Router::new().route("/work", handler), gate, begins)
}

pub(crate) fn runtime() -> Runtime {
    RuntimeBuilder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A service that listens, until it goes out of scope.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) management: SocketAddr,
    running: Running,
    runtime: Runtime,
}

impl Service {
    pub(crate) fn get(&self, target: &str) -> Answer {
        testkit::get(self.address, target)
    }

    pub(crate) fn send(&self, request: Request) -> Answer {
        request.send(self.address)
    }

    pub(crate) fn post(&self, target: &str, json: &str) -> Answer {
        self.send(Request::post(target, json))
    }

    pub(crate) fn status(&self, target: &str) -> u16 {
        self.get(target).status()
    }

    pub(crate) fn availability(&self) -> Availability {
        self.running.availability()
    }

    pub(crate) fn health(&self) -> Arc<actuator::HealthContributors> {
        self.running.actuator().health()
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub(crate) fn enter(&self) -> tokio::runtime::EnterGuard<'_> {
        self.runtime.enter()
    }

    /// Begins to stop it, as SIGTERM does, in the background.
    pub(crate) fn stop(self) -> Stopping {
        let Self { running, runtime, .. } = self;
        let task = runtime.spawn(running.shutdown());
        Stopping { runtime, task }
    }

    /// Waits until somebody else has told it to stop.
    pub(crate) fn finish(self) {
        drop(self.wait());
    }

    /// The same; its runtime is left.
    pub(crate) fn wait(self) -> Runtime {
        let Self { running, runtime, .. } = self;
        // Waited for elsewhere: its own timers may be stuck.
        self::runtime().block_on(async {
            tokio::time::timeout(testkit::PATIENCE, running.until_told_to_stop()).await.unwrap();
        });
        runtime
    }

    /// How its runtime calls itself.
    pub(crate) fn runtime_id(&self) -> String {
        self.runtime.handle().id().to_string()
    }
}

/// A service on its way down.
pub(crate) struct Stopping {
    runtime: Runtime,
    task: tokio::task::JoinHandle<()>,
}

impl Stopping {
    pub(crate) fn finish(self) {
        let Self { runtime, task, .. } = self;
        runtime.block_on(async {
            tokio::time::timeout(testkit::PATIENCE, task).await.unwrap().unwrap();
        });
    }
}

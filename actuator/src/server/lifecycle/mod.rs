//! The life of a service: what code of the application may do about it, and how it ended.

mod files;
mod hooks;
mod leaving;
mod live;
mod refreshing;
mod settings;
mod supervision;

pub(super) use files::RunFiles;
pub(super) use hooks::Circumstances;
pub use hooks::HookResult;
pub use leaving::Ending;
pub(super) use live::join_parts;
pub(super) use refreshing::{refresh, watch_hangups};
pub(super) use settings::{LifecycleSettings, RestartMode};
pub(super) use supervision::Supervision;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::runtime::Handle;

use self::hooks::Hooks;
use crate::{
    health::Availability,
    startup::StartupSteps,
    support::{service_manager::ServiceManager, trigger::Trigger},
};

/// A handle on the life of the service, for code of the application: it ends it, says how the
/// process ends, and adds work for the way down. Clones are the same handle.
///
/// ```
/// fn setup(app: &mut actuator::App) {
///     let lifecycle = app.lifecycle();
///     app.on_ready("import", move || async move {
///         // A job that ends with its work.
///         lifecycle.exit_with(0);
///     });
/// }
/// ```
#[derive(Clone, Default)]
pub struct Lifecycle {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Thrown when the service is told to stop.
    shutdown: Trigger,
    /// Thrown when it is to begin anew after that.
    restart: Trigger,
    /// Thrown when somebody does not want to wait for what is still to be done.
    hurry: Trigger,
    /// The number of the signal that said so; 0 for none.
    signal: AtomicU8,
    exit_code: AtomicU8,
    hooks: Hooks,
}

impl Lifecycle {
    /// Tells the service to stop, as SIGTERM does.
    pub fn shut_down(&self) {
        self.shared.shutdown.throw_because("application");
    }

    /// The same, and says with which code the process ends.
    pub fn exit_with(&self, code: u8) {
        self.set_exit_code(code);
        self.shut_down();
    }

    /// Waits until the service is told to stop: for a server of one's own, whose end that is.
    pub async fn told_to_stop(&self) {
        self.shared.shutdown.thrown().await;
    }

    /// Says with which code the process ends once the service is told to stop. The first one that
    /// is not 0 counts, so that a job's failure is not lost over another one's success.
    pub fn set_exit_code(&self, code: u8) {
        let _ = self.shared.exit_code.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// As [`App::on_shutdown`](crate::App::on_shutdown), for what exists only later. On the way
    /// down it is too late, which the log says.
    pub fn on_shutdown<F, R>(
        &self,
        name: impl Into<String>,
        hook: impl FnOnce() -> F + Send + 'static,
    ) where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.on_shutdown_in_phase(0, name, hook);
    }

    /// As [`App::on_shutdown_in_phase`](crate::App::on_shutdown_in_phase), for what exists only
    /// later.
    pub fn on_shutdown_in_phase<F, R>(
        &self,
        phase: i32,
        name: impl Into<String>,
        hook: impl FnOnce() -> F + Send + 'static,
    ) where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.shared.hooks.on_shutdown(phase, name.into(), hook);
    }

    /// As [`App::on_ready`](crate::App::on_ready).
    pub(super) fn on_ready<F, R>(&self, name: String, hook: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        self.shared.hooks.on_ready(name, hook);
    }

    /// The same before all others, for what must not wait for the application's own: it has to end
    /// at once.
    pub(super) fn on_ready_first(&self, name: &str, hook: impl FnOnce() + Send + 'static) {
        self.shared.hooks.on_ready_first(name.to_owned(), hook);
    }

    /// Runs the hooks for a service that is ready once it is, on the current runtime, each as a step
    /// of the start.
    pub(super) fn await_ready(&self, availability: Availability, steps: StartupSteps) {
        let lifecycle = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = availability.when_ready() => lifecycle.hooks().run_ready(&steps).await,
                () = lifecycle.shutdown().thrown() => {}
            }
        });
    }

    /// Runs the hooks of the way down on the current runtime, each for at most `limit`.
    pub(super) async fn run_shutdown_hooks(&self, limit: Duration) {
        let (home, manager) = (Handle::current(), ServiceManager::default());
        let circumstances =
            Circumstances { home: &home, limit, hurry: self.hurry(), manager: &manager };
        self.hooks().run_shutdown(&circumstances).await;
    }

    /// What of the application runs in the course of its life.
    pub(super) fn hooks(&self) -> &Hooks {
        &self.shared.hooks
    }

    /// Thrown when the service is told to stop.
    pub(super) fn shutdown(&self) -> &Trigger {
        &self.shared.shutdown
    }

    /// Thrown before that, if it is to begin anew.
    pub(super) fn restart(&self) -> &Trigger {
        &self.shared.restart
    }

    /// Thrown when nothing is to be waited for any more.
    pub(super) fn hurry(&self) -> &Trigger {
        &self.shared.hurry
    }

    /// Says that nothing is to be waited for any more, because of this signal.
    pub(super) fn hurry_because_of(&self, signal: u8) {
        self.shared.signal.store(signal, Ordering::SeqCst);
        self.shared.hurry.throw();
    }

    /// How it ended, or would end now.
    pub(super) fn ending(&self, settings: &LifecycleSettings) -> Ending {
        let restarts = self.shared.restart.is_thrown();
        let signal = self.shared.signal.load(Ordering::SeqCst);
        let code = self.shared.exit_code.load(Ordering::SeqCst);
        Ending::new(
            self.shared.shutdown.reason().unwrap_or_default(),
            (signal != 0).then_some(signal),
            code,
            restarts.then(|| settings.restart.clone()),
        )
    }
}

impl fmt::Debug for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lifecycle")
            .field("stopping", &self.shared.shutdown.reason())
            .finish_non_exhaustive()
    }
}

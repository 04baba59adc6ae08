//! A named function that gives a document: what env and info sources are made of.

use std::{fmt, sync::Arc};

use serde_json::Value;
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use super::{endpoint::BoxFuture, source::Source};
use crate::support::application_runtime::ApplicationRuntime;

/// Gives a document each time it is asked; an error is a text for people.
pub type ProviderFn = Arc<dyn Fn() -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// A provider under its name.
#[derive(Clone)]
pub struct Provider {
    /// The name: of the property source in `/env`, of the top-level member in `/info`.
    pub name: String,
    /// Where it was declared; `None` when registered at run time.
    pub source: Option<Source>,
    /// The function.
    pub provide: ProviderFn,
}

impl Provider {
    /// The same provider, run on the application's runtime whoever asks: what it needs lives
    /// there, and one that blocks its thread blocks nobody else.
    ///
    /// On another runtime than the caller's it is a task, which ends when the caller no longer
    /// waits. Deadlines are the caller's, and hold although the application is stuck.
    #[must_use]
    pub fn on(self, runtime: &ApplicationRuntime) -> Self {
        let (provide, runtime) = (self.provide, runtime.clone());
        // A stuck runtime is given one call to begin, however many ask.
        let turn = Arc::new(Semaphore::new(1));
        let there: ProviderFn = Arc::new(move || match runtime.elsewhere() {
            None => provide(),
            Some(home) => Box::pin(send(home, Arc::clone(&provide), Arc::clone(&turn))),
        });
        Self { provide: there, ..self }
    }
}

async fn send(home: Handle, provide: ProviderFn, turn: Arc<Semaphore>) -> Result<Value, String> {
    let stopping = || "the application's runtime is shutting down".to_owned();
    let turn = turn.acquire_owned().await.map_err(|_| stopping())?;
    let mut task = JoinSet::new();
    let work = async move {
        // It has begun.
        drop(turn);
        provide().await
    };
    task.spawn_on(work, &home);
    match task.join_next().await {
        Some(Ok(answer)) => answer,
        // As if it had been called here: who asks knows what to do with it.
        Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        _ => Err(stopping()),
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    fn ask(provider: &Provider, from: &tokio::runtime::Runtime) -> Result<Value, String> {
        from.block_on((provider.provide)())
    }

    #[test]
    fn a_provider_runs_on_the_applications_runtime_and_gives_its_panics_to_who_asks() {
        let (home, other) = (runtime(), runtime());
        let known = ApplicationRuntime::default();
        let provide = || -> BoxFuture<'static, Result<Value, String>> {
            Box::pin(async { Ok(Handle::current().id().to_string().into()) })
        };
        let provider = Provider { name: "x".into(), source: None, provide: Arc::new(provide) };
        let provider = provider.on(&known);
        let id = |runtime: &tokio::runtime::Runtime| Ok(runtime.handle().id().to_string().into());
        assert_eq!(ask(&provider, &other), id(&other));
        known.settle(home.handle().clone());
        assert_eq!(ask(&provider, &other), id(&home));

        let provide = || -> BoxFuture<'static, _> { panic!("boom") };
        let provider = Provider { name: "x".into(), source: None, provide: Arc::new(provide) };
        let provider = provider.on(&known);
        let panic = thread::spawn(move || ask(&provider, &other)).join().unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"boom"));
    }

    #[test]
    fn a_stuck_runtime_is_given_one_call_however_many_ask() {
        let (home, other) = (runtime(), runtime());
        let known = ApplicationRuntime::default();
        known.settle(home.handle().clone());
        let (release, stuck) = mpsc::channel::<()>();
        let (began, begins) = mpsc::channel();
        home.spawn(async move {
            began.send(()).unwrap();
            let _ = stuck.recv();
        });
        begins.recv().unwrap();
        let provide = || -> BoxFuture<'static, _> { Box::pin(async { Ok(Value::Null) }) };
        let provider = Provider { name: "x".into(), source: None, provide: Arc::new(provide) };
        let provider = provider.on(&known);
        let before = home.metrics().num_alive_tasks();
        for _ in 0..5 {
            let asked = (provider.provide)();
            let asked = async { tokio::time::timeout(std::time::Duration::ZERO, asked).await };
            assert!(other.block_on(asked).is_err());
        }
        assert!(home.metrics().num_alive_tasks() <= before + 1);
        drop(release);
        assert_eq!(ask(&provider, &other), Ok(Value::Null));
    }
}

//! Members that functions of the application give: asked anew each time, never able to fail the
//! whole answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};
use tracing::{info, warn};

use crate::model::{
    provider::Provider,
    sanitizer::{MASK, Sanitizer},
};

/// The admin server gives up after ten seconds; a member must not take the others with it.
const LIMIT: Duration = Duration::from_secs(5);
/// It buffers 256 KiB of an answer, and shows nothing of a longer one.
const MAX_BYTES: usize = 64 * 1024;

/// One provider, asked by one caller at a time, so that a slow one does not pile up.
#[derive(Debug)]
pub(super) struct Contributor {
    provider: Provider,
    turn: Arc<Semaphore>,
    failing: AtomicBool,
}

impl Contributor {
    /// A contributor of the member that has the provider's name.
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, turn: Arc::new(Semaphore::new(1)), failing: AtomicBool::new(false) }
    }

    /// The name of the member.
    pub(super) fn name(&self) -> &str {
        &self.provider.name
    }

    /// The member: what the function gives, or `{"error": "…"}`.
    pub(super) async fn ask(&self, sanitizer: &Sanitizer) -> Value {
        let answer = match timeout(LIMIT, self.run()).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} seconds", LIMIT.as_secs())),
        };
        let answer = answer.map_err(|error| sanitizer.sanitize_text(&error).into_owned());
        self.note(answer.as_ref().err());
        let mut answer = answer.unwrap_or_else(|error| json!({ "error": error }));
        if sanitizer.is_secret_key(self.name()) && !answer.is_null() {
            return MASK.into();
        }
        sanitizer.sanitize_json(&mut answer);
        answer
    }

    /// A task of its own keeps a panic out of the answer; the set ends it with this future.
    async fn run(&self) -> Result<Value, String> {
        let closed = || "the process is stopping".to_owned();
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| closed())?;
        let provide = Arc::clone(&self.provider.provide);
        let mut task = JoinSet::new();
        task.spawn(async move {
            // Given back only when the function has really ended.
            let _turn = turn;
            provide().await
        });
        match task.join_next().await {
            Some(Ok(answer)) => answer.and_then(bounded),
            Some(Err(error)) if error.is_panic() => {
                Err(format!("panicked: {}", message(error.into_panic().as_ref())))
            }
            _ => Err(closed()),
        }
    }

    /// One line for each change between working and failing.
    fn note(&self, error: Option<&String>) {
        let was_failing = self.failing.swap(error.is_some(), Ordering::Relaxed);
        let name = self.name();
        match error {
            Some(error) if !was_failing => {
                let place = self.provider.source.map(|source| format!(" ({source})"));
                let place = place.unwrap_or_default();
                warn!("info source \"{name}\"{place} fails: {error}");
            }
            None if was_failing => info!("info source \"{name}\" works again"),
            _ => {}
        }
    }
}

fn bounded(value: Value) -> Result<Value, String> {
    let length = serde_json::to_vec(&value).map_or(usize::MAX, |bytes| bytes.len());
    if length <= MAX_BYTES { Ok(value) } else { Err("left out: larger than 64 KiB".to_owned()) }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

//! What a task does, and how that can end.

use std::{any::type_name, fmt, future::Future, sync::Arc};

use crate::{
    model::{endpoint::BoxFuture, sanitizer::BEYOND},
    support::text::shortened,
};

/// The longest message of an error that is shown, in bytes.
const MAX_MESSAGE: usize = 2000;

/// What a scheduled function may give: nothing, or a result whose error is shown as the cause.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of how a run went",
    label = "not the result of a scheduled task",
    note = "return `()`, or a `Result` whose error can be displayed"
)]
pub trait TaskResult {
    /// The error, if it is one.
    ///
    /// # Errors
    /// Why the run failed.
    fn into_task_result(self) -> Result<(), TaskError>;
}

impl TaskResult for () {
    fn into_task_result(self) -> Result<(), TaskError> {
        Ok(())
    }
}

impl<T, E: fmt::Display> TaskResult for Result<T, E> {
    fn into_task_result(self) -> Result<(), TaskError> {
        let error = |error: E| TaskError::new(type_name::<E>(), &error.to_string());
        self.map(drop).map_err(error)
    }
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskError {
    kind: &'static str,
    message: String,
}

impl TaskError {
    /// The kind of a panic.
    pub const PANIC: &'static str = "panic";
    /// The kind of a run that took longer than it may.
    pub const TIMEOUT: &'static str = "timeout";

    /// An error of a type, by the compiler's name for it. A long message is cut.
    pub fn new(kind: &'static str, message: &str) -> Self {
        Self { kind, message: shortened(message, MAX_MESSAGE + BEYOND).to_owned() }
    }

    /// The type of the error, by the compiler's name for it; `panic` or `timeout`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it says.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error with another message.
    pub(super) fn with_message(self, message: &str) -> Self {
        Self { message: shortened(message, MAX_MESSAGE).to_owned(), ..self }
    }

    /// What a panic said.
    pub(super) fn of_panic(payload: &(dyn std::any::Any + Send)) -> Self {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&'static str>().copied());
        Self::new(Self::PANIC, text.unwrap_or("the task panicked with a value that is no text"))
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

/// The function behind a task.
#[derive(Clone)]
pub enum Work {
    /// Runs on the application's runtime, and can be cancelled.
    Async(Arc<dyn Fn() -> BoxFuture<'static, Result<(), TaskError>> + Send + Sync>),
    /// Runs on a thread for blocking work, and cannot be cancelled.
    Blocking(Arc<dyn Fn() -> Result<(), TaskError> + Send + Sync>),
}

impl Work {
    /// An async function.
    pub fn asynchronous<F, Fut, T>(work: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = T> + Send + 'static,
        T: TaskResult,
    {
        Self::Async(Arc::new(move || {
            let done = work();
            Box::pin(async move { done.await.into_task_result() })
        }))
    }

    /// A function that may block.
    pub fn blocking<F, T>(work: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: TaskResult,
    {
        Self::Blocking(Arc::new(move || work().into_task_result()))
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async(_) => "Work::Async",
            Self::Blocking(_) => "Work::Blocking",
        })
    }
}

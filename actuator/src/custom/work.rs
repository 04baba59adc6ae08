//! Running an operation of the application: where its code lives, bounded in number, and whatever it
//! does wrong is an answer.

use std::{fmt, sync::Arc};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
};
use tracing::Instrument as _;

use super::{answer::WebEndpointResponse, arguments::Arguments, error::EndpointError};
use crate::{model::endpoint::BoxFuture, support::application_runtime::ApplicationRuntime};

/// Calls of one endpoint that run at a time: blocking ones hold a thread each.
const MAX_CALLS: usize = 64;

/// What an operation comes to.
pub type Answered = Result<WebEndpointResponse, EndpointError>;

/// What is left to do once the arguments are read.
pub enum Work {
    /// It may block its thread.
    Blocking(Box<dyn FnOnce() -> Answered + Send>),
    /// It may not.
    Future(BoxFuture<'static, Answered>),
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocking(_) => "Blocking",
            Self::Future(_) => "Future",
        })
    }
}

/// Reads the arguments of a call and says what is to be done.
pub type Handler = Arc<dyn Fn(Arguments) -> Result<Work, EndpointError> + Send + Sync>;

/// Where the work of an endpoint is done.
#[derive(Clone, Debug)]
pub(super) struct Place {
    runtime: ApplicationRuntime,
    turns: Arc<Semaphore>,
}

impl Default for Place {
    fn default() -> Self {
        Self { runtime: ApplicationRuntime::default(), turns: Arc::new(Semaphore::new(MAX_CALLS)) }
    }
}

impl Place {
    /// On the application's runtime, whoever asks.
    pub(super) fn settle(&mut self, runtime: &ApplicationRuntime) {
        self.runtime = runtime.clone();
    }

    /// Does it. What reads ends when the caller no longer waits, unless it blocks; what changes
    /// something goes on to its end.
    pub(super) async fn run(&self, work: Work, is_read: bool) -> Answered {
        let turn = Arc::clone(&self.turns).try_acquire_owned().map_err(|_| {
            EndpointError::too_many_requests(format!("{MAX_CALLS} calls are running already"))
        })?;
        let home = self.runtime.elsewhere().unwrap_or_else(Handle::current);
        let done = match work {
            Work::Blocking(work) => {
                let span = tracing::Span::current();
                let work = move || {
                    let _turn = turn;
                    span.in_scope(work)
                };
                home.spawn_blocking(work).await
            }
            Work::Future(work) if is_read => {
                let mut task = JoinSet::new();
                task.spawn_on(holding(turn, work), &home);
                match task.join_next().await {
                    Some(done) => done,
                    None => return Err(stopping()),
                }
            }
            Work::Future(work) => home.spawn(holding(turn, work)).await,
        };
        done.unwrap_or_else(|error| Err(broken(&error)))
    }
}

fn holding(
    turn: OwnedSemaphorePermit,
    work: BoxFuture<'static, Answered>,
) -> impl Future<Output = Answered> + Send + 'static {
    async move {
        let _turn = turn;
        work.await
    }
    .in_current_span()
}

fn broken(error: &JoinError) -> EndpointError {
    if error.is_panic() { EndpointError::internal("the operation panicked") } else { stopping() }
}

fn stopping() -> EndpointError {
    EndpointError::unavailable("the application's runtime is shutting down")
}

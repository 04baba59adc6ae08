//! `refresh`: reads all settings again, as Spring Cloud's `RefreshEndpoint`. Off unless the
//! application says that it may be, or `management.endpoint.refresh.access` does.

use std::{fmt, sync::Arc};

use super::refused::refused;
use crate::model::{
    access::Access,
    answer::Answer,
    call::Call,
    endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
    reply::Reply,
    schema::Schema,
};

/// The names that changed, sorted, or why nothing did.
pub(crate) type Refreshed = Result<Arc<[String]>, Arc<str>>;

/// Reads all settings again.
#[derive(Clone)]
pub(crate) struct Refresh {
    run: Arc<dyn Fn() -> BoxFuture<'static, Refreshed> + Send + Sync>,
}

impl Refresh {
    /// What does it.
    pub(crate) fn new(
        run: impl Fn() -> BoxFuture<'static, Refreshed> + Send + Sync + 'static,
    ) -> Self {
        Self { run: Arc::new(run) }
    }

    /// Does it, and says what changed.
    pub(crate) async fn run(&self) -> Refreshed {
        (self.run)().await
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

const OPERATIONS: &[Operation] = &[Operation::write_without_body(&[])
    .doing("Reads all settings again, and names those that changed.")
    .answering(&[
        Answer::of(Schema::List(&Schema::Text)),
        Answer::refused(500, "The settings cannot be used, and all stay as they were."),
    ])];

/// The `refresh` endpoint.
#[derive(Debug)]
pub(crate) struct RefreshEndpoint {
    refresh: Refresh,
    default_access: Access,
}

impl RefreshEndpoint {
    /// An endpoint that calls `refresh`; `is_invited` if the application says that it may.
    pub(crate) fn new(refresh: Refresh, is_invited: bool) -> Self {
        let default_access = if is_invited { Access::Unrestricted } else { Access::None };
        Self { refresh, default_access }
    }
}

impl Endpoint for RefreshEndpoint {
    fn id(&self) -> &'static str {
        "refresh"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Reads the settings again while the service runs."
    }

    fn default_access(&self) -> Access {
        self.default_access
    }

    /// An array of names, as the admin server's button expects it. Why settings are refused is told
    /// to the log only: it names files and values.
    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            match self.refresh.run().await {
                Ok(changed) => Reply::json(&*changed),
                Err(_) => refused(
                    500,
                    "Internal Server Error",
                    "the settings cannot be used, and all stay as they were: the log says why",
                ),
            }
        })
    }
}

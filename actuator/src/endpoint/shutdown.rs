//! `shutdown`: ends the service in an orderly way. Off unless
//! `management.endpoint.shutdown.access` says otherwise.

use std::time::Duration;

use serde::Serialize;

use crate::{
    model::{
        access::Access,
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        reply::Reply,
        schema::Schema,
    },
    support::trigger::Trigger,
};

/// How long the answer has to reach the caller before the way down begins, as in Spring.
pub(super) const GRACE: Duration = Duration::from_millis(500);

const OPERATIONS: &[Operation] = &[Operation::write_without_body(&[])
    .doing("Ends the service in an orderly way.")
    .answering(&[Answer::of(Schema::MESSAGE)])];

/// The `shutdown` endpoint.
#[derive(Debug)]
pub struct ShutdownEndpoint {
    shutdown: Trigger,
}

impl ShutdownEndpoint {
    /// An endpoint that throws `shutdown`.
    pub fn new(shutdown: Trigger) -> Self {
        Self { shutdown }
    }
}

#[derive(Serialize)]
struct ShutdownDescriptor {
    message: &'static str,
}

impl Endpoint for ShutdownEndpoint {
    fn id(&self) -> &'static str {
        "shutdown"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Ends the service."
    }

    fn default_access(&self) -> Access {
        Access::None
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            tracing::warn!(target: "actuator::shutdown", "shutting down: asked over HTTP");
            let shutdown = self.shutdown.clone();
            tokio::spawn(async move {
                tokio::time::sleep(GRACE).await;
                shutdown.throw_because("shutdown endpoint");
            });
            Reply::json(&ShutdownDescriptor { message: "Shutting down, bye..." })
        })
    }
}

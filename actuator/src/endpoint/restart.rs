//! `restart`: ends the service in an orderly way and begins anew, as Spring Cloud's
//! `RestartEndpoint`. Off unless `management.endpoint.restart.access` says otherwise.

use serde::Serialize;

use super::shutdown::GRACE;
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

const OPERATIONS: &[Operation] = &[Operation::write_without_body(&[])
    .doing("Ends the service in an orderly way and begins anew.")
    .answering(&[Answer::of(Schema::MESSAGE)])];

/// The `restart` endpoint.
#[derive(Debug)]
pub struct RestartEndpoint {
    restart: Trigger,
    shutdown: Trigger,
}

impl RestartEndpoint {
    /// An endpoint that throws `restart`, then `shutdown`.
    pub fn new(restart: Trigger, shutdown: Trigger) -> Self {
        Self { restart, shutdown }
    }
}

#[derive(Serialize)]
struct RestartDescriptor {
    message: &'static str,
}

impl Endpoint for RestartEndpoint {
    fn id(&self) -> &'static str {
        "restart"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Begins anew."
    }

    fn default_access(&self) -> Access {
        Access::None
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            tracing::warn!(target: "actuator::restart", "restarting: asked over HTTP");
            let (restart, shutdown) = (self.restart.clone(), self.shutdown.clone());
            tokio::spawn(async move {
                tokio::time::sleep(GRACE).await;
                // Who is on the way down already stays there.
                if !shutdown.is_thrown() {
                    restart.throw();
                    shutdown.throw_because("restart endpoint");
                }
            });
            Reply::json(&RestartDescriptor { message: "Restarting" })
        })
    }
}

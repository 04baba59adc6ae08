//! Answers without an end: what ends them with their listener.

use crate::{model::call::Listener, support::live_answers::LiveAnswers};

/// The answers of the management API that have no end of their own, such as `/actuator/logstream`.
/// A server waits for answers in progress when it is told to stop: who serves
/// [`Actuator::router`](crate::Actuator::router) in a server of its own has to end these first.
///
/// ```no_run
/// # async fn told_to_stop() {}
/// # async fn serve(actuator: actuator::Actuator, listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// let streams = actuator.streams();
/// axum::serve(listener, actuator.router())
///     .with_graceful_shutdown(async move {
///         told_to_stop().await;
///         streams.end();
///     })
///     .await
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Streams {
    application: LiveAnswers,
    management: LiveAnswers,
}

impl Streams {
    /// Ends all that there are, and each that is asked for from now on.
    pub fn end(&self) {
        self.application.end().throw();
        self.management.end().throw();
    }

    /// Those of this listener.
    pub(super) fn of(&self, listener: Listener) -> &LiveAnswers {
        match listener {
            Listener::Application => &self.application,
            Listener::Management => &self.management,
        }
    }
}

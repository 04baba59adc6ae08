//! A listener at work, and its end.

use std::{sync::Arc, time::Duration};

use axum::Router;
use tokio::{runtime::Handle, sync::Notify, task::JoinHandle, time::timeout};

use super::{
    accept::{self, Common},
    activity::Order,
    http1,
    registry::{Connections, Registry},
    settings::Limits,
    socket::{BoundListener, Place},
};
use crate::support::{live_answers::LiveAnswers, trigger::Trigger};

/// How long the port may take to close once the listener was aborted.
const CLOSING: Duration = Duration::from_millis(200);

impl BoundListener {
    /// Serves `router` within `limits` on the runtime of `handle` until it is stopped and the last
    /// request in progress is answered. Those of its answers that have no end of their own are
    /// `live`, and end when it is stopped.
    pub(in crate::server) fn serve(
        self,
        router: Router,
        limits: Limits,
        handle: &Handle,
        live: LiveAnswers,
    ) -> Serving {
        let Self { socket, place, tls } = self;
        let (stop, stopped) = (live.end().clone(), live.end().clone());
        let registry = Arc::new(Registry::new());
        let common = Common {
            router: router.with_state(()),
            tls,
            limits,
            live,
            registry: Arc::clone(&registry),
            http1: http1::builder(&limits),
        };
        let task = accept::run(socket, place.clone(), Arc::new(common), stopped);
        Serving { place, stop, task: handle.spawn(task), registry }
    }
}

/// A listener that serves.
#[derive(Debug)]
pub(in crate::server) struct Serving {
    place: Place,
    /// Thrown, it takes no new connection.
    stop: Trigger,
    /// Ends when it was stopped and its last request is answered.
    task: JoinHandle<()>,
    registry: Arc<Registry>,
}

impl Serving {
    /// Its connections.
    pub(in crate::server) fn connections(&self) -> Connections {
        Connections(Arc::clone(&self.registry))
    }

    /// Stops the listener and lets its requests in progress finish for at most `limit`, or until
    /// somebody is in a hurry.
    pub(in crate::server) async fn finish(mut self, limit: Duration, hurry: &Notify) {
        self.stop.throw();
        let expired = tokio::select! {
            // Its first look at it may come after the stop.
            biased;
            // A listener task neither panics nor is aborted; its end is all that counts.
            _ = &mut self.task => return,
            () = hurry.notified() => "at once".to_owned(),
            () = tokio::time::sleep(limit) => format!("after {}", humantime::format_duration(limit)),
        };
        self.registry.order(Order::Close);
        self.task.abort();
        // Closed as soon as a worker gets to it; a stuck one is not waited for.
        let _ = timeout(CLOSING, self.task).await;
        if !limit.is_zero() {
            tracing::warn!(
                target: "actuator::server", place = %self.place,
                "requests still in progress are cut off {expired}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;

    use super::*;

    /// A listener with a request in progress that never ends.
    async fn busy() -> (Serving, SocketAddr, tokio::net::TcpStream) {
        let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let handler = get(move || {
            let _ = began.send(());
            std::future::pending::<()>()
        });
        let bound = BoundListener::bind("127.0.0.1:0".parse().unwrap(), "x").unwrap();
        let address = bound.address().unwrap();
        let mut caller = tokio::net::TcpStream::connect(address).await.unwrap();
        let serving = bound.serve(
            Router::new().route("/", handler),
            Limits::default(),
            &Handle::current(),
            LiveAnswers::default(),
        );
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut caller, request).await.unwrap();
        begins.recv().await.unwrap();
        (serving, address, caller)
    }

    #[tokio::test]
    async fn requests_in_progress_are_cut_off_at_the_limit_or_in_a_hurry() {
        let (serving, address, _caller) = busy().await;
        serving.finish(Duration::from_millis(1), &Notify::new()).await;
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
        let (serving, _, _caller) = busy().await;
        let hurry = Notify::new();
        hurry.notify_one();
        serving.finish(Duration::from_hours(1), &hurry).await;
    }
}

//! Opening ports and serving routers on them until told to stop.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt as _};
use tokio::{net::TcpListener, runtime::Handle, sync::Notify, task::JoinHandle, time::timeout};

use super::connection::Connections;
use crate::{
    error::{Error, ErrorKind, Result},
    support::{live_answers::LiveAnswers, trigger::Trigger},
};

/// How long the port may take to close once the listener was aborted.
const CLOSING: Duration = Duration::from_millis(200);

/// An open port.
#[derive(Debug)]
pub(super) struct BoundListener {
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundListener {
    /// Opens `address`; the setting that asked for it is named if that fails.
    pub(super) async fn bind(address: SocketAddr, setting: &str) -> Result<Self> {
        let refuse = |error: std::io::Error| {
            let remedy = match error.kind() {
                std::io::ErrorKind::AddrInUse => {
                    format!("another process listens there; set {setting} to another port, or to 0")
                }
                std::io::ErrorKind::AddrNotAvailable => {
                    "this machine has no such address; set the address to one it has".to_owned()
                }
                std::io::ErrorKind::PermissionDenied => {
                    format!("ports below 1024 need a privilege; set {setting} to a higher one")
                }
                _ => format!("check {setting}"),
            };
            Error::new(ErrorKind::Bind, format!("cannot listen on {address}: {error}; {remedy}"))
                .with_cause(error)
        };
        let listener = TcpListener::bind(address).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        Ok(Self { listener, address })
    }

    /// The address that was really opened, with the real port.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same port, served by the runtime of `handle`.
    pub(super) fn moved_to(self, handle: &Handle) -> Result<Self> {
        let Self { listener, address } = self;
        let moved = listener.into_std().and_then(|listener| {
            let _there = handle.enter();
            TcpListener::from_std(listener)
        });
        let listener = moved.map_err(|error| {
            Error::new(ErrorKind::Bind, format!("cannot serve {address}: {error}"))
                .with_cause(error)
        })?;
        Ok(Self { listener, address })
    }

    /// Serves `router` on the runtime of `handle` until it is stopped and the last request in
    /// progress is answered. Those of its answers that have no end
    /// of their own are `live`, and end when it is stopped.
    pub(super) fn serve(self, router: Router, handle: &Handle, live: LiveAnswers) -> Serving {
        let Self { listener, address } = self;
        let (stop, stopped) = (live.end().clone(), live.end().clone());
        // The tap makes the peer's address known to axum, which knows only its own listeners.
        let listener = Connections { listener, live }.tap_io(|_| ());
        let task = handle.spawn(async move {
            // With the peer of each connection, for exchanges that record it.
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let serving = axum::serve(listener, service)
                .with_graceful_shutdown(async move { stopped.thrown().await });
            if let Err(error) = std::future::IntoFuture::into_future(serving).await {
                tracing::error!(target: "actuator::server", %address, %error, "listener failed");
            }
        });
        Serving { address, stop, task }
    }
}

/// A listener that serves.
#[derive(Debug)]
pub(super) struct Serving {
    address: SocketAddr,
    /// Thrown, it takes no new connection.
    stop: Trigger,
    /// Ends when it was stopped and its last request is answered.
    task: JoinHandle<()>,
}

impl Serving {
    /// Stops the listener and lets its requests in progress finish for at most `limit`, or until
    /// somebody is in a hurry.
    pub(super) async fn finish(mut self, limit: Duration, hurry: &Notify) {
        self.stop.throw();
        let address = self.address;
        let expired = tokio::select! {
            // Its first look at it may come after the stop.
            biased;
            // A listener task neither panics nor is aborted; its end is all that counts.
            _ = &mut self.task => return,
            () = hurry.notified() => "at once".to_owned(),
            () = tokio::time::sleep(limit) => format!("after {}", humantime::format_duration(limit)),
        };
        self.task.abort();
        // Closed as soon as a worker gets to it; a stuck one is not waited for.
        let _ = timeout(CLOSING, self.task).await;
        if !limit.is_zero() {
            tracing::warn!(
                target: "actuator::server", %address,
                "requests still in progress are cut off {expired}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;

    /// A listener with a request in progress that never ends.
    async fn busy() -> (Serving, tokio::net::TcpStream) {
        let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let handler = get(move || {
            let _ = began.send(());
            std::future::pending::<()>()
        });
        let bound = BoundListener::bind("127.0.0.1:0".parse().unwrap(), "x").await.unwrap();
        let mut caller = tokio::net::TcpStream::connect(bound.address()).await.unwrap();
        let serving = bound.serve(
            Router::new().route("/", handler),
            &Handle::current(),
            LiveAnswers::default(),
        );
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut caller, request).await.unwrap();
        begins.recv().await.unwrap();
        (serving, caller)
    }

    #[tokio::test]
    async fn requests_in_progress_are_cut_off_at_the_limit_or_in_a_hurry() {
        let (serving, _caller) = busy().await;
        let address = serving.address;
        serving.finish(Duration::from_millis(1), &Notify::new()).await;
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
        let (serving, _caller) = busy().await;
        let hurry = Notify::new();
        hurry.notify_one();
        serving.finish(Duration::from_hours(1), &hurry).await;
    }
}

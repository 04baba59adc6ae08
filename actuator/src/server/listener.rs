//! Opening ports and serving routers on them until told to stop.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    error::{Error, ErrorKind, Result},
    support::trigger::Trigger,
};

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

    /// Serves `router` until `shutdown` is thrown, then lets requests in progress finish for at
    /// most `drain`.
    pub(super) fn serve(
        self,
        router: Router,
        shutdown: Trigger,
        drain: Duration,
    ) -> JoinHandle<()> {
        let address = self.address;
        tokio::spawn(async move {
            let stop = shutdown.clone();
            // With the peer of each connection, for exchanges that record it.
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let serving = axum::serve(self.listener, service)
                .with_graceful_shutdown(async move { stop.thrown().await });
            let expired = async {
                shutdown.thrown().await;
                tokio::time::sleep(drain).await;
            };
            tokio::select! {
                served = std::future::IntoFuture::into_future(serving) => {
                    if let Err(error) = served {
                        tracing::error!(target: "actuator::server", %address, %error, "listener failed");
                    }
                }
                () = expired => tracing::warn!(
                    target: "actuator::server", %address,
                    "requests still in progress after {drain:?} are cut off"
                ),
            }
        })
    }
}

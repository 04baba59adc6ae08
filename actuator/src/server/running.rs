//! A service that runs, until it is told to stop.

use std::{net::SocketAddr, sync::Arc};

use tokio::sync::Notify;

use super::{
    actuator::Actuator,
    lifecycle::{Ending, Lifecycle},
    management::Beside,
    shutdown::Signals,
};
use crate::{
    admin::{RegistrationState, RegistrationStatus},
    health::Availability,
    logging,
};

/// A service that listens.
#[derive(Debug)]
pub struct Running {
    pub(super) actuator: Actuator,
    pub(super) address: SocketAddr,
    pub(super) management_address: SocketAddr,
    pub(super) registered: RegistrationStatus,
    pub(super) beside: Beside,
    /// If they were taken over before the ports were open.
    pub(super) signals: Option<Signals>,
    /// Tells the way down not to wait.
    pub(super) hurry: Arc<Notify>,
}

impl Running {
    /// The address of the application, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the management API; the application's if it has no port of its own.
    pub fn management_address(&self) -> SocketAddr {
        self.management_address
    }

    /// Liveness and readiness, for the application to change.
    pub fn availability(&self) -> Availability {
        self.actuator.availability()
    }

    /// How registration goes at each admin server; empty without any.
    pub fn registration(&self) -> Vec<RegistrationState> {
        self.registered.snapshot()
    }

    /// The life of the service: to end it, and to add work for its way down.
    pub fn lifecycle(&self) -> Lifecycle {
        self.actuator.lifecycle()
    }

    /// The service behind it: health checks, meters and routes.
    pub fn actuator(&self) -> &Actuator {
        &self.actuator
    }

    /// Stops: refuses traffic, goes on serving for `actuator.shutdown.delay`, closes the
    /// application's port and lets requests in progress finish, takes the registration back, runs the
    /// hooks of the application, and closes the management port last.
    pub async fn shutdown(self) {
        self.actuator.lifecycle.shut_down();
        self.beside.ended.thrown().await;
        logging::flush();
    }

    /// Runs until SIGTERM, ctrl-c, the shutdown or the restart endpoint, or [`Lifecycle::shut_down`],
    /// then stops as [`Self::shutdown`] does, and says how it ended. A second signal ends all waiting:
    /// for the delay, requests in progress, hooks. A third one ends the process.
    pub async fn until_told_to_stop(mut self) -> Ending {
        let signals = self.signals.take();
        let signals = signals.unwrap_or_else(|| Signals::take_over(&self.beside.handle));
        let watch = signals.watch(self.actuator.lifecycle(), Arc::clone(&self.hurry));
        let watch = self.beside.handle.spawn(watch);
        self.beside.ended.thrown().await;
        watch.abort();
        logging::flush();
        self.actuator.lifecycle.ending(&self.actuator.lifecycle_settings)
    }
}

//! From a service that is put together to one that listens.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use tokio::runtime::Handle;

use super::{
    actuator::Actuator,
    lifecycle::{RunFiles, Supervision, watch_hangups},
    listener::{BoundListener, Serving},
    management::Beside,
    running::Running,
    settings::ServerSettings,
    shutdown::Signals,
    way_down::WayDown,
};
use crate::{
    error::Result,
    meter::ApplicationTimes,
    model::{access::Access, call::Listener},
};

/// The open ports.
struct Ports {
    application: BoundListener,
    /// That of the management API, if it has its own.
    management: Option<BoundListener>,
}

impl Ports {
    async fn open(settings: &ServerSettings, beside: &Beside) -> Result<Self> {
        let application = BoundListener::bind(settings.address, "server.port").await?;
        let management = match settings.management {
            Some(address) => {
                let bound = BoundListener::bind(address, "management.server.port").await?;
                Some(bound.moved_to(&beside.handle)?)
            }
            None => None,
        };
        Ok(Self { application, management })
    }

    /// The address of the application, and that of the management API.
    fn addresses(&self) -> (SocketAddr, SocketAddr) {
        let application = self.application.address();
        (application, self.management.as_ref().map_or(application, BoundListener::address))
    }
}

impl Actuator {
    /// Listens, registers, and says so in the log. Nothing is served if a port cannot be opened.
    pub(super) async fn start(self, routes: Router, takes_signals: bool) -> Result<Running> {
        let router = self.application_router(routes)?;
        let own_port = self.server.management.is_some();
        // Signals too are to be heard while the application is stuck.
        let apart = own_port || takes_signals;
        let (beside, end) = if apart { Beside::thread()? } else { Beside::here() };
        if own_port {
            self.sampler.watch_runtime("management", &beside.handle);
        }
        // Before anybody can know of the service.
        let signals = takes_signals.then(|| Signals::take_over(&beside.handle));
        let ports = Ports::open(&self.server, &beside).await?;
        let files = self.write_files(&ports)?;
        if takes_signals && self.refreshes_on_hangup() {
            watch_hangups(&beside.handle, self.refresh.clone());
        }
        self.availability().started();
        ApplicationTimes::new(&self.meters).started(self.began.elapsed());
        let (address, management_address) = ports.addresses();
        let (application, management) = self.serve(ports, router, &beside);
        let registration = self.register_at(address, management_address);
        ApplicationTimes::new(&self.meters).ready(self.began.elapsed());
        self.write_start_log(address, management_address);
        let registered = registration.states();
        let hurry = Arc::default();
        let way_down = WayDown {
            lifecycle: self.lifecycle.clone(),
            settings: self.lifecycle_settings.clone(),
            manager: self.manager.clone(),
            home: Handle::current(),
            hurry: Arc::clone(&hurry),
            availability: self.availability(),
            delay: self.server.delay,
            drain: self.server.drain,
            application,
            registration,
            audit: self.audit.clone(),
            management,
            files,
            end,
        };
        self.supervision().begin(&beside.handle);
        beside.handle.spawn(way_down.run());
        Ok(Running {
            actuator: self,
            address,
            management_address,
            registered,
            beside,
            signals,
            hurry,
        })
    }

    fn supervision(&self) -> Supervision {
        Supervision {
            manager: self.manager.clone(),
            availability: self.availability(),
            home: Handle::current(),
            follows_liveness: self.lifecycle_settings.watchdog_follows_liveness,
        }
    }

    fn write_files(&self, ports: &Ports) -> Result<RunFiles> {
        let (application, management) = ports.addresses();
        let own_port = ports.management.as_ref().map(|_| management.port());
        RunFiles::write(&self.lifecycle_settings, Some(application.port()), own_port)
    }

    /// Whether SIGHUP reads settings again.
    fn refreshes_on_hangup(&self) -> bool {
        if let Some(set) = self.lifecycle_settings.refresh_on_hangup {
            return set;
        }
        let mut endpoints = self.endpoints.iter();
        let refresh = endpoints.find(|endpoint| endpoint.id() == "refresh");
        refresh.is_some_and(|refresh| self.exposure.access_to(refresh) != Access::None)
    }

    fn serve(&self, ports: Ports, router: Router, beside: &Beside) -> (Serving, Option<Serving>) {
        let home = Handle::current();
        let management = ports.management.map(|management| {
            self.application_runtime.settle(home.clone());
            let router = self.management(Listener::Management).into_router();
            let live = self.streams.of(Listener::Management).clone();
            management.serve(self.with_fallback(router), &beside.handle, live)
        });
        let live = self.streams.of(Listener::Application).clone();
        (ports.application.serve(router, &home, live), management)
    }
}

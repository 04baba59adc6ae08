//! From a service that is put together to one that listens.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use tokio::{runtime::Handle, sync::Notify};

use super::{
    actuator::{Actuator, Registration},
    lifecycle::{RunFiles, Supervision, watch_hangups},
    listener::{BoundListener, Serving},
    listener_meters,
    management::{Beside, Throws},
    running::Running,
    secured::Secured,
    settings::ServerSettings,
    shutdown::Signals,
    startup,
    way_down::WayDown,
};
use crate::{
    error::Result,
    meter::ApplicationTimes,
    model::{access::Access, call::Listener},
};

/// What listens.
struct Ports {
    application: BoundListener,
    /// That of the management API, if it has its own port.
    management: Option<BoundListener>,
    /// Its Unix socket, if it has one.
    socket: Option<BoundListener>,
}

impl Ports {
    async fn open(
        settings: &mut ServerSettings,
        secured: Secured,
        beside: &Beside,
    ) -> Result<Self> {
        let application = match settings.inherited.application()? {
            Some(inherited) => inherited,
            None => BoundListener::bind(settings.address, "server.port")?,
        };
        let application = application.secured(secured.application);
        let there = |bound: BoundListener| bound.moved_to(&beside.handle);
        let management = match (settings.inherited.management()?, settings.management) {
            (Some(inherited), _) => Some(there(inherited)?),
            (None, Some(address)) => {
                Some(there(BoundListener::bind(address, "management.server.port")?)?)
            }
            (None, None) => None,
        };
        let management = management.map(|bound| bound.secured(secured.management));
        let socket = settings.management_socket.as_ref();
        let socket = socket.map(BoundListener::bind_socket).transpose()?.map(there).transpose()?;
        Ok(Self { application, management, socket })
    }

    /// The address of the application, and that of the management API.
    fn addresses(&self) -> Result<(SocketAddr, SocketAddr)> {
        let application = self.application.address()?;
        let management = match &self.management {
            Some(management) if !management.is_file() => management.address()?,
            _ => application,
        };
        Ok((application, management))
    }
}

/// What listens, and serves.
struct Listening {
    application: Serving,
    /// The listeners of the management API.
    management: Vec<Serving>,
    files: RunFiles,
    address: SocketAddr,
    management_address: SocketAddr,
}

impl Actuator {
    /// Listens, registers, and says so in the log. Nothing is served if a port cannot be opened.
    pub(super) async fn start(mut self, routes: Router, takes_signals: bool) -> Result<Running> {
        let router = self.application_router(routes)?;
        let (beside, end) = self.beside(takes_signals)?;
        // Before anybody can know of the service.
        let signals = takes_signals.then(|| Signals::take_over(&beside.handle));
        let listening = self.listen(router, &beside, takes_signals).await?;
        let Listening { address, management_address, .. } = listening;
        let registration = self.announce(address, management_address);
        let registered = registration.states();
        let hurry = Arc::default();
        let way_down = self.way_down(listening, registration, Arc::clone(&hurry), end);
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

    /// Where the management API runs, and what ends that.
    fn beside(&self, takes_signals: bool) -> Result<(Beside, Throws)> {
        let own_port = self.server.has_own_listener();
        // Signals too are to be heard while the application is stuck.
        let apart = own_port || takes_signals;
        let (beside, end) = if apart { Beside::thread()? } else { Beside::here() };
        if own_port {
            self.sampler.watch_runtime("management", &beside.handle);
        }
        Ok((beside, end))
    }

    /// Opens the ports and serves on them. Before the first request the application has started.
    async fn listen(
        &mut self,
        router: Router,
        beside: &Beside,
        takes_signals: bool,
    ) -> Result<Listening> {
        let secured = self.server.secured(&beside.handle)?;
        secured.follow(&self.live);
        let opening = self.startup.step("actuator.listeners");
        self.insides.listens(router.clone(), secured.clone());
        self.bundles.watch(&beside.handle);
        let ports = Ports::open(&mut self.server, secured, beside).await?;
        let files = self.write_files(&ports)?;
        if takes_signals && self.refreshes_on_hangup() {
            watch_hangups(&beside.handle, self.refresh.clone());
        }
        self.availability().started();
        ApplicationTimes::new(&self.meters).started(self.began.elapsed());
        let (address, management_address) = ports.addresses()?;
        let (application, management) = self.serve(ports, router, beside);
        opening.with_tag("address", address).with_tag("management", management_address).end();
        Ok(Listening { application, management, files, address, management_address })
    }

    /// Registers where the service is, which is ready then, and writes so in the log.
    fn announce(&self, address: SocketAddr, management_address: SocketAddr) -> Registration {
        let registering = self.startup.step("actuator.registration");
        let registration = self.register_at(address, management_address);
        registering.end();
        ApplicationTimes::new(&self.meters).ready(self.began.elapsed());
        startup::tell(&self.startup, self.began.elapsed());
        self.write_start_log(address, management_address);
        registration
    }

    fn way_down(
        &self,
        listening: Listening,
        registration: Registration,
        hurry: Arc<Notify>,
        end: Throws,
    ) -> WayDown {
        WayDown {
            lifecycle: self.lifecycle.clone(),
            settings: self.lifecycle_settings.clone(),
            manager: self.manager.clone(),
            home: Handle::current(),
            hurry,
            availability: self.availability(),
            delay: self.server.delay,
            drain: self.server.drain,
            application: listening.application,
            registration,
            audit: self.audit.clone(),
            management: listening.management,
            files: listening.files,
            end,
        }
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
        let (application, management) = ports.addresses()?;
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

    /// The application's listener, and those of the management API.
    fn serve(&self, ports: Ports, router: Router, beside: &Beside) -> (Serving, Vec<Serving>) {
        let (home, limits) = (Handle::current(), &self.server.limits);
        let live = |listener| self.streams.of(listener).clone();
        let own = ports.management.into_iter().chain(ports.socket);
        let management = own.map(|bound| {
            self.application_runtime.settle(home.clone());
            let router = self.management(Listener::Management).into_router();
            let router = self.with_fallback(router);
            let name = if bound.is_file() { "management-socket" } else { "management" };
            let live = live(Listener::Management);
            let serving = bound.serve(router, limits.management, &beside.handle, live);
            listener_meters::bind(&self.meters, name, &serving.connections());
            serving
        });
        let management = management.collect();
        let live = live(Listener::Application);
        let application = ports.application.serve(router, limits.application, &home, live);
        listener_meters::bind(&self.meters, "application", &application.connections());
        (application, management)
    }
}

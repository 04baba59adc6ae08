//! The task that keeps this service registered: at once, then once a period, for ever; taken
//! back on shutdown. An admin server that forgets (its store is in memory) thereby learns again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use once_cell::sync::OnceCell;
use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet},
    time::{Instant, timeout, timeout_at},
};
use tracing::{debug, info, warn};

use super::{
    address::ServerAddress,
    application::Application,
    client::AdminClient,
    failure::{Cause, Failure},
    selfcheck::{Reach, findings},
    settings::AdminClientSettings,
    status::RegistrationStatus,
};

/// How long a shutdown may take altogether.
const SHUTDOWN: Duration = Duration::from_secs(1);
/// How much of it a call under way is given to end: whoever is registered by it has to be
/// deregistered.
const UNDER_WAY: Duration = Duration::from_millis(500);

/// Starts registration.
#[derive(Debug)]
pub struct Registrar;

impl Registrar {
    /// Registers the application from now on, on the current tokio runtime. To be called once
    /// the listeners are bound. Returns at once; without a server to register at it does nothing.
    pub fn start(
        settings: AdminClientSettings,
        application: Application,
        reach: Reach,
    ) -> RegistrarHandle {
        let status = RegistrationStatus::new(settings.servers.iter().map(ServerAddress::shown));
        if !settings.is_on() {
            return RegistrarHandle { status, running: None };
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            warn!("not registering at Spring Boot Admin: there is no tokio runtime to do it on");
            return RegistrarHandle { status, running: None };
        };
        let obstacles = findings(&settings, &application, reach);
        if !obstacles.is_empty() {
            warn!("Spring Boot Admin may not reach this service: {}", obstacles.join("; "));
        }
        let last = settings.servers.iter().map(|_| Mutex::new(Last::Nothing)).collect();
        let client = OnceCell::new();
        let rounds =
            Arc::new(Rounds { settings, application, client, last, status: status.clone() });
        let stop = Arc::new(Notify::new());
        let task = runtime.spawn(repeat(rounds.clone(), stop.clone()));
        RegistrarHandle { status, running: Some(Running { rounds, stop, task }) }
    }
}

/// Holds on to a started registration. Dropping it does not end the registration.
#[derive(Debug)]
pub struct RegistrarHandle {
    status: RegistrationStatus,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    rounds: Arc<Rounds>,
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl RegistrarHandle {
    /// How registration goes at each server; the handle stays valid after shutdown.
    pub fn status(&self) -> RegistrationStatus {
        self.status.clone()
    }

    /// Ends the registration and takes it back, in at most one second whatever the servers do.
    pub async fn shutdown(self) {
        let deadline = Instant::now() + SHUTDOWN;
        let Some(Running { rounds, stop, mut task }) = self.running else { return };
        stop.notify_one();
        if timeout(UNDER_WAY, &mut task).await.is_err() {
            task.abort();
        }
        if rounds.settings.auto_deregistration
            && timeout_at(deadline, rounds.deregister()).await.is_err()
        {
            warn!("an admin server did not take the registration back within a second");
        }
    }
}

/// What was last told of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Nothing,
    Registered,
    Failed(Cause),
}

#[derive(Debug)]
struct Rounds {
    settings: AdminClientSettings,
    application: Application,
    client: OnceCell<AdminClient>,
    last: Vec<Mutex<Last>>,
    status: RegistrationStatus,
}

/// Fixed rate: a round that takes longer than a period skips the beats that it missed.
async fn repeat(rounds: Arc<Rounds>, stop: Arc<Notify>) {
    let period = rounds.settings.period;
    let mut next = Instant::now();
    loop {
        rounds.clone().round().await;
        let now = Instant::now();
        next += period;
        if next < now {
            let missed = (now - next).as_nanos() % period.as_nanos();
            next = now + period - Duration::from_nanos(u64::try_from(missed).unwrap_or_default());
        }
        if timeout_at(next, stop.notified()).await.is_ok() {
            return;
        }
    }
}

impl Rounds {
    /// One attempt: at the servers one after the other until one accepts, or at all at once.
    async fn round(self: Arc<Self>) {
        let Some(client) = self.client().await else { return };
        if self.settings.register_once {
            for server in 0..self.settings.servers.len() {
                if self.register(&client, server).await {
                    break;
                }
            }
            return;
        }
        let mut calls = JoinSet::new();
        for server in 0..self.settings.servers.len() {
            let (rounds, client) = (self.clone(), client.clone());
            calls.spawn(async move { rounds.register(&client, server).await });
        }
        while calls.join_next().await.is_some() {}
    }

    /// The client, made in the first round that can: reading certificates may block, and may
    /// fail now and succeed later.
    async fn client(self: &Arc<Self>) -> Option<AdminClient> {
        if let Some(client) = self.client.get() {
            return Some(client.clone());
        }
        let rounds = self.clone();
        let attempt = move || {
            let make = || AdminClient::new(&rounds.settings, &rounds.application);
            rounds.client.get_or_try_init(make).cloned()
        };
        let made = if self.settings.servers.iter().any(ServerAddress::is_https) {
            let joined = tokio::task::spawn_blocking(attempt).await;
            joined.unwrap_or_else(|error| Err(Failure::of_client(error)))
        } else {
            attempt()
        };
        match made {
            Ok(client) => Some(client),
            Err(failure) => {
                for (index, server) in self.settings.servers.iter().enumerate() {
                    self.failed(index, server, &failure);
                }
                None
            }
        }
    }

    async fn register(&self, client: &AdminClient, index: usize) -> bool {
        let Some(server) = self.settings.servers.get(index) else { return false };
        match client.register(server).await {
            Ok(id) => {
                self.succeeded(index, server, id);
                true
            }
            Err(failure) => {
                self.failed(index, server, &failure);
                false
            }
        }
    }

    fn succeeded(&self, index: usize, server: &ServerAddress, id: String) {
        let (name, url) = (&self.application.name, server.shown());
        if self.tell(index, Last::Registered) {
            info!("registered {name} at {url} as {id}");
        } else {
            debug!("refreshed the registration of {name} at {url} as {id}");
        }
        self.status.succeeded(index, id, SystemTime::now());
    }

    fn failed(&self, index: usize, server: &ServerAddress, failure: &Failure) {
        let url = server.shown();
        if self.tell(index, Last::Failed(failure.cause)) {
            let period = humantime::format_duration(self.settings.period);
            warn!("cannot register at {url}: {failure}; trying again every {period}");
        } else {
            debug!("cannot register at {url}: {failure}");
        }
        self.status.failed(index, failure.to_string(), SystemTime::now());
    }

    /// Whether this is news.
    fn tell(&self, index: usize, now: Last) -> bool {
        let Some(last) = self.last.get(index) else { return false };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, now) != now
    }

    /// Takes the registration back at every server that gave an id, at all of them at once.
    async fn deregister(self: &Arc<Self>) {
        let Some(client) = self.client.get() else { return };
        let mut calls = JoinSet::new();
        for (index, state) in self.status.snapshot().into_iter().enumerate() {
            let Some(id) = state.id else { continue };
            let (rounds, client) = (self.clone(), client.clone());
            calls.spawn(async move {
                let Some(server) = rounds.settings.servers.get(index) else { return };
                match client.deregister(server, &id).await {
                    Ok(()) => {
                        info!("deregistered {id} from {}", state.url);
                        rounds.status.removed(index, SystemTime::now());
                    }
                    Err(failure) => warn!("cannot deregister {id} from {}: {failure}", state.url),
                }
            });
        }
        while calls.join_next().await.is_some() {}
    }
}

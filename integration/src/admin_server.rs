//! The real Spring Boot Admin server, from the jar that `make admin-servers` built, and what it knows of an instance.

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;

use crate::http::{self, Answer};
use crate::process::Process;
use crate::{Service, wait};

/// The servers that tests share while at least one of them runs. Each has a lock of its own: while one is being
/// started, others start too.
static SHARED: Mutex<Vec<(&str, String, Arc<Slot>)>> = Mutex::new(Vec::new());

type Slot = Mutex<Weak<AdminServer>>;

/// A running admin server.
pub struct AdminServer {
    /// Declared for its drop: the server lives as long as this value.
    _process: Process,
    version: String,
    url: String,
    authorization: Option<String>,
}

impl AdminServer {
    /// Starts a server of this version for one test. It polls often, but not so often that its first poll,
    /// for which a cold JVM loads its HTTP client, comes too late: the time-out is one second less than the interval.
    #[track_caller]
    pub fn start(version: &str) -> Self {
        Self::launch(version, "0", &[], None)
    }

    /// The same with these further settings.
    #[track_caller]
    pub fn start_with(version: &str, settings: &[(&str, &str)]) -> Self {
        let settings: Vec<String> =
            settings.iter().map(|(name, value)| format!("--{name}={value}")).collect();
        Self::launch(version, "0", &settings, None)
    }

    /// One for which everything asks for Basic authentication.
    #[track_caller]
    pub fn start_secured(version: &str, user: &str, password: &str) -> Self {
        let settings = [
            "--spring.profiles.active=secured".to_owned(),
            format!("--spring.security.user.name={user}"),
            format!("--spring.security.user.password={password}"),
        ];
        Self::launch(version, "0", &settings, Some(basic(user, password)))
    }

    /// A server that tests running at the same time share: they tell their instances apart by id.
    #[track_caller]
    pub fn shared(version: &str) -> Arc<Self> {
        Self::shared_by("all", version)
    }

    /// A server that only these tests share: the others look at pages that show all instances.
    #[track_caller]
    pub fn shared_by(tests: &'static str, version: &str) -> Arc<Self> {
        let slot = slot(tests, version);
        let mut server = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = server.upgrade() {
            return server;
        }
        let started = Arc::new(Self::start(version));
        *server = Arc::downgrade(&started);
        started
    }

    /// Ends it with all that it knew, and starts an empty one at the same address.
    #[track_caller]
    pub fn restart(self) -> Self {
        let (version, port) = (self.version.clone(), self.port().to_owned());
        drop(self);
        Self::launch(&version, &port, &[], None)
    }

    /// Its address, without a slash: the value for `spring.boot.admin.client.url`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The events of one instance, oldest first: their types.
    #[track_caller]
    pub fn events(&self, instance: &str) -> Vec<String> {
        let events = self.journal(instance);
        events.iter().map(|event| event["type"].as_str().expect("a type").to_owned()).collect()
    }

    /// The statuses that the events of one instance tell of, oldest first.
    #[track_caller]
    pub fn statuses(&self, instance: &str) -> Vec<String> {
        let mut events = self.journal(instance);
        events.retain(|event| event["type"] == "STATUS_CHANGED");
        let status = |event: &Value| event["statusInfo"]["status"].as_str().map(str::to_owned);
        events.iter().map(|event| status(event).expect("a status")).collect()
    }

    /// Waits until the events of an instance are complete in the eyes of `enough`, and returns them.
    #[track_caller]
    pub fn wait_for_events(
        &self,
        instance: &str,
        what: &str,
        enough: impl Fn(&[String]) -> bool,
    ) -> Vec<String> {
        wait::until(&format!("{instance} has {what}"), || {
            let events = self.events(instance);
            enough(&events).then_some(events)
        })
    }

    /// Waits until the service is known, and returns its id.
    #[track_caller]
    pub fn wait_for_instance(&self, service: &Service) -> String {
        self.wait_for_instance_at(service.url())
    }

    /// The same for a service whose health is at the port of this URL: a proxy's, or one of management's own.
    #[track_caller]
    pub fn wait_for_instance_at(&self, url: &str) -> String {
        wait::until("the service is registered", || self.find_instance_at(url))
    }

    /// The id of the instance whose health is at this service's port.
    #[track_caller]
    pub fn find_instance(&self, service: &Service) -> Option<String> {
        self.find_instance_at(service.url())
    }

    #[track_caller]
    fn find_instance_at(&self, url: &str) -> Option<String> {
        let here = format!(":{}/", http::port(url));
        let instances = self.json("/instances");
        let mut instances = instances.as_array().expect("a list of instances").iter();
        let found = instances.find(|instance| {
            instance["registration"]["healthUrl"].as_str().is_some_and(|url| url.contains(&here))
        });
        found.and_then(|instance| instance["id"].as_str()).map(str::to_owned)
    }

    /// Waits until an instance has this status, and returns all that the server knows of it.
    #[track_caller]
    pub fn wait_for_status(&self, instance: &str, status: &str) -> Value {
        wait::until(&format!("{instance} is {status}"), || {
            let known = self.json(&format!("/instances/{instance}"));
            (known["statusInfo"]["status"] == status).then_some(known)
        })
    }

    /// Asks an instance through the server, as the web UI does: `path` follows `/actuator/`.
    #[track_caller]
    pub fn proxied(&self, instance: &str, path: &str, accept: &str) -> Answer {
        self.get(&format!("/instances/{instance}/actuator/{path}"), accept)
    }

    /// Sends an instance a request through the server, as the web UI does: `path` follows `/actuator/`.
    #[track_caller]
    pub fn send(&self, method: &str, instance: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_with(method, instance, path, body, &[])
    }

    /// The same with these headers, of which the server passes most on.
    #[track_caller]
    pub fn send_with(
        &self,
        method: &str,
        instance: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}/instances/{instance}/actuator/{path}", self.url);
        let answer = http::send(method, &url, headers, body);
        answer.unwrap_or_else(|| panic!("nobody answers {method} {url}"))
    }

    /// A GET at the server itself.
    #[track_caller]
    pub fn get(&self, path: &str, accept: &str) -> Answer {
        let mut headers = vec![("Accept", accept)];
        headers.extend(self.authorization.as_deref().map(|value| ("Authorization", value)));
        http::get(&format!("{}{path}", self.url), &headers)
    }

    /// All events of one instance, oldest first.
    #[track_caller]
    fn journal(&self, instance: &str) -> Vec<Value> {
        let events = self.json("/instances/events");
        let events = events.as_array().expect("a list of events").iter();
        events.filter(|event| event["instance"] == instance).cloned().collect()
    }

    #[track_caller]
    fn json(&self, path: &str) -> Value {
        // With any other Accept the server answers with the HTML page of its UI.
        self.get(path, "application/json").json()
    }

    fn port(&self) -> &str {
        http::port(&self.url)
    }

    #[track_caller]
    fn launch(
        version: &str,
        port: &str,
        settings: &[String],
        authorization: Option<String>,
    ) -> Self {
        let jar = crate::workspace()
            .join(format!("examples/spring-boot-admin/target/spring-boot-admin-{version}.jar"));
        assert!(jar.is_file(), "{} is missing. Try: make admin-servers", jar.display());
        let mut command = Command::new("java");
        // Flags for a quick start of a small server on a busy machine.
        command.args(["-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar"]).arg(&jar);
        command.args(["--server.address=127.0.0.1", "--spring.main.banner-mode=off"]);
        command.arg(format!("--server.port={port}"));
        command.args([
            "--spring.boot.admin.monitor.status-interval=6s",
            "--spring.boot.admin.monitor.status-lifetime=1s",
        ]);
        command.args([
            "--spring.boot.admin.monitor.info-interval=2s",
            "--spring.boot.admin.monitor.info-lifetime=1s",
        ]);
        command.arg("--spring.boot.admin.ui.enable-toasts=true");
        command.args(settings);
        let name = format!("Spring Boot Admin {version}");
        let mut process =
            Process::start(&name, &mut command, "apt-get install openjdk-17-jre-headless");
        let port: u16 = process.wait_for("its port", |line| {
            // "Tomcat started on port 8080 (http)" since Boot 3.2, "on port(s): 8080 (http)" before.
            let (_, rest) = line.split_once("Tomcat started on port")?;
            rest.trim_start_matches(|c: char| !c.is_ascii_digit()).split(' ').next()?.parse().ok()
        });
        let url = format!("http://127.0.0.1:{port}");
        // Tomcat opens its port before Boot's last start-up steps; the process says so when all are done.
        process.wait_for("that it has started", |line| {
            line.contains("Started AdminServer").then_some(())
        });
        Self { _process: process, version: version.to_owned(), url, authorization }
    }
}

/// Where the server of this version that these tests share is, or is to be.
fn slot(tests: &'static str, version: &str) -> Arc<Slot> {
    let mut slots = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = slots.iter().find(|(by, known, _)| *by == tests && known == version);
    if let Some((_, _, slot)) = known {
        return Arc::clone(slot);
    }
    let slot = Arc::default();
    slots.push((tests, version.to_owned(), Arc::clone(&slot)));
    slot
}

/// The value of an `Authorization` header.
fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"))
    )
}

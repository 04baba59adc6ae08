//! A window on a page of the admin server's web UI, and what the page is about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Browser, Service, wait};
use serde_json::{Value, json};

/// What the UI itself writes to the console whatever the instance says: its own charts, drawn before there are
/// two points to connect (the same with a scripted instance).
const HARMLESS: &str = "<path> attribute d: Expected number";

/// What the service with everything is told, and must not show.
pub const SECRET: &str = "hunter2";

/// One server with one instance.
pub struct Scene {
    pub server: Arc<AdminServer>,
    pub service: Service,
    pub instance: String,
}

impl Scene {
    /// The quickstart.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Scene>> = Mutex::new(Weak::new());
        shared_in(&SHARED, || {
            let scene = Self::of(AdminServer::shared("4.1.2"), Service::example("quickstart"));
            // A logger exists once something was logged with it.
            scene.service.get("/hello/world");
            scene
        })
    }

    /// The service that has something of everything that one can look into, profiles of the heap allowed.
    pub fn inside() -> Arc<Self> {
        static INSIDE: Mutex<Weak<Scene>> = Mutex::new(Weak::new());
        shared_in(&INSIDE, || {
            let service = Service::inside()
                .setting("management.endpoint.heapdump.access", "unrestricted")
                .setting("shop.till.key", SECRET)
                .setting("shop.till.limits.per-day", "20000");
            Self::of(AdminServer::shared_by("steered", "4.1.2"), service)
        })
    }

    /// The example that keeps a megabyte of each request, with the profiler of jemalloc at work.
    pub fn leaking() -> Arc<Self> {
        let service = Service::example("heap-profile")
            .variable("_RJEM_MALLOC_CONF", "prof:true,prof_active:true,lg_prof_sample:16")
            .setting("management.endpoint.heapdump.access", "unrestricted");
        Arc::new(Self::of(AdminServer::shared_by("steered", "4.1.2"), service))
    }

    /// The steered service with these settings. Not at the server of the quickstart, whose pages say that all is up.
    pub fn steered(settings: &[(&str, &str)]) -> Arc<Self> {
        let service = settings
            .iter()
            .fold(Service::steered(), |service, (name, value)| service.setting(name, value));
        Arc::new(Self::of(AdminServer::shared_by("steered", "4.1.2"), service))
    }

    /// This service, once the server knows all about it.
    fn of(server: Arc<AdminServer>, service: ServiceBuilder) -> Self {
        let service = service
            .setting("spring.boot.admin.client.url", server.url())
            .setting("spring.boot.admin.client.instance.metadata.tags.environment", "demo")
            .start();
        let instance = server.wait_for_instance(&service);
        server.wait_for_events(&instance, "INFO_CHANGED", |events| {
            events.iter().any(|event| event == "INFO_CHANGED")
        });
        // The server learns of health groups with a poll after the first.
        let groups = format!("/instances/{instance}/health-groups");
        wait::until("the server knows the health groups", || {
            server.get(&groups, "application/json").body.contains("liveness").then_some(())
        });
        Self { server, service, instance }
    }

    /// What the instance itself answers.
    pub fn actuator(&self, path: &str) -> Value {
        self.service.get(&format!("/actuator/{path}")).json()
    }
}

/// The scene that tests running at the same time share.
fn shared_in(slot: &Mutex<Weak<Scene>>, make: impl FnOnce() -> Scene) -> Arc<Scene> {
    let mut shared = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(scene) = shared.upgrade() {
        return scene;
    }
    let scene = Arc::new(make());
    *shared = Arc::downgrade(&scene);
    scene
}

/// A window on one page of the UI.
pub struct View {
    pub scene: Arc<Scene>,
    pub browser: Browser,
    /// Of its picture.
    name: String,
}

impl View {
    /// A view of the quickstart.
    pub fn of_instance(name: &str) -> Self {
        Self::of(Scene::shared(), name, name)
    }

    /// A view of the instance of a scene; its picture gets a name of its own.
    pub fn of(scene: Arc<Scene>, view: &str, name: &str) -> Self {
        let path = format!("/instances/{}/{view}", scene.instance);
        Self::open(scene, name, &path)
    }

    /// A view of the whole server.
    pub fn of_server(name: &str) -> Self {
        Self::open(Scene::shared(), name, &format!("/{name}"))
    }

    /// Another view of the same instance, in a second window of the same browser.
    pub fn beside(&self, view: &str, name: &str) -> Self {
        let path = format!("/instances/{}/{view}", self.scene.instance);
        Self::within(self.browser.beside(), self.scene.clone(), name, &path)
    }

    fn open(scene: Arc<Scene>, name: &str, path: &str) -> Self {
        Self::within(Browser::open(1400, 1250), scene, name, path)
    }

    fn within(browser: Browser, scene: Arc<Scene>, name: &str, path: &str) -> Self {
        browser.visit(&format!("{}{path}", scene.server.url()));
        Self { scene, browser, name: name.to_owned() }
    }

    #[track_caller]
    pub fn shows(&self, texts: &[&str]) {
        for text in texts {
            self.browser.wait_for_text(text);
        }
    }

    /// Takes the picture, and asserts that nothing went wrong on the way.
    #[track_caller]
    pub fn close(self) {
        self.close_but_for(&[]);
    }

    /// The same, where the page may complain of what has these words in it.
    #[track_caller]
    pub fn close_but_for(self, expected: &[&str]) {
        self.picture(&self.name);
        let toasts = self.browser.run(
            "return [...document.querySelectorAll('.p-toast-message')].map(t => t.innerText)",
            &[],
        );
        assert_eq!(toasts, json!([]), "the UI raised a toast");
        assert!(
            !self.browser.text().contains("Fetching of data failed"),
            "{}",
            self.browser.text()
        );
        let mut complaints = self.browser.complaints();
        complaints.retain(|complaint| !complaint.contains(HARMLESS));
        complaints.retain(|complaint| !expected.iter().any(|words| complaint.contains(words)));
        assert_eq!(complaints, [""; 0], "the page complained");
    }

    /// Takes a picture on the way.
    pub fn picture(&self, name: &str) {
        let folder = actuator_integration::build_directory().parent().unwrap().join("screenshots");
        self.browser.screenshot(&folder.join(format!("{name}.png")));
    }

    /// Has the log view wrap its lines, so that all of them is in the picture.
    pub fn wrap_lines(&self) {
        self.browser.run("document.querySelector('#wraplines').click()", &[]);
    }

    /// The views that the side bar offers, by the last part of their paths.
    pub fn offered(&self) -> BTreeSet<String> {
        // A group lists its views only while it is open; its own link opens the first of them.
        let groups = self.browser.wait_until(
            "the side bar is there",
            "const groups = [...document.querySelectorAll('aside [data-sba-group]')].map(g => g.dataset.sbaGroup);
             return groups.length && groups",
            &[],
        );
        let mut views = BTreeSet::new();
        for group in groups.as_array().unwrap() {
            let links = self.browser.wait_until(
                &format!("the group {group} is open"),
                "const group = document.querySelector(`aside [data-sba-group=${arguments[0]}]`);
                 const links = [...group.querySelectorAll('a')].map(a => a.getAttribute('href'));
                 if (links.includes(location.pathname)) return links;
                 group.querySelector('a').click()",
                std::slice::from_ref(group),
            );
            let links = links.as_array().unwrap().iter().map(|link| link.as_str().unwrap());
            views.extend(links.map(|link| link.rsplit('/').next().unwrap().to_owned()));
        }
        views
    }

    /// Presses the button of this text in the row of this name.
    #[track_caller]
    pub fn press_in_row(&self, row: &str, button: &str) {
        let script = "const row = [...document.querySelectorAll('main tr')]
                .find(row => row.querySelector('td')?.innerText.trim() === arguments[0]);
            const button = row && [...row.querySelectorAll('button')].find(b => b.innerText.trim() === arguments[1]);
            button && button.click(); return !!button";
        let what = format!("the row {row} has a button {button}");
        self.browser.wait_until(&what, script, &[json!(row), json!(button)]);
    }

    /// Presses the first button of this text on the page.
    #[track_caller]
    pub fn press(&self, button: &str) {
        let script = "const button = [...document.querySelectorAll('button')]
                .find(b => b.innerText.trim() === arguments[0] && !b.disabled);
            button && button.click(); return !!button";
        self.browser.wait_until(&format!("there is a button {button}"), script, &[json!(button)]);
    }

    /// The texts of the cells of all rows of the tables.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let script = "return [...document.querySelectorAll('main tr')]
            .map(row => [...row.querySelectorAll(':scope > td')].map(cell => cell.innerText.trim()))
            .filter(cells => cells.length)";
        serde_json::from_value(self.browser.run(script, &[])).unwrap()
    }

    /// The titles of the cards that there are now.
    pub fn cards(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('main h3 button')].map(b => b.querySelector('span').innerText)";
        let titles = self.browser.run(script, &[]);
        titles.as_array().unwrap().iter().map(|title| title.as_str().unwrap().to_owned()).collect()
    }

    /// What the card of this title says, by label, once there is such a card; it is moved into the picture.
    #[track_caller]
    pub fn card(&self, title: &str) -> BTreeMap<String, String> {
        let script = "const title = [...document.querySelectorAll('main h3 button')]
                .find(button => button.querySelector('span').innerText === arguments[0]);
            const card = title?.closest('header').parentElement;
            card?.scrollIntoView({block: 'center'});
            const labels = card && [...card.querySelectorAll('dt, p.font-bold')];
            return labels?.length && Object.fromEntries(labels.map(l => [l.innerText, l.nextElementSibling.innerText]))";
        let what = format!("there is a card {title}");
        let entries = self.browser.wait_until(&what, script, &[json!(title)]);
        let entries = entries.as_object().unwrap().iter();
        entries
            .map(|(label, text)| (label.clone(), text.as_str().unwrap().trim().to_owned()))
            .collect()
    }

    /// The entry of a component in the health card, moved into the picture: its text.
    #[track_caller]
    pub fn component(&self, name: &str) -> String {
        let script = "const entry = document.querySelector(`main dl[role=group][aria-label='${arguments[0]}']`);
            entry?.scrollIntoView({block: 'center'}); return entry && entry.innerText";
        let entry = self.browser.wait_until(
            &format!("there is a component {name}"),
            script,
            &[json!(name)],
        );
        entry.as_str().unwrap().to_owned()
    }

    /// Opens a health group; only then does the UI ask for it.
    #[track_caller]
    pub fn open_group(&self, name: &str) {
        let script = "const buttons = [...document.querySelectorAll('main button')];
            const title = buttons.find(button => button.innerText.includes(arguments[0]));
            title && title.click(); return !!title";
        self.browser.wait_until(&format!("the group {name} can be opened"), script, &[json!(name)]);
    }

    /// The text of the table row in which an element of the first cell says exactly `name`.
    pub fn row(&self, name: &str) -> String {
        let script = "const row = [...document.querySelectorAll('main tr')]
                .find(row => row.querySelector('td span')?.innerText === arguments[0]);
            return row && row.innerText";
        let row =
            self.browser.wait_until(&format!("there is a row {name}"), script, &[json!(name)]);
        row.as_str().unwrap().to_owned()
    }
}

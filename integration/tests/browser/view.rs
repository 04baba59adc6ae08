//! A window on a page of the admin server's web UI, and what the page is about.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Browser, Service, wait};
use serde_json::{Value, json};

/// What the UI itself writes to the console whatever the instance says: its own charts, drawn before there are
/// two points to connect (the same with a scripted instance).
const HARMLESS: &str = "<path> attribute d: Expected number";

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
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scene) = shared.upgrade() {
            return scene;
        }
        let server = AdminServer::shared("4.1.2");
        let scene = Arc::new(Self::of(server, Service::example("quickstart")));
        // A logger exists once something was logged with it.
        scene.service.get("/hello/world");
        *shared = Arc::downgrade(&scene);
        scene
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
        let folder = actuator_integration::build_directory().parent().unwrap().join("screenshots");
        self.browser.screenshot(&folder.join(format!("{}.png", self.name)));
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

    /// Has the log view wrap its lines, so that all of them is in the picture.
    pub fn wrap_lines(&self) {
        self.browser.run("document.querySelector('#wraplines').click()", &[]);
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

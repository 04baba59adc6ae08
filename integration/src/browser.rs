//! Headless Chromium, driven through `chromedriver` and its protocol.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::process::Process;
use crate::{http, wait};

/// Flags under which Chromium runs as root, draws nothing on a screen, and calls nobody but the page's server.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
];

/// A window of a browser; the browser ends with its last one.
pub struct Browser {
    session: Arc<Session>,
    window: String,
}

/// A running browser.
struct Session {
    /// Declared for its drop: with the driver ends the browser.
    _driver: Process,
    url: String,
    /// The window that commands go to.
    focus: Mutex<String>,
}

impl Browser {
    /// Opens an empty window of this size in pixels, in a browser of its own.
    #[track_caller]
    pub fn open(width: u16, height: u16) -> Self {
        let mut command = Command::new("chromedriver");
        let mut driver = Process::start(
            "chromedriver",
            command.arg("--port=0"),
            "apt-get install chromium chromium-driver",
        );
        let port: u16 = driver.wait_for("its port", |line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        let base = format!("http://127.0.0.1:{port}/session");
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--window-size={width},{height}"));
        let wishes = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": flags},
        }}});
        let value = command_value(&base, "POST", Some(&wishes));
        let id = value["sessionId"].as_str().expect("a session id");
        let url = format!("{base}/{id}");
        let window = command_value(&format!("{url}/window"), "GET", None);
        let window = window.as_str().expect("a window").to_owned();
        let focus = Mutex::new(window.clone());
        Self { session: Arc::new(Session { _driver: driver, url, focus }), window }
    }

    /// Opens another empty window of the same size in the same browser. Both stay open, and are told what to do by
    /// the values that they belong to.
    #[track_caller]
    pub fn beside(&self) -> Self {
        let rect = self.call("GET", "window/rect", None);
        let opened = self.call("POST", "window/new", Some(&json!({"type": "window"})));
        let window = opened["handle"].as_str().expect("a window").to_owned();
        let other = Self { session: Arc::clone(&self.session), window };
        let size = json!({"width": rect["width"], "height": rect["height"]});
        other.call("POST", "window/rect", Some(&size));
        other
    }

    /// Opens a page.
    #[track_caller]
    pub fn visit(&self, url: &str) {
        self.call("POST", "url", Some(&json!({ "url": url })));
    }

    /// Loads the page anew.
    #[track_caller]
    pub fn reload(&self) {
        self.call("POST", "refresh", Some(&json!({})));
    }

    /// Lets pages save files, and has them saved in this folder.
    #[track_caller]
    pub fn download_into(&self, folder: &Path) {
        let wish = json!({
            "cmd": "Browser.setDownloadBehavior",
            "params": {"behavior": "allow", "downloadPath": folder},
        });
        self.call("POST", "goog/cdp/execute", Some(&wish));
    }

    /// Runs the body of a function in the page; its arguments are in `arguments`.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.call("POST", "execute/sync", Some(&json!({"script": script, "args": arguments})))
    }

    /// The visible text of the page's main part, or of all of it where the page has no such part.
    #[track_caller]
    pub fn text(&self) -> String {
        let script = "return (document.querySelector('main') || document.body).innerText";
        self.run(script, &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the visible text contains this.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        wait::until(&format!("the page shows {text:?}"), || {
            self.text().contains(text).then_some(())
        });
    }

    /// Waits until `script`, the body of a function in the page, returns something true, and returns it.
    #[track_caller]
    pub fn wait_until(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        wait::until(what, || {
            let value = self.run(script, arguments);
            is_true(&value).then_some(value)
        })
    }

    /// What the pages of the browser wrote to their consoles as errors or warnings since the last look.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.call("POST", "se/log", Some(&json!({"type": "browser"})));
        let entries = entries.as_array().expect("a list of log entries").iter();
        let bad = entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Saves what the window shows as a PNG file.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        let value = self.call("GET", "screenshot", None);
        let png = base64::engine::general_purpose::STANDARD.decode(value.as_str().expect("base64"));
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder of the screenshot");
        fs::write(file, png.expect("base64")).expect("the screenshot is written");
    }

    #[track_caller]
    fn call(&self, method: &str, command: &str, body: Option<&Value>) -> Value {
        let url = &self.session.url;
        let mut focus = self.session.focus.lock().unwrap_or_else(PoisonError::into_inner);
        if *focus != self.window {
            let window = json!({ "handle": self.window });
            command_value(&format!("{url}/window"), "POST", Some(&window));
            focus.clone_from(&self.window);
        }
        command_value(&format!("{url}/{command}"), method, body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if thread::panicking() {
            let focus = json!({ "handle": self.window });
            let text =
                json!({"script": "return location + '\\n' + document.body.innerText", "args": []});
            let _ = http::send("POST", &format!("{}/window", self.session.url), &[], Some(&focus));
            let url = format!("{}/execute/sync", self.session.url);
            let answer = http::send("POST", &url, &[], Some(&text));
            eprintln!(
                "--- the page when the test failed ---\n{}",
                answer.map_or_else(String::new, |a| a.body)
            );
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Closes the browser; killing the driver alone would leave it running.
        let _ = http::send("DELETE", &self.url, &[], None);
    }
}

/// What is true in a condition of the page's language.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[track_caller]
fn command_value(url: &str, method: &str, body: Option<&Value>) -> Value {
    let answer = http::send(method, url, &[], body)
        .unwrap_or_else(|| panic!("chromedriver does not answer {url}"));
    assert!(answer.status == 200, "{method} {url} failed: {}", answer.body);
    answer.json()["value"].clone()
}

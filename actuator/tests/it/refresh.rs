//! Reading settings again over HTTP: what is changed, what is refused, and that nothing is half done.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Condvar, Mutex},
    thread,
    time::Instant,
};

use actuator::Settings;
use testkit::Request;

use crate::{
    app::{Service, TestApp, app},
    life::folder,
};

const ACCESS: &str = "management.endpoint.refresh.access";

/// A service with a file of settings of its own.
fn refreshable(name: &str, text: &str) -> (TestApp, PathBuf) {
    let folder = folder(name);
    std::fs::write(folder.join("actuator.toml"), text).unwrap();
    let mut service = app().with(|app| {
        app.refreshable();
    });
    service.builder = service.builder.settings_directory(&folder);
    (service, folder)
}

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("actuator.toml"), text).unwrap();
}

fn refresh(service: &Service) -> testkit::Answer {
    service.send(Request::new("POST", "/actuator/refresh"))
}

fn value(service: &Service, name: &str) -> serde_json::Value {
    service.get(&format!("/actuator/env/{name}")).json()["property"]["value"].clone()
}

#[test]
fn refresh_answers_the_sorted_names_that_changed_and_levels_take_effect() {
    let (service, folder) = refreshable(
        "refresh",
        "demo.color = \"red\"\n[logging.level]\n\"refresh::a\" = \"debug\"\n",
    );
    let service = service.start();
    let logger = |name: &str| service.get(&format!("/actuator/loggers/refresh::{name}"));
    assert_eq!(logger("a").json()["configuredLevel"], "DEBUG");
    assert_eq!(refresh(&service).assert_status(200).text(), "[]");
    write(&folder, "demo.color = \"blue\"\n[logging.level]\n\"refresh::b\" = \"trace\"\n");
    let answer = refresh(&service).assert_status(200);
    assert_eq!(
        answer.text(),
        r#"["demo.color","logging.level.refresh::a","logging.level.refresh::b"]"#
    );
    assert_eq!(value(&service, "demo.color"), "blue");
    assert_eq!(logger("b").json()["configuredLevel"], "TRACE");
    logger("a").assert_status(404);
    assert_eq!(refresh(&service).assert_status(200).text(), "[]");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_bad_file_or_a_bad_value_changes_nothing_and_the_answer_reveals_nothing() {
    let (service, folder) = refreshable("refused", "demo.color = \"red\"\n");
    let service = service.start();
    for bad in [
        "demo.color = ",
        "demo.color = \"blue\"\n[logging.level]\nshop = \"LOUD\"\n",
        "demo.color = \"blue\"\n[logging.level]\nshop = \"debug\"\n\"\" = \"debug\"\nx = \"VERYLOUD\"\n",
    ] {
        write(&folder, bad);
        let answer = refresh(&service).assert_status(500);
        for secret in ["actuator.toml", "LOUD", "VERYLOUD"] {
            assert!(!answer.text().contains(secret), "{}", answer.text());
        }
        assert_eq!(value(&service, "demo.color"), "red", "{bad}");
    }
    write(&folder, "demo.color = \"green\"\n");
    assert_eq!(refresh(&service).assert_status(200).text(), r#"["demo.color"]"#);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn many_at_once_are_answered_and_the_last_file_counts() {
    let (service, folder) = refreshable("many", "demo.color = \"red\"\n");
    let service = service.start();
    let address = service.address;
    write(&folder, "demo.color = \"blue\"\n");
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let call = move || Request::new("POST", "/actuator/refresh").send(address);
            std::thread::spawn(call)
        })
        .collect();
    for call in calls {
        let answer = call.join().unwrap().assert_status(200).text();
        assert!([r#"["demo.color"]"#, "[]"].contains(&answer.as_str()), "{answer}");
    }
    assert_eq!(value(&service, "demo.color"), "blue");
    std::fs::remove_dir_all(folder).unwrap();
}

/// How fast it goes: a setting at which reading can be made to wait.
struct Pace;

#[derive(Settings)]
#[settings(prefix = "it.refresh")]
#[expect(dead_code, reason = "it is there to be read")]
struct Paced {
    #[settings(parse, default = "")]
    pace: Pace,
}

/// Which values were read how often, and at which one reading waits.
static READ: Mutex<(BTreeMap<String, usize>, Option<&str>)> = Mutex::new((BTreeMap::new(), None));
static CHANGED: Condvar = Condvar::new();

impl FromStr for Pace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let mut read = READ.lock().unwrap();
        *read.0.entry(text.to_owned()).or_default() += 1;
        CHANGED.notify_all();
        drop(CHANGED.wait_while(read, |read| read.1 == Some(text)).unwrap());
        Ok(Self)
    }
}

/// How often a value was read, once it was; from now on reading waits at `next`.
#[track_caller]
fn read(value: &str, next: Option<&'static str>) -> usize {
    let is_unread = |read: &mut (BTreeMap<String, usize>, _)| !read.0.contains_key(value);
    let read = READ.lock().unwrap();
    let (mut read, over) = CHANGED.wait_timeout_while(read, testkit::PATIENCE, is_unread).unwrap();
    assert!(!over.timed_out(), "{value} is not read");
    read.1 = next;
    CHANGED.notify_all();
    read.0[value]
}

/// Waits until so many requests are under way, beside the one that asks.
#[track_caller]
fn until_active(service: &Service, count: u32) {
    let deadline = Instant::now() + testkit::PATIENCE;
    loop {
        let meter = service.get("/actuator/metrics/http.server.requests.active").json();
        let measured = meter["measurements"].as_array().unwrap().iter();
        let active = measured.filter(|one| one["statistic"] == "ACTIVE_TASKS");
        if active.filter_map(|one| one["value"].as_f64()).sum::<f64>() > f64::from(count) {
            return;
        }
        assert!(Instant::now() < deadline, "{meter}");
    }
}

#[test]
fn whoever_asks_while_the_settings_are_being_read_shares_one_more_reading() {
    const OTHERS: u32 = 16;
    let pace = |pace: &str| format!("it.refresh.pace = \"{pace}\"\n");
    let (mut service, folder) = refreshable("shared", &pace("calm"));
    service.builder = service.builder.bind_settings::<Paced>();
    let service = service.start();
    let address = service.address;
    let ask = || {
        let ask = move || Request::new("POST", "/actuator/refresh").send(address);
        thread::spawn(move || ask().assert_status(200).text())
    };
    read("calm", Some("first"));
    write(&folder, &pace("first"));
    let first = ask();
    let each = read("first", Some("first"));
    // The first one has read its file, and hangs.
    write(&folder, &pace("second"));
    let others: Vec<_> = (0..OTHERS).map(|_| ask()).collect();
    until_active(&service, 1 + OTHERS);
    assert_eq!(read("first", Some("second")), each, "nobody else reads meanwhile");
    assert_eq!(first.join().unwrap(), r#"["it.refresh.pace"]"#);
    read("second", None);
    for other in others {
        // Whoever read by itself would find that nothing has changed any more.
        assert_eq!(other.join().unwrap(), r#"["it.refresh.pace"]"#);
    }
    assert_eq!(read("second", None), read("first", None), "one reading for all of them");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn it_is_there_only_if_the_application_or_a_setting_says_so() {
    let status = |service: TestApp| refresh(&service.start()).status();
    assert_eq!(status(app()), 404);
    assert_eq!(status(app().setting(ACCESS, "unrestricted")), 200);
    let invited = || {
        app().with(|app| {
            app.refreshable();
        })
    };
    assert_eq!(status(invited()), 200);
    assert_eq!(status(invited().setting(ACCESS, "none")), 404);
    assert_eq!(status(invited().setting(ACCESS, "read-only")), 404);
}

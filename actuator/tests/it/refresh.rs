//! Reading settings again over HTTP: what is changed, what is refused, and that nothing is half done.

use std::path::{Path, PathBuf};

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

//! Settings from every place, the stronger one winning, each with its origin.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use testkit::{Process, Program};

use crate::quickstart;

/// A folder that is removed with its test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("quickstart-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn property(service: &Process, name: &str) -> Value {
    service.get(&format!("/actuator/env/{name}")).assert_status(200).json()
}

/// The value of a setting, and its source with the origin there, as `/env` shows them.
pub(crate) fn winner(service: &Process, name: &str) -> (String, String) {
    let found = property(service, name);
    let source = found["property"]["source"].clone();
    let sources = found["propertySources"].as_array().unwrap();
    let winning = sources.iter().find(|candidate| candidate["name"] == source).unwrap();
    let origin = winning["property"]["origin"].as_str().unwrap_or_default();
    let place = format!("{} {origin}", source.as_str().unwrap());
    (found["property"]["value"].as_str().unwrap().to_owned(), place)
}

#[test]
fn each_place_wins_over_those_before_it_and_env_shows_where_a_value_is_from() {
    const NAME: &str = "spring.application.name";
    let folder = Folder::new("precedence");
    folder.file("actuator.toml", "# first\n[spring.application]\nname = \"of-the-file\"\n");
    folder.file("actuator-blue.toml", "spring.application.name = \"of-the-profile\"\n");
    let program = |steps: usize| -> Program {
        let mut program = quickstart().folder(&folder.0);
        if steps >= 1 {
            program = program.env("SPRING_PROFILES_ACTIVE", "blue");
        }
        if steps >= 2 {
            program = program.env("SPRING_APPLICATION_NAME", "of-the-environment");
        }
        if steps >= 3 {
            program = program.arg("--spring.application.name=of-the-arguments");
        }
        program
    };
    let expected = [
        ("of-the-file", "actuator.toml:3"),
        ("of-the-profile", "actuator-blue.toml:1"),
        (
            "of-the-environment",
            "systemEnvironment System Environment Property \"SPRING_APPLICATION_NAME\"",
        ),
        ("of-the-arguments", "commandLineArgs"),
    ];
    for (steps, (value, origin)) in expected.into_iter().enumerate() {
        let mut service = program(steps).serve();
        let (found, place) = winner(&service, NAME);
        assert_eq!(found, value);
        assert!(place.contains(origin), "{value} is from {place}");
        service.log_until(&format!("{value} 1.0.0 listening on"));
        // The weaker ones are still shown.
        let sources = property(&service, NAME);
        let sources = sources["propertySources"].as_array().unwrap();
        let shown = sources.iter().filter(|source| source.get("property").is_some()).count();
        assert_eq!(shown, steps + 1, "{sources:?}");
    }
}

#[test]
fn both_spellings_of_a_variable_are_understood() {
    for name in
        ["MANAGEMENT_ENDPOINT_HEALTH_SHOWDETAILS", "MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETAILS"]
    {
        let mut service = quickstart().env(name, "never").serve();
        let health = service.get("/actuator/health").assert_status(200).json();
        assert!(health.get("components").is_none(), "{name}: {health}");
        service.log_until("collected ");
        assert!(!service.stop().contains("unknown"), "{name} is a known setting");
    }
}

#[test]
fn a_chart_written_for_a_spring_service_works() {
    let service = quickstart()
        .env("SERVER_ADDRESS", "0.0.0.0")
        .env("MANAGEMENT_SERVER_PORT", "0")
        .env("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health,info,metrics")
        .env("MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED", "true")
        .env("MANAGEMENT_ENDPOINT_HEALTH_PROBES_ADD_ADDITIONAL_PATHS", "true")
        .env("LOGGING_LEVEL_ROOT", "WARN")
        .env("LOGGING_LEVEL_ACTUATOR", "INFO");
    let mut service = service.serve();
    service.get("/livez").assert_status(200);
    service.get("/readyz").assert_status(200);
    service.get("/actuator/health").assert_status(404);
    let line = service.log_until("management at http://");
    assert!(
        line.ends_with("(whoever reaches it) exposes health, info, metrics; and /livez, /readyz"),
        "{line}"
    );
    let port = line.split("http://").nth(1).unwrap().split('/').next().unwrap();
    let management = port.replace("0.0.0.0", "127.0.0.1").parse().unwrap();
    for path in ["health", "health/readiness", "info", "metrics"] {
        testkit::get(management, &format!("/actuator/{path}")).assert_status(200);
    }
    testkit::get(management, "/actuator/env").assert_status(404);
}

#[test]
fn an_unknown_name_gets_a_warning_with_the_nearest_known_one() {
    let mut service = quickstart()
        .arg("--management.endpoint.health.show-detials=always")
        .env("MANAGEMENT_ENDPOINTS_WEB_BASE_PAHT", "/x")
        .serve();
    let line = service.log_until("show-detials");
    assert!(line.contains("WARN"), "{line}");
    assert!(line.contains("(argument --management.endpoint.health.show-detials)"), "{line}");
    assert!(line.contains("did you mean management.endpoint.health.show-details?"), "{line}");
    let line = service.log_until("BASE_PAHT");
    assert!(line.contains("did you mean management.endpoints.web.base-path?"), "{line}");
}

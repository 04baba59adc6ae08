//! Settings as a whole: precedence, spellings, profiles, origins.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::*;

/// A directory of its own for one test, removed at its end.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("actuator-settings-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        for (name, text) in files {
            fs::create_dir_all(path.join(name).parent().unwrap()).unwrap();
            fs::write(path.join(name), text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn value<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.property(name).map_or("", |property| property.value.as_str())
}

#[test]
fn each_place_wins_over_the_one_before() {
    let directory = Directory::with(&[
        ("actuator.toml", "[k]\ntoml=1\ndev=1\nqa=1\nenv=1\narg=1\nforce=1"),
        ("actuator-dev.toml", "[k]\ndev=2\nqa=2\nenv=2\narg=2\nforce=2"),
        ("actuator-qa.toml", "[k]\nqa=3\nenv=3\narg=3\nforce=3"),
    ]);
    let mut builder = Settings::builder()
        .file_directory(&directory.0)
        .environment([
            ("K_ENV", "4"),
            ("K_ARG", "4"),
            ("K_FORCE", "4"),
            ("SPRING_PROFILES_ACTIVE", "dev, qa"),
        ])
        .arguments(["--k.arg=5", "--k.force=5"])
        .force("k.force", "6");
    for name in ["code", "toml", "dev", "qa", "env", "arg", "force"] {
        builder = builder.default_value(&format!("k.{name}"), "0");
    }
    let settings = builder.build().unwrap();
    for (name, expected) in [
        ("code", "0"),
        ("toml", "1"),
        ("dev", "2"),
        ("qa", "3"),
        ("env", "4"),
        ("arg", "5"),
        ("force", "6"),
    ] {
        assert_eq!(value(&settings, &format!("k.{name}")), expected, "{name}");
    }
    assert_eq!(settings.active_profiles(), ["dev", "qa"]);
    let names: Vec<&str> = settings.sources().iter().map(|source| source.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "forced",
            "commandLineArgs",
            "process",
            "systemEnvironment",
            "actuator-qa.toml",
            "actuator-dev.toml",
            "actuator.toml",
            "defaultProperties"
        ]
    );
}

#[test]
fn every_value_knows_where_it_came_from() {
    let directory = Directory::with(&[("actuator.toml", "server = { address = 'localhost' }\n")]);
    let settings = Settings::builder()
        .file_directory(&directory.0)
        .environment([("SERVER_PORT", "1")])
        .arguments(["--management.server.port=2", "--debug", "rest", "--", "--x=1"])
        .default_value("server.shutdown", "immediate")
        .build()
        .unwrap();
    let origin = |name| settings.property(name).map(|property| property.origin.as_str());
    assert_eq!(origin("server.address"), Some("actuator.toml:1:22"));
    assert_eq!(origin("server.port"), Some("environment variable SERVER_PORT"));
    assert_eq!(origin("management.server.port"), Some("argument --management.server.port"));
    assert_eq!(origin("server.shutdown"), Some("default set by code"));
    assert_eq!(value(&settings, "debug"), "true");
    assert_eq!(origin("x"), None);
}

#[test]
fn what_asks_the_program_to_do_something_is_no_setting() {
    let settings = Settings::builder()
        .arguments(["--actuator-probe", "db", "--actuator-probe-timeout=1s", "--server.port=1"])
        .build()
        .unwrap();
    let arguments = settings.sources().iter().find(|s| s.name == "commandLineArgs").unwrap();
    assert_eq!(arguments.properties.keys().collect::<Vec<_>>(), ["server.port"]);
    assert!(settings.warnings().is_empty());
}

#[test]
fn one_name_is_found_in_every_spelling() {
    let directory = Directory::with(&[(
        "actuator.toml",
        "[management.endpoint.health]\nshowDetails='always'\nshow_components='never'\n",
    )]);
    let settings = Settings::builder()
        .file_directory(&directory.0)
        .environment([
            ("MANAGEMENT_ENDPOINT_ENV_SHOWVALUES", "never"),
            ("MANAGEMENT_ENDPOINT_HEALTH_CACHE_TIME_TO_LIVE", "5s"),
            ("DEMO_POOL_MAX_SIZE", "7"),
        ])
        .build()
        .unwrap();
    assert_eq!(value(&settings, "management.endpoint.health.show-details"), "always");
    assert_eq!(value(&settings, "management.endpoint.health.show-components"), "never");
    assert_eq!(value(&settings, "management.endpoint.env.show-values"), "never");
    assert_eq!(value(&settings, "management.endpoint.health.cache.time-to-live"), "5s");
    assert_eq!(value(&settings, "demo.pool.max-size"), "7", "the application's own names too");
    assert!(settings.warnings().iter().all(|warning| !warning.contains("unknown")));
}

#[test]
fn lists_and_maps_come_from_every_source() {
    let directory = Directory::with(&[(
        "actuator.toml",
        "[spring.boot.admin.client]\nurl=['http://a','http://b']\n\
         [spring.boot.admin.client.instance.metadata]\nteamName='x'\n'user.name'='joe'\n\
         [logging.level]\n'shop::my_db'='debug'\n\
         [logging.group]\nweb=['a','b']\nsql='c,d'\n[info.app]\ntags=['x']\n\
         [management.endpoints.web.exposure]\ninclude=[]\n",
    )]);
    let builder = || Settings::builder().file_directory(&directory.0);
    let settings = builder()
        .environment([
            ("SPRING_BOOT_ADMIN_CLIENT_INSTANCE_METADATA_TAGS_ENVIRONMENT", "test"),
            ("LOGGING_LEVEL_ROOT", "warn"),
            ("INFO_APP_NAME", "shop"),
            ("MANAGEMENT_ENDPOINT_HEALTH_GROUP_X_INCLUDE", "db,disk"),
        ])
        .default_value("management.endpoints.web.exposure.include", "*")
        .build()
        .unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(settings.list("spring.boot.admin.client.url").unwrap(), ["http://a", "http://b"]);
    assert_eq!(
        settings.map("spring.boot.admin.client.instance.metadata"),
        [pair("tags.environment", "test"), pair("teamName", "x"), pair("user.name", "joe")]
    );
    assert_eq!(settings.map("logging.level"), [pair("root", "warn"), pair("shop::my_db", "debug")]);
    assert_eq!(settings.map("logging.group"), [pair("sql", "c,d"), pair("web", "a,b")]);
    assert_eq!(settings.map("info"), [pair("app.name", "shop"), pair("app.tags[0]", "x")]);
    assert_eq!(
        settings.list("management.endpoint.health.group.x.include").unwrap(),
        ["db", "disk"]
    );
    let include = settings.list("management.endpoints.web.exposure.include").unwrap();
    assert!(include.is_empty(), "an empty list wins over the default");

    let settings =
        builder().environment([("SPRING_BOOT_ADMIN_CLIENT_URL_0_", "http://c")]).build().unwrap();
    assert_eq!(settings.list("spring.boot.admin.client.url").unwrap(), ["http://c"]);
}

#[test]
fn an_unknown_name_is_warned_about_with_the_nearest_known_one() {
    let directory = Directory::with(&[("actuator.toml", "[server]\nprot = 1\n")]);
    let settings = Settings::builder()
        .file_directory(&directory.0)
        .environment([
            ("MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETIALS", "always"),
            ("SERVER_NAME", "x"),
            ("HOME", "/"),
        ])
        .build()
        .unwrap();
    assert_eq!(
        settings.warnings(),
        [
            "setting MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETIALS (environment variable \
             MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETIALS) is unknown; did you mean \
             management.endpoint.health.show-details? Who sees details of health: never, \
             when-authorized, always; always on loopback, else never.",
            "setting server.prot (actuator.toml:2:8) is unknown; did you mean server.port? \
             Port of the application; 0 for any free one.",
        ]
    );
}

#[test]
fn a_setting_of_springs_that_does_nothing_here_is_told() {
    let settings = Settings::builder()
        .environment([("SPRING_MAIN_BANNER_MODE", "off")])
        .arguments(["--logging.pattern.console=%m"])
        .build()
        .unwrap();
    assert_eq!(
        settings.warnings(),
        [
            "setting logging.pattern.console (argument --logging.pattern.console) has no effect \
             here",
            "setting SPRING_MAIN_BANNER_MODE (environment variable \
             SPRING_MAIN_BANNER_MODE) has no effect here",
        ]
    );
}

#[test]
fn the_location_of_files_can_be_named_and_has_to_exist() {
    let directory = Directory::with(&[
        ("my.toml", "server.port = 1\nspring.profiles.active = 'dev'"),
        ("my-dev.toml", "server.port = 2"),
    ]);
    let file = directory.0.join("my.toml").display().to_string();
    let with = |location: String| {
        Settings::builder().environment([("SPRING_CONFIG_LOCATION", location)]).build()
    };
    let settings = with(file.clone()).unwrap();
    assert_eq!(value(&settings, "server.port"), "2");
    let error = with(format!("{file}.nosuch")).unwrap_err();
    assert!(error.to_string().contains("environment variable SPRING_CONFIG_LOCATION"), "{error}");
    assert!(with(format!("optional:{file}.nosuch")).is_ok());
}

#[test]
fn a_profile_cannot_lead_to_another_folder() {
    for bad in ["../../x", "a/b", ".."] {
        let error = Settings::builder().force("spring.profiles.active", bad).build().unwrap_err();
        assert!(error.is_setting(), "{bad}");
    }
}

#[test]
fn the_process_id_and_the_variables_are_visible() {
    let settings = Settings::builder().environment([("HOME", "/root")]).build().unwrap();
    let pid = settings.property("PID").unwrap();
    assert_eq!((pid.value.clone(), pid.kind), (std::process::id().to_string(), ValueKind::Number));
    let variables = settings.sources().iter().find(|s| s.name == "systemEnvironment").unwrap();
    assert_eq!(variables.properties["HOME"].value, "/root");
}

#[test]
fn all_bad_values_are_refused_at_once_with_their_origins() {
    let settings = Settings::builder()
        .environment([("SERVER_PORT", "many"), ("MANAGEMENT_ENDPOINT_ENV_CACHE_TIMETOLIVE", "")])
        .arguments(["--management.server.port=99999"])
        .build()
        .unwrap();
    let mut reader = SettingsReader::new(&settings);
    assert_eq!(reader.value::<u16>("server.port"), None);
    assert_eq!(reader.value::<u16>("management.server.port"), None);
    let empty = reader.value::<std::time::Duration>("management.endpoint.env.cache.time-to-live");
    assert_eq!(empty, None, "an empty variable is no value and no problem");
    let message = reader.finish().unwrap_err().to_string();
    for part in ["environment variable SERVER_PORT", "argument --management.server.port", "65535"] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn names_that_are_nearly_right_are_told_with_the_right_one() {
    for (wrong, right) in [
        ("actuator.metrics.max-serie", "actuator.metrics.max-series"),
        ("actuator.metrics.idel-timeout", "actuator.metrics.idle-timeout"),
        ("actuator.metrics.facade.enable", "actuator.metrics.facade.enabled"),
        ("actuator.prometheus.compresion", "actuator.prometheus.compression"),
        ("actuator.server-timing.enable", "actuator.server-timing.enabled"),
        ("management.statsd.metrics.export.hots", "management.statsd.metrics.export.host"),
        ("management.statsd.metrics.export.flavour", "management.statsd.metrics.export.flavor"),
        (
            "management.prometheus.metrics.export.description",
            "management.prometheus.metrics.export.descriptions",
        ),
        ("management.metrics.web.server.max-uri-tag", "management.metrics.web.server.max-uri-tags"),
    ] {
        let settings = Settings::builder().force(wrong, "1").build().unwrap();
        let warnings = settings.warnings().join("\n");
        assert!(warnings.contains(wrong) && warnings.contains(right), "{wrong}: {warnings}");
    }
    let right = "management.metrics.export.datadog.enabled";
    let settings = Settings::builder().force(right, "1").build().unwrap();
    assert!(!settings.warnings().join("\n").contains("did you mean"));
}

#[test]
fn an_old_name_is_told_with_the_new_one() {
    let settings = Settings::builder()
        .environment([("MANAGEMENT_ENDPOINT_ENV_ENABLED", "true"), ("LOGGING_FILE", "of others")])
        .arguments(["--endpoints.env.enabled=true", "--management.port=1"])
        .default_value("server.error.include-message", "always")
        .build()
        .unwrap();
    assert_eq!(
        settings.warnings(),
        [
            "setting endpoints.env.enabled (argument --endpoints.env.enabled) has no effect any \
             more; use management.endpoint.env.access",
            "setting management.port (argument --management.port) has no effect any more; use \
             management.server.port",
            "setting MANAGEMENT_ENDPOINT_ENV_ENABLED (environment variable \
             MANAGEMENT_ENDPOINT_ENV_ENABLED) is deprecated; use management.endpoint.env.access",
            "setting server.error.include-message (default set by code) is deprecated; use \
             spring.web.error.include-message",
        ]
    );
}

#[test]
fn random_values_are_told_not_to_exist() {
    let settings = Settings::builder().force("server.port", "${random.int(1,9)}").build().unwrap();
    assert_eq!(value(&settings, "server.port"), "${random.int(1,9)}");
    let warnings = settings.warnings().join("\n");
    assert!(warnings.contains("server.port (forced by code)") && warnings.contains("random"));
}

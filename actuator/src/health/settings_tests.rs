//! How the settings of health are read, and refused.

use super::*;
use crate::{
    health::{Health, HealthCheck, Status},
    model::call::Listener,
    settings::Settings,
};

fn read(settings: &[(&str, &str)]) -> Result<HealthSettings, String> {
    let settings = build(settings);
    let mut reader = SettingsReader::new(&settings);
    let read = HealthSettings::read(&mut reader, HealthDefaults { show_details: Show::Never });
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

fn build(settings: &[(&str, &str)]) -> Settings {
    settings
        .iter()
        .fold(Settings::builder(), |builder, (name, value)| builder.default_value(name, *value))
        .build()
        .unwrap()
}

fn validate(settings: &[(&str, &str)]) -> Result<(), String> {
    let settings = build(settings);
    let mut reader = SettingsReader::new(&settings);
    let read = HealthSettings::read(&mut reader, HealthDefaults { show_details: Show::Never });
    let contributors = read.contributors(&read.groups, ApplicationRuntime::default(), None);
    for path in ["db", "brokers/primary", "livenessState", "readinessState"] {
        let check = HealthCheck::new(path, || async { Health::up() });
        contributors.register(check).map_err(|error| error.to_string())?;
    }
    read.validate(&mut reader, &contributors);
    reader.finish().map_err(|error| error.to_string())
}

#[test]
fn by_default_there_are_two_probes_that_show_nothing() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.groups.names(), ["liveness", "readiness"]);
    assert_eq!(settings.engine.defaults.timeout, Some(Duration::from_secs(2)));
    assert!(!settings.groups.get("liveness").unwrap().shows_components(None));
    assert_eq!(settings.groups.additional_paths().count(), 0);
    assert!(settings.is_builtin_enabled("diskSpace"));
    assert!(settings.is_state_enabled("livenessState"));
}

#[test]
fn a_group_inherits_from_the_primary_one_what_it_does_not_set() {
    let settings = read(&[
        ("management.endpoint.health.show-details", "always"),
        ("management.endpoint.health.status.order", "fatal,down,up"),
        ("management.endpoint.health.status.http-mapping.fatal", "500"),
        ("management.endpoint.health.group.shallow.include", "custom,ping"),
        ("management.endpoint.health.group.shallow.show-details", "never"),
        ("management.endpoint.health.group.own.status.http-mapping.down", "299"),
    ])
    .unwrap();
    let fatal = Status::custom("FATAL");
    let shallow = settings.groups.get("shallow").unwrap();
    assert!(!shallow.shows_components(None));
    assert_eq!(shallow.http_mapping.code(&fatal), 500);
    assert_eq!(shallow.aggregator.aggregate([&Status::UP, &fatal]), fatal);
    let own = settings.groups.get("own").unwrap();
    assert!(own.shows_details(None));
    assert_eq!((own.http_mapping.code(&fatal), own.http_mapping.code(&Status::DOWN)), (200, 299));
}

#[test]
fn probes_get_paths_of_their_own_and_give_way_to_groups_of_the_same_name() {
    let settings = read(&[
        ("management.endpoint.health.probes.add-additional-paths", "true"),
        ("management.endpoint.health.group.readiness.include", "readinessState,db"),
    ])
    .unwrap();
    let paths: Vec<_> = settings
        .groups
        .additional_paths()
        .map(|(_, additional)| additional.path.as_str())
        .collect();
    assert_eq!(paths, ["/livez", "/readyz"]);
    let readiness = settings.groups.at(Listener::Application, "/readyz").unwrap();
    assert!(readiness.membership.contains("db"));
    assert!(settings.groups.at(Listener::Management, "/readyz").is_none());
    let off = read(&[("management.endpoint.health.probes.enabled", "false")]).unwrap();
    assert!(off.groups.names().is_empty());
    assert!(!off.is_state_enabled("livenessState"));
}

#[test]
fn checks_are_switched_off_one_by_one_or_the_built_in_ones_together() {
    let settings = read(&[
        ("management.health.defaults.enabled", "false"),
        ("management.health.diskspace.enabled", "true"),
        ("management.health.my-cache.enabled", "false"),
    ])
    .unwrap();
    assert!(settings.is_builtin_enabled("diskSpace"));
    assert!(!settings.is_builtin_enabled("ping"));
    assert!(settings.is_enabled("db"));
    assert!(!settings.is_enabled("myCache"));
}

#[test]
fn every_bad_setting_is_named_with_what_is_accepted() {
    let message = read(&[
        ("management.endpoint.health.show-details", "perhaps"),
        ("management.endpoint.health.group.a.additional-path", "server:/a/b"),
        ("management.endpoint.health.group.b.status.http-mapping.down", "99"),
        ("management.health.diskspace.threshold", "much"),
        ("actuator.health.timeout", "0"),
    ])
    .unwrap_err();
    for expected in [
        "5 setting(s)",
        "never, when-authorized, always",
        "server:/healthz",
        "from 200 to 599",
        "10MB",
        "more than 0",
    ] {
        assert!(message.contains(expected), "{expected} in {message}");
    }
}

#[test]
fn two_groups_cannot_answer_at_one_path() {
    let message = read(&[
        ("management.endpoint.health.group.a.additional-path", "server:/z"),
        ("management.endpoint.health.group.b.additional-path", "server:z"),
    ])
    .unwrap_err();
    assert!(message.contains("the group 'a' answers at /z already"), "{message}");
}

#[test]
fn an_unknown_member_of_a_group_refuses_the_start_with_the_nearest_name() {
    let message = validate(&[
        ("management.endpoint.health.group.g.include", "brokers/primry,db"),
        ("management.endpoint.health.group.g.exclude", "nosuch"),
    ])
    .unwrap_err();
    assert!(
        message.contains(
            "Health contributor 'brokers/primry' defined in \
             'management.endpoint.health.group.g.include' does not exist; \
             did you mean 'brokers/primary'?"
        ),
        "{message}"
    );
    assert!(message.contains("'nosuch'"), "{message}");
    validate(&[("management.endpoint.health.group.g.include", "brokers")]).unwrap();
    validate(&[
        ("management.endpoint.health.group.g.include", "nosuch"),
        ("management.endpoint.health.validate-group-membership", "false"),
    ])
    .unwrap();
}

#[test]
fn a_group_cannot_have_the_name_of_a_check() {
    let message = validate(&[("management.endpoint.health.group.db.include", "*")]).unwrap_err();
    assert!(message.contains("\"db\" clashes with the group"), "{message}");
}

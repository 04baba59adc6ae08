//! What settings come to, and which of them refuse the start.

use super::*;
use crate::{model::endpoint::OperationKind, settings::Settings};

const IDS: &[&str] = &["env", "health", "httpexchanges", "loggers"];

fn read(settings: &[(&str, &str)]) -> Result<SecuritySettings, String> {
    let builder = settings
        .iter()
        .fold(Settings::builder(), |builder, (name, value)| builder.force(name, *value));
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = SecuritySettings::read(&mut reader, IDS);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

fn security(settings: &[(&str, &str)]) -> Option<Security> {
    read(settings).unwrap().into_security(Vec::new(), &Clock::system()).unwrap()
}

#[test]
fn nothing_is_guarded_unless_something_is_set() {
    assert!(security(&[]).is_none());
    assert!(security(&[("actuator.security.throttle.failures", "3")]).is_none());
    assert!(security(&[("actuator.security.secret.header", "X-Mine")]).is_none());
    for name in [
        "spring.security.user.password",
        "actuator.security.users.ada.password",
        "actuator.security.tokens.prometheus.value",
        "actuator.security.secret.value",
    ] {
        assert_eq!(
            security(&[(name, "0123456789abcdef")]).unwrap().authenticators.len(),
            1,
            "{name}"
        );
    }
    // Rules without anybody who is known let nobody in; they are not forgotten.
    for name in [
        "actuator.security.permit-all",
        "actuator.security.read-roles",
        "actuator.security.write-roles",
        "management.endpoint.env.read-roles",
        "management.endpoint.loggers.write-roles",
    ] {
        let security = security(&[(name, "health")]).unwrap();
        assert!(security.authenticators.is_empty(), "{name}");
    }
}

#[test]
fn roles_that_are_not_set_are_those_of_a_reader_but_springs_one_user_may_do_everything() {
    let known = read(&[
        ("spring.security.user.password", "p"),
        ("actuator.security.users.ada.password", "p"),
        ("actuator.security.users.kim.password", "p"),
        ("actuator.security.users.kim.roles", "ROLE_ADMIN,operator"),
        ("actuator.security.tokens.prometheus.sha256", &"0".repeat(64)),
    ])
    .unwrap()
    .known;
    let of = |principal: &crate::model::principal::Principal| {
        format!("{} {}", principal.name, principal.roles.join(" "))
    };
    let users: Vec<String> = known.users.iter().map(|user| of(&user.principal)).collect();
    assert_eq!(users, ["user operator", "ada viewer", "kim ADMIN operator"]);
    assert_eq!(of(&known.tokens[0].principal), "prometheus viewer");
    assert_eq!(known.warnings.len(), 3, "{:?}", known.warnings);
}

#[test]
fn what_cannot_be_used_refuses_the_start_all_at_once_and_without_a_secret() {
    let error = read(&[
        ("spring.security.user.name", "ada"),
        ("actuator.security.users.kim.password", "{md5}t0ps3cret"),
        ("actuator.security.users.joe.roles", "viewer"),
        ("actuator.security.tokens.a.value", "t0p s3cret"),
        ("actuator.security.tokens.b.sha256", "t0ps3cret"),
        ("actuator.security.tokens.c.value", "t0ps3cret"),
        ("actuator.security.tokens.c.sha256", "t0ps3cret"),
        ("actuator.security.secret.value", ""),
        ("actuator.security.secret.header", "X: Y"),
        ("actuator.security.permit-all", "health,nosuch"),
        ("actuator.security.throttle.failures", "0"),
    ])
    .unwrap_err();
    assert!(error.starts_with("10 setting(s)"), "{error}");
    assert!(!error.contains("t0p"), "{error}");
    for part in ["nosuch", "users.kim.password", "users.joe.password", "tokens.b.sha256"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn ids_in_rules_may_be_spelled_as_everywhere() {
    let rules = security(&[("actuator.security.permit-all", "http-exchanges")]).unwrap().rules;
    let need = |id| rules.need(Some(id), Some(OperationKind::Read));
    assert_eq!(need("httpexchanges"), super::super::Need::Nothing);
    assert_ne!(need("health"), super::super::Need::Nothing);
}

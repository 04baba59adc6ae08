//! Settings with which the recorded application did not start must be refused here too, by a
//! message that says more: which setting, which value, where it came from, what is accepted.

use std::fs;

use crate::support::{application::Application, recording};

/// A recording of `startup-failures`, and what the message here has to say: setting, value, and
/// what to do.
const REFUSALS: &[(&str, &[&str])] = &[
    (
        "additional-path-no-prefix",
        &[
            "management.endpoint.health.group.shallow.additional-path",
            "\"/healthz\"",
            "server:/healthz",
        ],
    ),
    (
        "additional-path-two-segments",
        &["management.endpoint.health.group.shallow.additional-path", "server:/a/b", "one segment"],
    ),
    (
        "bad-access",
        &["management.endpoint.env.access", "some", "none", "read-only", "unrestricted"],
    ),
    (
        "bad-show-values",
        &["management.endpoint.env.show-values", "maybe", "never", "when-authorized", "always"],
    ),
    ("base-path-no-slash", &["management.endpoints.web.base-path", "\"actuator\"", "/actuator"]),
    (
        "cors-credentials-star",
        &[
            "management.endpoints.web.cors.allowed-origins",
            "*",
            "management.endpoints.web.cors.allow-credentials",
            "management.endpoints.web.cors.allowed-origin-patterns",
        ],
    ),
    (
        "enabled-and-access",
        &["management.endpoint.env.enabled", "true", "management.endpoint.env.access", "keep"],
    ),
    ("group-name-clash", &["custom", "management.endpoint.health.group", "rename"]),
    ("root-mapping", &["management.endpoints.web.path-mapping.health", "\"/\"", "another path"]),
    (
        "sbom-missing",
        &["management.endpoint.sbom.additional.x.location", "\"file:/nosuch.json\"", "optional:"],
    ),
    (
        "unknown-group-member",
        &[
            "management.endpoint.health.group.g.include",
            "nosuch",
            "management.endpoint.health.validate-group-membership",
        ],
    ),
];

#[test]
fn what_spring_refuses_at_start_is_refused_with_a_message_that_helps() {
    let mut complaints = Vec::new();
    for (name, words) in REFUSALS {
        let settings = settings(name);
        let given: Vec<&str> = settings.iter().map(String::as_str).collect();
        let (status, said) = Application::refused(name, &given);
        for word in words.iter().filter(|word| !said.contains(**word)) {
            complaints.push(format!("{name}: the message does not say {word}: {said}"));
        }
        if status.success() {
            complaints.push(format!("{name}: the exit code is that of success"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_recorded_refusal_is_tried() {
    let folder = recording::folder().join("boot-4.1.0/startup-failures");
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".txt").unwrap();
        let tried = REFUSALS.iter().any(|(refusal, _)| *refusal == name);
        assert!(tried, "{name}");
    }
}

/// The settings in the first line: `# name=value name=value`.
fn settings(name: &str) -> Vec<String> {
    let file = recording::folder().join(format!("boot-4.1.0/startup-failures/{name}.txt"));
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
    line.split(' ').map(str::to_owned).collect()
}

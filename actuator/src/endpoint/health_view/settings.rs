//! Which views exist and where, below `actuator.health` and `actuator.compat`.

use std::time::Duration;

use super::healthcheck::{HealthcheckSettings, RESERVED};
use crate::settings::SettingsReader;

/// The views that settings ask for; none by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct ViewSettings {
    /// The HTTP status of a failure in Kubernetes' form, if that is served.
    pub(super) kubernetes: Option<u16>,
    /// Whether `application/health+json` is spoken, and how the service describes itself.
    pub(super) health_json: Option<HealthJsonSettings>,
    /// Whether `text/plain` is spoken.
    pub(super) plain_text: bool,
    /// The path of `MicroProfile`'s form.
    pub(super) microprofile: Option<String>,
    /// py-healthcheck's page: its path and how it is made.
    pub(super) healthcheck: Option<(String, HealthcheckSettings)>,
    /// The path of py-healthcheck's dump of the environment.
    pub(super) environment: Option<String>,
    /// The path of c2cwsgiutils' page.
    pub(super) c2c: Option<String>,
}

/// What the document says of the service beside its name and version.
#[derive(Clone, Debug, Default)]
pub(crate) struct HealthJsonSettings {
    /// What the service is, for people.
    pub(super) description: Option<String>,
}

impl ViewSettings {
    /// Reads all of them; bad ones are remembered by the reader.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let health_json = is_on(reader, HEALTH_JSON).then(|| HealthJsonSettings {
            description: reader.value(&format!("{HEALTH_JSON}.description")),
        });
        let healthcheck = is_on(reader, HEALTHCHECK);
        let environment =
            healthcheck && reader.value_or(&format!("{HEALTHCHECK}.environment"), true);
        Self {
            kubernetes: is_on(reader, KUBERNETES).then(|| failure_status(reader)),
            health_json,
            plain_text: is_on(reader, "actuator.health.plain-text"),
            microprofile: is_on(reader, MICROPROFILE)
                .then(|| path(reader, &format!("{MICROPROFILE}.path"), "/health")),
            healthcheck: healthcheck.then(|| {
                let path = path(reader, &format!("{HEALTHCHECK}.path"), "/healthcheck");
                (path, read_healthcheck(reader))
            }),
            environment: environment
                .then(|| path(reader, &format!("{HEALTHCHECK}.environment-path"), "/environment")),
            c2c: is_on(reader, C2C)
                .then(|| path(reader, &format!("{C2C}.path"), "/c2c/health_check")),
        }
    }
}

pub(super) const KUBERNETES: &str = "actuator.health.kubernetes";
pub(super) const HEALTH_JSON: &str = "actuator.health.health-json";
pub(super) const MICROPROFILE: &str = "actuator.health.microprofile";
pub(super) const HEALTHCHECK: &str = "actuator.compat.healthcheck";
pub(super) const C2C: &str = "actuator.compat.c2c";

fn is_on(reader: &mut SettingsReader<'_>, prefix: &str) -> bool {
    reader.value_or(&format!("{prefix}.enabled"), false)
}

fn failure_status(reader: &mut SettingsReader<'_>) -> u16 {
    let name = format!("{KUBERNETES}.failure-status");
    let status = reader.value_or(&name, 503);
    if !(400..=599).contains(&status) {
        reader.reject(&name, "expected a status code of HTTP from 400 to 599, such as 503 or 500");
    }
    status
}

fn read_healthcheck(reader: &mut SettingsReader<'_>) -> HealthcheckSettings {
    let sections_name = format!("{HEALTHCHECK}.sections");
    let sections = reader.list(&sections_name).unwrap_or_default();
    if let Some(taken) = sections.iter().find(|name| RESERVED.contains(&name.as_str())) {
        reader.reject(
            &sections_name,
            format_args!("'{taken}' is a member of the document itself; leave it out"),
        );
    }
    let mut ttl = |name: &str, seconds| {
        reader.value_or(&format!("{HEALTHCHECK}.{name}"), Duration::from_secs(seconds))
    };
    HealthcheckSettings {
        success_ttl: ttl("success-ttl", 27),
        failure_ttl: ttl("failure-ttl", 9),
        sections,
    }
}

/// A path of plain segments; a slash at its end is cut.
pub(in crate::endpoint) fn path(
    reader: &mut SettingsReader<'_>,
    name: &str,
    default: &str,
) -> String {
    let path: String = reader.value_or(name, default.to_owned());
    let path = path.trim().trim_end_matches('/').to_owned();
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !":{}*?#%;\\".contains(c);
    let segments = path.strip_prefix('/').is_some_and(|rest| {
        rest.split('/').all(|segment| !segment.is_empty() && segment.chars().all(plain))
    });
    if !segments {
        reader.reject(name, format_args!("expected a path of plain segments, such as {default}"));
    }
    path
}

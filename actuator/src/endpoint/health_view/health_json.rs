//! `application/health+json`: health as `draft-inadarei-api-health-check-06` writes it.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::checkup::{Checkup, Round, Seen, Sight, Verdict, verdict};
use crate::{
    health::{Finding, HealthGroup},
    model::{problem::Problem, reply::Reply, sanitizer::SanitizedText},
    support::time::iso_instant,
};

/// The media type; it is sent only to callers that name it.
pub const HEALTH_JSON: &str = "application/health+json";

/// What the document says of the service.
#[derive(Clone, Debug)]
pub struct Service {
    /// The name of the application.
    pub id: String,
    /// Its version.
    pub version: Option<String>,
    /// The commit, where it is known, else the version.
    pub release: Option<String>,
    /// What the service is, for people.
    pub description: String,
    /// When the process was started.
    pub started: Option<SystemTime>,
}

/// The answer for what was found at a path of a group.
pub fn answer(
    service: &Service,
    checkup: &Checkup,
    found: Option<&Finding>,
    (group, path, sight): (&HealthGroup, &str, Sight),
) -> Result<Reply, Problem> {
    let round = found.map(|finding| Round::of(finding, group, path));
    let checks = round.map(|round| round.checks).unwrap_or_default();
    let (status, verdict) = found.map_or((200, Verdict::Pass), |finding| {
        (group.http_mapping.code(finding.status()), verdict(finding.status(), group))
    });
    let whole = path.is_empty() && group.name.is_empty();
    let document = Document { service, checkup, checks: &checks, group, sight, verdict, whole };
    let max_age = Cow::Owned(format!("max-age={}", freshness(&checks).as_secs()));
    Ok(Reply::Document {
        status,
        content_type: HEALTH_JSON,
        headers: Cow::Owned(vec![("cache-control", max_age)]),
        body: serde_json::to_vec(&document)?.into(),
    })
}

/// How long all results are kept; not at all if one is not.
fn freshness(checks: &[Seen]) -> Duration {
    let now = SystemTime::now();
    let left = |check: &Seen| check.report.expires?.duration_since(now).ok();
    checks.iter().map(|check| left(check).unwrap_or_default()).min().unwrap_or_default()
}

struct Document<'d> {
    service: &'d Service,
    checkup: &'d Checkup,
    checks: &'d [Seen],
    group: &'d HealthGroup,
    sight: Sight,
    verdict: Verdict,
    whole: bool,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", word(self.verdict))?;
        let Service { id, version, release, description, .. } = self.service;
        if let Some(version) = version {
            map.serialize_entry("version", version)?;
        }
        if let Some(release) = release {
            map.serialize_entry("releaseId", release)?;
        }
        map.serialize_entry("serviceId", id)?;
        map.serialize_entry("description", description)?;
        if self.sight.components {
            map.serialize_entry("checks", &Checks(self))?;
        }
        map.end()
    }
}

struct Checks<'d>(&'d Document<'d>);

impl Serialize for Checks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let uptime = self.0.service.started.filter(|_| self.0.whole).map(Check::uptime);
        let checks = self.0.checks.iter().map(|check| {
            // A colon parts the name of the component from that of the measurement.
            let component = check.path.replace(':', "_");
            (Cow::Owned(format!("{component}:responseTime")), [Check::new(check, self.0)])
        });
        serializer
            .collect_map(checks.chain(uptime.map(|uptime| (Cow::Borrowed("uptime"), [uptime]))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Check<'d> {
    #[serde(skip_serializing_if = "str::is_empty")]
    component_id: &'d str,
    component_type: &'static str,
    observed_value: f64,
    observed_unit: &'static str,
    status: &'static str,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<SanitizedText<'d>>,
}

impl<'d> Check<'d> {
    fn new(check: &'d Seen, document: &'d Document<'_>) -> Self {
        let verdict = check.verdict(document.group);
        let health = &check.report.health;
        let output = (verdict != Verdict::Pass && document.sight.details).then(|| {
            let reason = document.checkup.reason(health);
            reason.unwrap_or_else(|| health.status().code().to_owned())
        });
        let sanitizer = &*document.checkup.sanitizer;
        let description = sanitizer.shown(&check.report.options.description);
        Self {
            component_id: &check.path,
            component_type: "component",
            // In milliseconds, to the microsecond.
            observed_value: (check.report.duration.as_secs_f64() * 1e6).round() / 1e3,
            observed_unit: "ms",
            status: word(verdict),
            time: iso_instant(check.report.at),
            output,
            description: Some(description).filter(|text| !text.is_empty()),
        }
    }

    /// How long the process has been running.
    fn uptime(started: SystemTime) -> Self {
        let now = SystemTime::now();
        let uptime = now.duration_since(started).unwrap_or_default();
        Self {
            component_id: "",
            component_type: "system",
            observed_value: (uptime.as_secs_f64() * 1e3).round() / 1e3,
            observed_unit: "s",
            status: word(Verdict::Pass),
            time: iso_instant(now),
            output: None,
            description: None,
        }
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    }
}

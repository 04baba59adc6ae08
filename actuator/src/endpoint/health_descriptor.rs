//! The JSON of health: Spring's `SystemHealthDescriptor`, `CompositeHealthDescriptor` and
//! `IndicatedHealthDescriptor`, members in the order of Spring Boot 4.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{health_check_descriptor::CheckDescriptor, health_detail::HealthDetail};
use crate::{
    health::{Finding, Health, HealthTransition, Status},
    model::{call::ApiVersion, sanitizer::Sanitizer},
};

/// The detail that tells about the check itself; a check's own detail of that name wins.
const CHECK: &str = "check";

/// What was found, as one caller may see it.
#[derive(Clone, Copy)]
pub struct HealthDescriptor<'h> {
    /// What was found.
    pub finding: &'h Finding,
    /// The names of the groups, where they are listed.
    pub groups: &'h [String],
    /// Whether the caller sees components.
    pub show_components: bool,
    /// Whether the caller sees details.
    pub show_details: bool,
    /// Whether details tell about the checks themselves.
    pub show_checks: bool,
    /// The changes of a check that is asked for by itself, the oldest first.
    pub history: &'h [Arc<HealthTransition>],
    /// Version 2 calls components `details`.
    pub version: ApiVersion,
    /// Hides secrets in texts.
    pub sanitizer: &'h Sanitizer,
}

/// The health of an application without a single check: `{"status":"UP"}`, as in Spring.
pub struct NoHealth;

impl Serialize for NoHealth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("status", Status::UP.code())?;
        map.end()
    }
}

impl Serialize for HealthDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.finding {
            Finding::Composite { .. } if self.show_components => {
                let key = if self.version == ApiVersion::V2 { "details" } else { "components" };
                map.serialize_entry(key, &Components(*self))?;
            }
            Finding::Indicator(report) if self.show_details => {
                let check = self
                    .show_checks
                    .then(|| CheckDescriptor::new(report, self.history, self.sanitizer));
                let health = &*report.health;
                if check.is_some() || health.details().next().is_some() {
                    let details = Details { health, check, sanitizer: self.sanitizer };
                    map.serialize_entry("details", &details)?;
                }
            }
            _ => {}
        }
        if !self.groups.is_empty() {
            map.serialize_entry("groups", self.groups)?;
        }
        let status = self.finding.status();
        if let Some(description) = status.description() {
            map.serialize_entry("description", &*self.sanitizer.sanitize_text(description))?;
        }
        map.serialize_entry("status", status.code())?;
        map.end()
    }
}

struct Components<'h>(HealthDescriptor<'h>);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Finding::Composite { components, .. } = self.0.finding {
            for (name, finding) in components {
                let inner = HealthDescriptor { finding, groups: &[], history: &[], ..self.0 };
                map.serialize_entry(&**name, &inner)?;
            }
        }
        map.end()
    }
}

struct Details<'h> {
    health: &'h Health,
    check: Option<CheckDescriptor<'h>>,
    sanitizer: &'h Sanitizer,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.health.details() {
            map.serialize_entry(key, &HealthDetail::of(key, value, self.sanitizer))?;
        }
        let is_free = self.health.details().all(|(key, _)| key != CHECK);
        if let Some(check) = self.check.as_ref().filter(|_| is_free) {
            map.serialize_entry(CHECK, check)?;
        }
        map.end()
    }
}

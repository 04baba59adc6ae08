//! Why the parts of a service are there or not: endpoints by exposure and access, what cargo's
//! features leave out, and what settings switch on.

use super::{actuator::Actuator, features::FEATURES};
use crate::{
    endpoint,
    model::condition::{Condition, Outcome},
    thread::STACKS_MISSING,
};

/// All of them, sorted by the part.
pub(super) fn of(actuator: &Actuator) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = actuator
        .endpoints
        .iter()
        .map(|endpoint| actuator.exposure.explain(endpoint))
        .chain(missing(actuator))
        .chain(FEATURES.iter().map(|(name, is_on)| feature(name, *is_on)))
        .chain([admin(actuator), platform(actuator), stacks(actuator)])
        .collect();
    conditions.sort_by(|a, b| a.part.cmp(&b.part));
    conditions
}

/// Endpoints that there could be.
fn missing(actuator: &Actuator) -> impl Iterator<Item = Condition> {
    let exists = |id: &str| actuator.endpoints.iter().any(|endpoint| endpoint.id() == id);
    endpoint::IDS
        .iter()
        .filter(move |id| !exists(id))
        .map(|id| decide(format!("endpoint {id}"), false, "OnSubject", endpoint::why_missing(id)))
}

fn feature(name: &str, is_on: bool) -> Condition {
    let message = if is_on {
        format!("cargo's feature {name} of actuator is on")
    } else {
        format!("cargo's feature {name} of actuator is off")
    };
    decide(format!("feature {name}"), is_on, "OnFeature", message)
}

fn admin(actuator: &Actuator) -> Condition {
    let is_on = actuator.admin.is_on();
    let message = if is_on {
        "spring.boot.admin.client.url names whom"
    } else {
        "spring.boot.admin.client.url names nobody, or the registration is switched off"
    };
    decide("registration".to_owned(), is_on, "OnSetting", message)
}

fn platform(actuator: &Actuator) -> Condition {
    let message = if actuator.platform.is_some() {
        "the environment, or spring.main.cloud-platform, tells of one: all interfaces by default"
    } else {
        "neither the environment nor spring.main.cloud-platform tells of one: loopback by default"
    };
    decide("cloud platform".to_owned(), actuator.platform.is_some(), "OnPlatform", message)
}

fn stacks(actuator: &Actuator) -> Condition {
    let setting = actuator.has_stacks;
    let (is_on, message) = match (STACKS_MISSING, setting) {
        (Some(missing), _) => (false, missing),
        (None, false) => (false, "actuator.threaddump.stacks is false"),
        (None, true) => {
            (true, "cargo's feature stacks is on, and the system is one that gives them")
        }
    };
    decide("thread stacks".to_owned(), is_on, "OnFeature", message)
}

fn decide(
    part: String,
    holds: bool,
    condition: &'static str,
    message: impl Into<String>,
) -> Condition {
    let outcome = vec![Outcome::new(condition, message)];
    let (matched, not_matched) = if holds { (outcome, Vec::new()) } else { (Vec::new(), outcome) };
    Condition { part, matched, not_matched }
}

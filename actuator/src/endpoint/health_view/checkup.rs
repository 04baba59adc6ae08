//! What all views share: asking some checks of a group, and judging what they say.

use std::sync::Arc;

use serde_json::{Map, Value, value::RawValue};

use crate::{
    endpoint::{Subjects, health_detail::HealthDetail},
    health::{
        Candidate, CheckReport, Finding, Health, HealthContributors, HealthGroup, HealthGroups,
        Selector, Status, candidates, evaluate,
    },
    model::{principal::Principal, sanitizer::Sanitizer},
};

/// The checks, the groups, and what hides secrets.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// All checks.
    pub contributors: Arc<HealthContributors>,
    /// The primary group and the named ones.
    pub groups: HealthGroups,
    /// Hides secrets in texts.
    pub sanitizer: Arc<Sanitizer>,
    /// A group without members.
    nothing: Arc<HealthGroup>,
}

/// The group of the start-up, which exists where an application has start-up tasks.
const STARTUP: &str = "startup";

/// One check, and what is known of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its path from the root of the tree.
    pub path: String,
    /// What is known of it.
    pub report: Arc<CheckReport>,
}

/// What was found of a group.
#[derive(Clone, Debug)]
pub struct Round {
    /// Whether the group as a whole is well.
    pub passed: bool,
    /// The checks that were asked, in the order of the tree.
    pub checks: Vec<Seen>,
}

/// A status as formats with three words know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// UP.
    Pass,
    /// Not UP, but not mapped to an error either: UNKNOWN, RESTRICTED, statuses of one's own.
    Warn,
    /// Mapped to an error: DOWN and `OUT_OF_SERVICE`, unless settings say otherwise.
    Fail,
}

/// What a caller may see of a group.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Names of checks, and that there are any.
    pub components: bool,
    /// What they say.
    pub details: bool,
}

impl Checkup {
    /// The checks of an application.
    pub fn of(subjects: &Subjects) -> Self {
        Self {
            contributors: Arc::clone(&subjects.health),
            groups: subjects.groups.clone(),
            sanitizer: Arc::clone(&subjects.sanitizer),
            nothing: Arc::new(HealthGroup::without_members(subjects.groups.primary())),
        }
    }

    /// The whole, or the group of this name. An application without start-up tasks has started once
    /// it listens: nothing is left to check then.
    pub fn group(&self, name: Option<&str>) -> Option<&HealthGroup> {
        let Some(name) = name else { return Some(self.groups.primary()) };
        self.groups.get(name).or_else(|| (name == STARTUP).then_some(&*self.nothing))
    }

    /// What a caller may see of a group in a view. A probe that nobody configured shows nothing
    /// to `/health/{group}`, as in Spring; for views it is as the whole is.
    pub fn sight(&self, group: &HealthGroup, caller: Option<&Principal>) -> Sight {
        let rule = if group.is_default { self.groups.primary() } else { group };
        Sight { components: rule.shows_components(caller), details: rule.shows_details(caller) }
    }

    /// The members of a group, before they are asked.
    pub fn members(&self, group: &HealthGroup) -> Vec<Candidate> {
        candidates(&self.contributors.snapshot(), &[], group).unwrap_or_default()
    }

    /// Asks the members of a group that `select` lets pass. No member at all is well.
    pub async fn ask(&self, group: &HealthGroup, select: Selector<'_>) -> Round {
        let root = self.contributors.snapshot();
        match evaluate(&root, &[], group, select).await {
            Some(finding) => Round::of(&finding, group, ""),
            None => Round { passed: true, checks: Vec::new() },
        }
    }

    /// Asks the members at or below a path; `None` if there are none.
    pub async fn ask_at(&self, names: &[&str], group: &HealthGroup) -> Option<Round> {
        let root = self.contributors.snapshot();
        let finding = evaluate(&root, names, group, &|_, _| true).await?;
        Some(Round::of(&finding, group, &names.join("/")))
    }

    /// Why a check is not well, without secrets: its error, else what describes its status.
    pub fn reason(&self, health: &Health) -> Option<String> {
        let error = health.details().find(|(key, _)| *key == "error").map(|(_, value)| text(value));
        let reason = error.or_else(|| health.status().description().map(str::to_owned))?;
        Some(self.sanitizer.sanitize_text(&reason).into_owned())
    }

    /// What a check says beside its error: the value of its only detail if that is `output`, else
    /// all details; `None` if there are none.
    pub fn said(&self, health: &Health) -> Option<Value> {
        let mut said: Map<String, Value> = health
            .details()
            .filter(|(key, _)| *key != "error")
            .map(|(key, value)| (key.to_owned(), self.detail(key, value)))
            .collect();
        if said.len() == 1
            && let Some(output) = said.remove("output")
        {
            return Some(output);
        }
        (!said.is_empty()).then_some(Value::Object(said))
    }

    /// A detail as JSON, without secrets.
    pub fn detail(&self, key: &str, value: &RawValue) -> Value {
        HealthDetail::of(key, value, &self.sanitizer).into_value()
    }
}

impl Round {
    /// The leaves of what was found at `path`.
    pub fn of(finding: &Finding, group: &HealthGroup, path: &str) -> Self {
        let mut checks = Vec::new();
        gather(finding, path, &mut checks);
        Self { passed: verdict(finding.status(), group) != Verdict::Fail, checks }
    }
}

impl Seen {
    /// What its status means in this group.
    pub fn verdict(&self, group: &HealthGroup) -> Verdict {
        // A status that the order of the group does not name does not count for it.
        verdict(&group.aggregator.aggregate([self.report.health.status()]), group)
    }

    /// Whether it is well in this group.
    pub fn passed(&self, group: &HealthGroup) -> bool {
        self.verdict(group) != Verdict::Fail
    }

    /// How long it took, in seconds, to the microsecond.
    pub fn seconds(&self) -> f64 {
        (self.report.duration.as_secs_f64() * 1e6).round() / 1e6
    }
}

/// What a status means in a group: what its mapping makes an error has failed.
pub fn verdict(status: &Status, group: &HealthGroup) -> Verdict {
    if group.http_mapping.code(status) >= 400 {
        Verdict::Fail
    } else if *status == Status::UP {
        Verdict::Pass
    } else {
        Verdict::Warn
    }
}

fn gather(finding: &Finding, path: &str, checks: &mut Vec<Seen>) {
    match finding {
        Finding::Indicator(report) => {
            checks.push(Seen { path: path.to_owned(), report: Arc::clone(report) });
        }
        Finding::Composite { components, .. } => {
            for (name, inner) in components {
                let path =
                    if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
                gather(inner, &path, checks);
            }
        }
    }
}

/// A text as it is, anything else as JSON.
fn text(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

//! `/health`, `/health/{*path}` and the additional paths of groups.

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    health::{
        Finding, HealthContributors, HealthGroup, HealthGroups, HealthTransition, assemble,
        evaluate, run_all,
    },
    model::{
        call::{ApiVersion, Call, Listener},
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        principal::Principal,
        reply::Reply,
        sanitizer::Sanitizer,
    },
};

use super::{
    health_descriptor::{HealthDescriptor, NoHealth},
    health_document::{self, Documents, Slot},
    health_operations,
    health_override::{self, Overrides},
    health_view::{Form, Forms, Selected},
};

/// A little below the 256 KiB that Spring Boot Admin reads: a longer answer would make the service
/// OFFLINE to it.
const MAX_DOCUMENT: usize = 250 * 1024;

/// The health of the application, of its groups and of single components.
#[derive(Debug)]
pub struct HealthEndpoint {
    contributors: Arc<HealthContributors>,
    groups: HealthGroups,
    documents: Documents,
    sanitizer: Arc<Sanitizer>,
    forms: Forms,
    operations: Vec<Operation>,
    told_too_large: AtomicBool,
    show_checks: bool,
    overrides: Option<Overrides>,
}

/// What a call asks about.
struct Question<'e, 'q> {
    group: &'e HealthGroup,
    /// The names below the root of the group.
    names: Vec<&'q str>,
    /// Whether the primary group is asked without naming it.
    primary: bool,
}

/// The same for a whole group, which may have been answered before.
struct Whole<'e> {
    group: &'e HealthGroup,
    primary: bool,
    version: ApiVersion,
    slot: &'e Slot,
}

/// Who asks, and in which version.
#[derive(Clone, Copy)]
struct Caller<'c> {
    principal: Option<&'c Principal>,
    version: ApiVersion,
}

impl HealthEndpoint {
    /// The endpoint of these checks and groups.
    pub fn new(
        contributors: Arc<HealthContributors>,
        groups: HealthGroups,
        sanitizer: Arc<Sanitizer>,
    ) -> Self {
        Self {
            contributors,
            documents: Documents::new(&groups),
            groups,
            sanitizer,
            forms: Forms::default(),
            operations: health_operations::READS.to_vec(),
            told_too_large: AtomicBool::new(false),
            show_checks: false,
            overrides: None,
        }
    }

    /// Whether details tell about the checks themselves, as the detail `check`.
    #[must_use]
    pub fn showing_checks(mut self, show: bool) -> Self {
        self.show_checks = show;
        self
    }

    /// Whether statuses can be set by hand.
    #[must_use]
    pub fn with_overrides(mut self, overrides: Option<Overrides>) -> Self {
        if overrides.is_some() {
            self.operations = health_operations::OPERATIONS.to_vec();
        }
        self.overrides = overrides;
        self
    }

    /// The same endpoint, which also speaks these forms to those who name them; said last, so that
    /// their operations stand behind all others.
    #[must_use]
    pub fn speaking(mut self, forms: Forms) -> Self {
        self.operations.extend(forms.operations(health_operations::READS));
        self.forms = forms;
        self
    }

    /// The paths beside the base path at which groups answer, each with the name of its group:
    /// exactly these, on that listener only. A call that came by one carries it in
    /// `additional_path` with operation 0.
    pub fn additional_paths(&self) -> Vec<(String, Listener, String)> {
        self.groups
            .additional_paths()
            .map(|(group, additional)| {
                (group.to_owned(), additional.listener, additional.path.clone())
            })
            .collect()
    }

    /// A name of a group comes first, then names of components, as in Spring. Empty segments
    /// (`/health//db/`) count for nothing.
    fn question<'e, 'q>(&'e self, call: &'q Call<'_>) -> Option<Question<'e, 'q>> {
        if let Some(path) = call.additional_path {
            let group = self.groups.at(call.listener, path)?;
            return Some(Question { group, names: Vec::new(), primary: false });
        }
        let mut names: Vec<&str> = call
            .selectors
            .iter()
            .map(AsRef::as_ref)
            .filter(|segment: &&str| !segment.is_empty())
            .collect();
        if let Some(group) = names.first().and_then(|first| self.groups.get(first)) {
            names.remove(0);
            return Some(Question { group, names, primary: false });
        }
        Some(Question { group: self.groups.primary(), names, primary: true })
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        let Some(Question { group, names, primary }) = self.question(&call) else {
            return Ok(Reply::NotFound);
        };
        let show_components = group.shows_components(call.principal);
        if !show_components && !names.is_empty() {
            return Ok(Reply::NotFound);
        }
        let root = self.contributors.snapshot();
        let selection = match Selected::of(&call, &root, &names, group)? {
            Selected::Some(selection) => selection,
            Selected::Nothing(reply) => return Ok(reply),
        };
        let found = evaluate(&root, &names, group, &selection.selector()).await;
        if found.is_none() && !(primary && names.is_empty()) {
            return Ok(Reply::NotFound);
        }
        if let Some(form) = self.form_of(&call) {
            return form.answer(found.as_ref(), group, &names.join("/"), call.principal);
        }
        let Some(finding) = found else { return Reply::json(&NoHealth) };
        let history = match &finding {
            Finding::Indicator(_) if self.show_checks => {
                self.contributors.history(&names.join("/"))
            }
            _ => None,
        };
        let caller = Caller { principal: call.principal, version: call.version };
        self.write(&finding, caller, group, primary, history.as_deref().unwrap_or_default())
    }

    /// The question for a whole group, and where its document may stand from the last time; for
    /// callers who are nobody in particular. What is shown of checks changes with each run.
    fn whole<'e>(&'e self, call: &Call<'_>) -> Option<Whole<'e>> {
        let is_plain = call.query.is_empty() && call.principal.is_none() && !self.show_checks;
        if !is_plain || self.form_of(call).is_some() {
            return None;
        }
        let Question { group, names, primary } = self.question(call)?;
        let slot = self.documents.slot(&self.groups, group, call.version)?;
        let version = call.version;
        names.is_empty().then_some(Whole { group, primary, version, slot })
    }

    /// The form that the caller asks for, if it is not the actuator's own.
    fn form_of(&self, call: &Call<'_>) -> Option<&Form> {
        let produces = self.operations.get(call.operation).map(|operation| operation.produces);
        self.forms.of_type(produces)
    }

    async fn answer_whole(&self, whole: Whole<'_>) -> EndpointResult {
        let Whole { group, primary, version, slot } = whole;
        let question = health_document::Question::new(slot, self.contributors.snapshot(), group);
        let reports = run_all(question.checks()).await;
        if let Some(reply) = question.answered_by(&reports) {
            return Ok(reply);
        }
        let found = assemble(question.root(), &[], group, question.checks(), &reports);
        let Some(finding) = found else {
            return if primary { Reply::json(&NoHealth) } else { Ok(Reply::NotFound) };
        };
        let caller = Caller { principal: None, version };
        let reply = self.write(&finding, caller, group, primary, &[])?;
        question.keep(slot, reports, &reply);
        Ok(reply)
    }

    fn write(
        &self,
        finding: &Finding,
        caller: Caller<'_>,
        group: &HealthGroup,
        primary: bool,
        history: &[Arc<HealthTransition>],
    ) -> EndpointResult {
        let lists_groups = primary && matches!(finding, Finding::Composite { .. });
        let descriptor = HealthDescriptor {
            finding,
            groups: if lists_groups { self.groups.names() } else { &[] },
            show_components: group.shows_components(caller.principal),
            show_details: group.shows_details(caller.principal),
            show_checks: self.show_checks,
            history,
            version: caller.version,
            sanitizer: &self.sanitizer,
        };
        self.reply(group.http_mapping.code(finding.status()), descriptor)
    }

    /// The document, without its details if admin servers would not read all of it.
    fn reply(&self, status: u16, descriptor: HealthDescriptor<'_>) -> EndpointResult {
        let reply = Reply::json_with_status(status, &descriptor)?;
        match &reply {
            Reply::Json { body, .. } if body.len() > MAX_DOCUMENT => {
                if !self.told_too_large.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        target: "actuator::health",
                        "health of {} bytes is answered without its details: admin servers read \
                         no more than {MAX_DOCUMENT}; shorten the details of the checks",
                        body.len()
                    );
                }
                let bare = HealthDescriptor { show_details: false, ..descriptor };
                Reply::json_with_status(status, &bare)
            }
            _ => Ok(reply),
        }
    }
}

impl Endpoint for HealthEndpoint {
    fn id(&self) -> &'static str {
        "health"
    }

    fn operations(&self) -> &[Operation] {
        &self.operations
    }

    fn description(&self) -> &'static str {
        "Whether the service does its work, and takes requests."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        match &self.overrides {
            Some(overrides) if health_override::is_change(call.operation) => {
                Box::pin(ready(overrides.answer(&self.contributors, &call)))
            }
            // A future of its own, and a small one: this is what probes ask.
            _ => match self.whole(&call) {
                Some(whole) => Box::pin(self.answer_whole(whole)),
                None => Box::pin(self.answer(call)),
            },
        }
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;

//! The media types that `/health` speaks beside the actuator's JSON, to those who name them.

use super::{
    checkup::Checkup,
    health_json::{self, HEALTH_JSON, Service},
    plain_text::{self, PLAIN_TEXT},
    settings::{HealthJsonSettings, ViewSettings},
};
use crate::{
    endpoint::Subjects,
    health::{Finding, HealthGroup},
    model::{
        answer::Answer,
        endpoint::{EndpointResult, Operation, Produces},
        principal::Principal,
        schema::Schema,
    },
};

/// The documents of these forms.
const ANSWERS: &[Answer] = &[Answer::of(Schema::Any), Answer::of(Schema::Any).with_status(503)];

/// The forms that settings ask for; none by default.
#[derive(Debug, Default)]
pub struct Forms {
    forms: Vec<Form>,
}

/// One of them.
#[derive(Debug)]
pub enum Form {
    /// `application/health+json`.
    HealthJson {
        /// What the document says of the service.
        service: Box<Service>,
        /// What judges the checks.
        checkup: Box<Checkup>,
    },
    /// `OK` or `NOT OK`.
    PlainText,
}

impl Forms {
    /// The forms of an application.
    pub fn of(subjects: &Subjects, settings: &ViewSettings) -> Self {
        let health_json = settings.health_json.as_ref().map(|settings| Form::HealthJson {
            service: Box::new(service(subjects, settings)),
            checkup: Box::new(Checkup::of(subjects)),
        });
        let plain_text = settings.plain_text.then_some(Form::PlainText);
        Self { forms: health_json.into_iter().chain(plain_text).collect() }
    }

    /// Each of these operations once for every form.
    pub fn operations(&self, json: &[Operation]) -> Vec<Operation> {
        let of_form = |form: &Form| {
            let produces = Produces::Named(form.media_type());
            json.iter()
                .map(move |operation| operation.clone().producing(produces).answering(ANSWERS))
        };
        self.forms.iter().flat_map(of_form).collect()
    }

    /// The form that an operation produces, if it is one of these.
    pub fn of_type(&self, produces: Option<Produces>) -> Option<&Form> {
        let Some(Produces::Named(media_type)) = produces else { return None };
        self.forms.iter().find(|form| form.media_type() == media_type)
    }
}

impl Form {
    fn media_type(&self) -> &'static str {
        match self {
            Self::HealthJson { .. } => HEALTH_JSON,
            Self::PlainText => PLAIN_TEXT,
        }
    }

    /// The answer for what was found at a path of a group; nothing where there is no check.
    pub fn answer(
        &self,
        found: Option<&Finding>,
        group: &HealthGroup,
        path: &str,
        caller: Option<&Principal>,
    ) -> EndpointResult {
        match self {
            Self::HealthJson { service, checkup } => {
                let sight = checkup.sight(group, caller);
                health_json::answer(service, checkup, found, (group, path, sight))
            }
            Self::PlainText => {
                let status = found.map(|finding| group.http_mapping.code(finding.status()));
                Ok(plain_text::answer(status.unwrap_or(200)))
            }
        }
    }
}

fn service(subjects: &Subjects, settings: &HealthJsonSettings) -> Service {
    let commit = subjects.facts.and_then(|facts| facts.git).map(|git| git.commit_id_abbrev);
    let description = settings.description.clone();
    Service {
        id: subjects.application.clone(),
        version: subjects.version.clone(),
        release: commit.map(str::to_owned).or_else(|| subjects.version.clone()),
        started: subjects.host.start_time,
        description: description.unwrap_or_else(|| format!("Health of {}", subjects.application)),
    }
}

//! Other documents of the same health, for those who read another format: each on its own setting,
//! none by default.
//!
//! A view is an endpoint of its own with a path of its own, or a media type of `/health`. All of
//! them show what the group's `show-components` and `show-details` allow.

mod c2c;
mod checkup;
mod environment;
mod forms;
mod health_json;
mod healthcheck;
mod kubernetes;
mod microprofile;
mod plain_text;
#[cfg(test)]
mod property_tests;
mod query;
mod settings;

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;

use self::{
    c2c::C2cView, checkup::Checkup, environment::EnvironmentView, healthcheck::HealthcheckView,
    kubernetes::KubernetesView, microprofile::MicroProfileView,
};
use super::{Mount, Subjects};
use crate::{
    model::{
        call::Listener,
        endpoint::{EndpointResult, SharedEndpoint},
        reply::Reply,
    },
    support::clock::Clock,
};

pub(super) use forms::{Form, Forms};
pub(super) use query::Selected;
pub(crate) use settings::ViewSettings;
pub(super) use settings::path as mounted_path;

/// The views with paths of their own. Each answers on the application's port, where orchestrators
/// and load balancers ask, and on a management port of its own.
pub(super) fn mounts(subjects: &Subjects, settings: &ViewSettings) -> Vec<Mount> {
    let checkup = Checkup::of(subjects);
    let mut mounts = Vec::new();
    let mut add = |endpoint: SharedEndpoint, path: &str, below: bool, setting: String| {
        for listener in [Listener::Application, Listener::Management] {
            let (endpoint, path) = (Arc::clone(&endpoint), path.to_owned());
            mounts.push(Mount { endpoint, listener, path, below, setting: setting.clone() });
        }
    };
    let path_of = |prefix: &str| format!("{prefix}.path");
    if let Some(failure) = settings.kubernetes {
        for names in kubernetes::PATHS {
            if let Some(view) = KubernetesView::new(&checkup, names, failure) {
                let path = format!("/{}", names.0);
                add(Arc::new(view), &path, true, format!("{}.enabled", settings::KUBERNETES));
            }
        }
    }
    if let Some(path) = &settings.microprofile {
        let view = Arc::new(MicroProfileView::new(&checkup));
        add(view, path, true, path_of(settings::MICROPROFILE));
    }
    if let Some((path, settings)) = &settings.healthcheck {
        let facts = (Arc::clone(&subjects.info), subjects.host_name.clone());
        let view = HealthcheckView::new(&checkup, settings, facts, Clock::system());
        add(Arc::new(view), path, true, path_of(settings::HEALTHCHECK));
    }
    if let Some(path) = &settings.environment {
        let view = Arc::new(environment_view(subjects));
        add(view, path, false, format!("{}.environment-path", settings::HEALTHCHECK));
    }
    if let Some(path) = &settings.c2c {
        add(Arc::new(C2cView::new(&checkup)), path, false, path_of(settings::C2C));
    }
    mounts
}

/// A document that is plain JSON, of a form or of an operation that else says nothing.
pub(super) fn json<T: Serialize>(status: u16, document: &T) -> EndpointResult {
    Ok(Reply::Document {
        status,
        content_type: "application/json",
        headers: Cow::Borrowed(&[]),
        body: serde_json::to_vec(document)?.into(),
    })
}

fn environment_view(subjects: &Subjects) -> EnvironmentView {
    EnvironmentView {
        environment: Arc::clone(&subjects.environment),
        host: subjects.host.clone(),
        hostname: subjects.host_name.clone(),
        rust: subjects.facts.map(|facts| facts.rust),
        sanitizer: Arc::clone(&subjects.sanitizer),
    }
}

//! `#[startup_step]`: a function each call of which is a step. A static inside its body knows the
//! service, which tells it before its set-up runs; a call before that is kept nowhere.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, Weak},
};

use super::{StartupStep, StartupSteps, Within, timeline::Timeline};
use crate::model::source::Source;

/// What the attribute says about a step.
#[derive(Clone, Copy, Debug)]
pub struct StartupDeclaration {
    /// What it is called: what the attribute says, else the path of the function.
    pub name: &'static str,
    /// The function.
    pub source: Source,
    /// The first paragraph of its doc comment; a tag if it is not empty.
    pub description: &'static str,
    /// The tags of each call.
    pub tags: &'static [(&'static str, &'static str)],
}

/// A site, for the start of the program.
#[derive(Debug)]
pub struct StartupStepDeclaration(pub &'static StartupSite);

/// The static of a function.
pub struct StartupSite {
    declared: StartupDeclaration,
    /// That of the service which was started last.
    timeline: RwLock<Weak<Timeline>>,
}

impl StartupSite {
    /// A site that no service knows yet.
    pub const fn new(declared: StartupDeclaration) -> Self {
        Self { declared, timeline: RwLock::new(Weak::new()) }
    }

    /// What was declared.
    pub(crate) fn declaration(&self) -> &StartupDeclaration {
        &self.declared
    }

    /// From now on calls are steps of this start, unless they are within one of another.
    pub(crate) fn bind(&self, steps: &StartupSteps) {
        let timeline = Arc::downgrade(steps.timeline());
        *self.timeline.write().unwrap_or_else(PoisonError::into_inner) = timeline;
    }

    /// A call has begun.
    pub fn start(&'static self) -> StartupCall {
        let steps = StartupSteps::current().or_else(|| {
            let timeline = self.timeline.read().unwrap_or_else(PoisonError::into_inner).upgrade();
            timeline.map(StartupSteps::on)
        });
        let StartupDeclaration { name, description, tags, .. } = self.declared;
        let step = steps.map_or_else(StartupStep::nowhere, |steps| steps.step(name));
        if !description.is_empty() {
            step.tag("description", description);
        }
        for (key, value) in tags {
            step.tag(key, value);
        }
        StartupCall { step: Some(step) }
    }
}

impl fmt::Debug for StartupSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartupSite").field("declared", &self.declared).finish_non_exhaustive()
    }
}

/// A call of such a function. One that is dropped before it has returned has panicked, or was
/// cancelled.
#[derive(Debug)]
#[must_use = "the step ends once this is told how the call ended"]
pub struct StartupCall {
    step: Option<StartupStep>,
}

impl StartupCall {
    /// Runs the body within the step.
    pub fn call<T>(&self, body: impl FnOnce() -> T) -> T {
        match &self.step {
            Some(step) => step.in_scope(body),
            None => body(),
        }
    }

    /// The same for a future.
    pub fn poll<F: Future>(&self, body: F) -> Within<F> {
        match &self.step {
            Some(step) => step.instrument(body),
            None => Within::new(body, None),
        }
    }

    /// The call has come back, with an error or not.
    pub fn returned(mut self, failure: Option<String>) {
        if let (Some(step), Some(failure)) = (self.step.take(), failure) {
            step.fail(failure);
        }
    }
}

impl Drop for StartupCall {
    fn drop(&mut self) {
        if let Some(step) = self.step.take() {
            step.fail(if std::thread::panicking() { "panic" } else { "cancelled" });
        }
    }
}

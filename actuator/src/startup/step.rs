//! A step that runs, and the handle that begins steps.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use super::{
    current::{self, Within},
    timeline::{StartupEvent, Timeline, TimelineShown},
};
use crate::{
    model::sanitizer::BEYOND,
    support::{clock::Clock, text::shortened},
};

/// The longest name of a step, in bytes.
pub(crate) const MAX_NAME: usize = 200;
/// The most tags of a step.
const MAX_TAGS: usize = 16;
/// The longest key of a tag, and the longest value, in bytes.
pub(crate) const MAX_TAG: (usize, usize) = (64, 256);
/// The tag that says how a step failed.
const EXCEPTION: &str = "exception";

/// Begins steps of a start, for `/actuator/startup`. Clones are the same handle, and may go to any
/// thread or task. [`App::startup_steps`](crate::App::startup_steps) gives one, and
/// [`StartupStep::steps`] one whose steps are within that step.
///
/// ```
/// fn setup(app: &mut actuator::App) {
///     let caches = app.startup_step("caches");
///     let within = caches.steps();
///     let prices = std::thread::spawn(move || {
///         let _prices = within.step("prices"); // within "caches", on another thread
///     });
///     prices.join().ok();
/// } // "caches" ends here
/// ```
#[derive(Clone)]
pub struct StartupSteps {
    timeline: Arc<Timeline>,
    /// The step within which others begin; `None` for that of the thread, if it is in one.
    parent: Option<u64>,
}

impl Default for StartupSteps {
    fn default() -> Self {
        Self::begin(Clock::system())
    }
}

impl StartupSteps {
    /// Those of a start that begins now.
    pub(crate) fn begin(clock: Clock) -> Self {
        Self { timeline: Arc::new(Timeline::begin(clock)), parent: None }
    }

    /// Begins a step, which ends when it is dropped. It is within the step that this handle is of,
    /// else within that whose code this thread runs, else within none.
    pub fn step<'n>(&self, name: impl Into<Cow<'n, str>>) -> StartupStep {
        let parent = self.parent.or_else(|| {
            let here =
                current::current().filter(|here| Arc::ptr_eq(&here.timeline, &self.timeline));
            here.and_then(|here| here.parent)
        });
        StartupStep { running: Some(Running::begin(&self.timeline, parent, &name.into())) }
    }

    /// The handle whose steps are within the step whose code this thread runs; `None` if there is
    /// none. For code that begins a step in a task or thread of its own.
    pub fn current() -> Option<Self> {
        current::current()
    }

    /// Runs `work` so that the steps in it are within the step that this handle is of.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        current::within(self.clone(), work)
    }

    /// The same for a future, wherever it is polled.
    pub fn instrument<F: Future>(&self, future: F) -> Within<F> {
        Within::new(future, Some(self.clone()))
    }

    /// The steps that are kept, which stay.
    pub(crate) fn snapshot(&self) -> TimelineShown {
        self.timeline.snapshot()
    }

    /// The list of them.
    pub(crate) fn timeline(&self) -> &Arc<Timeline> {
        &self.timeline
    }

    /// The handle on a list of steps, which belong to none.
    pub(super) fn on(timeline: Arc<Timeline>) -> Self {
        Self { timeline, parent: None }
    }
}

impl fmt::Debug for StartupSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartupSteps").field("parent", &self.parent).finish_non_exhaustive()
    }
}

/// A step of a start: it ends, and is kept, when it is dropped. One that is dropped by a panic has
/// the tag `exception` with the value `panic`.
///
/// Steps that begin while it is there are within it only where that is said: by
/// [`Self::step`], [`Self::in_scope`] or [`Self::instrument`].
#[must_use = "a step that is dropped at once has ended at once"]
pub struct StartupStep {
    /// `None` for one that nobody asked for.
    running: Option<Running>,
}

impl StartupStep {
    /// One that is kept nowhere.
    pub(super) fn nowhere() -> Self {
        Self { running: None }
    }

    /// Begins a step within this one.
    pub fn step<'n>(&self, name: impl Into<Cow<'n, str>>) -> Self {
        self.steps_within().map_or_else(Self::nowhere, |steps| steps.step(name))
    }

    /// A handle whose steps are within this one, for other threads and tasks.
    pub fn steps(&self) -> StartupSteps {
        self.steps_within().unwrap_or_default()
    }

    /// The same step with a tag. Of a key that is given twice both are kept, as in Spring.
    pub fn with_tag(self, key: &str, value: impl fmt::Display) -> Self {
        self.tag(key, value);
        self
    }

    /// Says something that is known only now.
    pub fn tag(&self, key: &str, value: impl fmt::Display) -> &Self {
        if let Some(running) = &self.running {
            running.tag(key, &value.to_string());
        }
        self
    }

    /// Runs `work` so that the steps in it are within this one.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        match self.steps_within() {
            Some(steps) => steps.in_scope(work),
            None => work(),
        }
    }

    /// The same for a future, wherever it is polled.
    pub fn instrument<F: Future>(&self, future: F) -> Within<F> {
        Within::new(future, self.steps_within())
    }

    /// Ends it, with the tag `exception` that says why it failed.
    pub fn fail(self, error: impl fmt::Display) {
        self.tag(EXCEPTION, error);
    }

    /// Ends it: for where that reads better than to drop it.
    pub fn end(self) {}

    fn steps_within(&self) -> Option<StartupSteps> {
        let running = self.running.as_ref()?;
        Some(StartupSteps { timeline: Arc::clone(&running.timeline), parent: Some(running.id) })
    }
}

impl Drop for StartupStep {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

impl fmt::Debug for StartupStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = self.running.as_ref();
        f.debug_struct("StartupStep")
            .field("id", &running.map(|running| running.id))
            .field("name", &running.map(|running| &running.name))
            .finish_non_exhaustive()
    }
}

/// What is known of a step before it has ended.
struct Running {
    timeline: Arc<Timeline>,
    id: u64,
    parent: Option<u64>,
    name: String,
    started: (SystemTime, Instant),
    tags: Mutex<Vec<(String, String)>>,
    /// It began in the midst of a panic, which says nothing of it.
    amid_panic: bool,
}

impl Running {
    fn begin(timeline: &Arc<Timeline>, parent: Option<u64>, name: &str) -> Self {
        Self {
            id: timeline.next_id(),
            parent,
            name: shortened(name, MAX_NAME + BEYOND).to_owned(),
            started: timeline.now(),
            tags: Mutex::default(),
            amid_panic: std::thread::panicking(),
            timeline: Arc::clone(timeline),
        }
    }

    fn tag(&self, key: &str, value: &str) {
        let mut tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        if tags.len() < MAX_TAGS {
            let (key, value) = (shortened(key, MAX_TAG.0), shortened(value, MAX_TAG.1 + BEYOND));
            tags.push((key.to_owned(), value.to_owned()));
        }
    }

    fn end(self) {
        let took = self.timeline.now().1.saturating_duration_since(self.started.1);
        let mut tags = self.tags.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_told = tags.iter().any(|(key, _)| key == EXCEPTION);
        if std::thread::panicking() && !self.amid_panic && !is_told {
            tags.push((EXCEPTION.to_owned(), "panic".to_owned()));
        }
        let (id, parent, started) = (self.id, self.parent, self.started.0);
        let event = StartupEvent { id, parent, name: self.name, started, took, tags };
        self.timeline.ended(event);
    }
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;

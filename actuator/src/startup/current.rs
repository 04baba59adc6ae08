//! Which step's code this thread runs. A future is within its step while it is polled, and no
//! longer: another task of the same thread is not.

use std::{
    cell::RefCell,
    mem::swap,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::StartupSteps;

thread_local! {
    static CURRENT: RefCell<Option<StartupSteps>> = const { RefCell::new(None) };
}

/// The handle whose steps are within the step that this thread is in.
pub(super) fn current() -> Option<StartupSteps> {
    // While a thread ends there is none.
    CURRENT.try_with(|current| current.try_borrow().ok()?.clone()).ok()?
}

/// Runs `work` within `steps`; afterwards all is as it was, also if it panics.
pub(super) fn within<T>(steps: StartupSteps, work: impl FnOnce() -> T) -> T {
    let _inside = Inside::begin(Some(steps));
    work()
}

/// Puts back what was there before.
struct Inside(Option<StartupSteps>);

impl Inside {
    fn begin(steps: Option<StartupSteps>) -> Self {
        let mut inside = Self(steps);
        inside.change();
        inside
    }

    fn change(&mut self) {
        let _ = CURRENT.try_with(|current| {
            if let Ok(mut current) = current.try_borrow_mut() {
                swap(&mut *current, &mut self.0);
            }
        });
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.change();
    }
}

pin_project! {
    /// A future that runs within a step; made by [`StartupSteps::instrument`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Within<F> {
        #[pin]
        future: F,
        steps: Option<StartupSteps>,
    }
}

impl<F> Within<F> {
    /// `future` within `steps`; without any it runs as it is.
    pub(super) fn new(future: F, steps: Option<StartupSteps>) -> Self {
        Self { future, steps }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(steps) = this.steps.clone() else { return this.future.poll(context) };
        within(steps, || this.future.poll(context))
    }
}

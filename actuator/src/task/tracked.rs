//! The future of a task with a name.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::registry::Entry;

pin_project! {
    /// A future that is listed under a name: [`named`](super::named).
    #[derive(Debug)]
    #[must_use = "a future does nothing until it is polled"]
    pub struct Named<F> {
        #[pin]
        future: F,
        entry: Entry,
    }
}

impl<F> Named<F> {
    pub(super) fn new(entry: Entry, future: F) -> Self {
        Self { future, entry }
    }
}

impl<F: Future> Future for Named<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _polled = this.entry.polled();
        this.future.poll(context)
    }
}

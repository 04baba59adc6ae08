//! Answers without an end, on one listener: what ends them when it stops, and which tasks send them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{self, Id};

use super::trigger::Trigger;

/// The answers of a listener that have no end of their own; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveAnswers {
    end: Trigger,
    senders: Arc<Mutex<Vec<Id>>>,
}

/// The mark of a task that sends such an answer.
#[derive(Debug)]
pub(crate) struct Sender {
    answers: LiveAnswers,
    task: Option<Id>,
}

impl LiveAnswers {
    /// Thrown, all of them end, and each that is asked for later.
    pub(crate) fn end(&self) -> &Trigger {
        &self.end
    }

    /// The present task sends one, until the mark is dropped.
    pub(crate) fn send(&self) -> Sender {
        let task = task::try_id();
        self.change(|senders| senders.extend(task));
        Sender { answers: self.clone(), task }
    }

    /// Whether the present task sends one that is to end. What its caller does not take then will
    /// not be waited for.
    pub(crate) fn is_over_here(&self) -> bool {
        let task = task::try_id();
        self.end.is_thrown()
            && task.is_some_and(|task| self.change(|senders| senders.contains(&task)))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Id>) -> T) -> T {
        change(&mut self.senders.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.answers.change(|senders| {
            if let Some(at) = senders.iter().position(|task| Some(*task) == self.task) {
                senders.swap_remove(at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_is_over_if_it_sends_and_the_end_has_come() {
        let answers = LiveAnswers::default();
        let seen = answers.clone();
        let task = tokio::spawn(async move {
            let before = seen.is_over_here();
            let sender = seen.send();
            let sending = seen.is_over_here();
            seen.end().throw();
            let ended = seen.is_over_here();
            let elsewhere = seen.clone();
            let elsewhere = tokio::spawn(async move { elsewhere.is_over_here() }).await.unwrap();
            drop(sender);
            [before, sending, ended, elsewhere, seen.is_over_here()]
        });
        assert_eq!(task.await.unwrap(), [false, false, true, false, false]);
    }
}

//! What drives a task: it waits until the task is due, begins runs, and sees how they end.

use std::{collections::HashMap, sync::Arc};

use tokio::{
    task::Id,
    time::{Instant, sleep_until},
};

use super::{
    Overlap, TaskError,
    beat::Beat,
    run::{Run, Runs},
    task::{ScheduledTask, Stand},
};
use crate::support::{clock::Clock, trigger::Trigger};

/// How many runs of a task may be in progress.
const MAX_PARALLEL: usize = 64;
/// After how many beats without a run that was left out the log tells of one anew.
const CALM: u32 = 60;
/// How many may wait for one to end.
const MAX_QUEUED: u64 = 1_000;

/// The runner of one task. Dropped it cancels the runs that can be.
#[derive(Debug)]
pub(super) struct Runner {
    task: Arc<ScheduledTask>,
    clock: Clock,
    /// Thrown when no run is to begin any more.
    stop: Trigger,
    beat: Beat,
    runs: Runs,
    running: HashMap<Id, Run>,
    number: u64,
    queued: u64,
    is_paused: bool,
    is_stopping: bool,
    told: Told,
}

/// What the log knows.
#[derive(Debug, Default)]
struct Told {
    /// Runs are left out, or were a short while ago.
    is_skipping: bool,
    /// How many beats there were since.
    calm: u32,
    /// Runs fail.
    is_failing: bool,
}

impl Told {
    /// Nothing was left out at this beat.
    fn calm_down(&mut self) {
        self.calm = self.calm.saturating_add(1);
        self.is_skipping &= self.calm < CALM;
    }
}

impl Runner {
    /// The runner of a task that may run from now on.
    pub(super) fn new(task: Arc<ScheduledTask>, clock: Clock, stop: Trigger) -> Self {
        Self {
            beat: Beat::begin(task.plan.clone(), clock.clone()),
            task,
            clock,
            stop,
            runs: Runs::new(),
            running: HashMap::new(),
            number: 0,
            queued: 0,
            is_paused: false,
            is_stopping: false,
            told: Told::default(),
        }
    }

    /// Runs the task until it is stopped and the last run has ended.
    pub(super) async fn drive(mut self) {
        loop {
            self.publish();
            if self.is_stopping && self.running.is_empty() {
                return;
            }
            let wakes_at = self.wakes_at();
            tokio::select! {
                biased;
                () = self.stop.thrown(), if !self.is_stopping => {
                    self.is_stopping = true;
                    self.queued = 0;
                }
                Some(joined) = self.runs.join_next_with_id(), if !self.runs.is_empty() => {
                    match joined {
                        Ok((id, result)) => self.ended(id, Ok(result)),
                        Err(error) => self.ended(error.id(), Err(error)),
                    }
                }
                () = self.task.asked.notified() => {}
                () = sleep(wakes_at) => {}
            }
            self.time_out();
            if !self.is_stopping {
                self.serve();
            }
        }
    }

    fn publish(&self) {
        self.task.publish(Stand {
            next: self.beat.next(),
            running: self.running.len(),
            queued: self.queued,
            is_open: !self.is_stopping,
        });
    }

    fn wakes_at(&self) -> Option<Instant> {
        let rests = self.is_paused || self.is_stopping;
        let due = if rests { None } else { self.beat.wakes_at() };
        let deadlines = self.running.values().filter_map(Run::deadline);
        due.into_iter().chain(deadlines).min()
    }

    /// Does what is asked for, and what is due.
    fn serve(&mut self) {
        let (is_paused, asked) = self.task.take_asked();
        if self.is_paused && !is_paused {
            self.beat.resumed();
        }
        self.is_paused = is_paused;
        if asked > 0 {
            self.beat.began();
            self.begin_asked(u64::from(asked));
        }
        let beats = if is_paused { 0 } else { self.beat.poll() };
        if beats > 0 {
            self.come_due(beats);
        }
    }

    /// Begins what somebody asked for; who asked was told whether that is possible.
    fn begin_asked(&mut self, runs: u64) {
        let is_parallel = self.task.plan.overlap == Overlap::Parallel;
        for _ in 0..runs {
            if self.running.is_empty() || (is_parallel && self.running.len() < MAX_PARALLEL) {
                self.begin();
            } else {
                self.queue(1);
            }
        }
    }

    fn come_due(&mut self, beats: u64) {
        let left_out = match self.task.plan.effective_overlap() {
            Overlap::Queue => {
                self.queue(beats);
                self.begin_queued();
                return;
            }
            Overlap::Skip if !self.running.is_empty() => beats,
            Overlap::Parallel if self.running.len() >= MAX_PARALLEL => beats,
            Overlap::Skip | Overlap::Parallel => {
                self.begin();
                self.told.calm_down();
                beats - 1
            }
        };
        if left_out > 0 {
            self.skip(left_out);
        }
    }

    fn skip(&mut self, runs: u64) {
        self.task.skipped(runs);
        self.told.calm = 0;
        if !std::mem::replace(&mut self.told.is_skipping, true) {
            let (name, overlap) = (self.task.name(), self.task.plan.overlap.name());
            tracing::warn!(
                target: "actuator::scheduling",
                "scheduled task \"{name}\" is due while it cannot begin; runs are left out until it \
                 can (overlap = {overlap})"
            );
        }
    }

    fn queue(&mut self, runs: u64) {
        let room = MAX_QUEUED - self.queued.min(MAX_QUEUED);
        self.queued += runs.min(room);
        if runs > room {
            self.skip(runs - room);
        }
    }

    fn begin_queued(&mut self) {
        if self.queued > 0 && self.running.is_empty() && !self.is_stopping {
            self.queued -= 1;
            self.begin();
        }
        if self.queued == 0 {
            self.told.calm_down();
        }
    }

    fn begin(&mut self) {
        self.number += 1;
        let now = self.clock.now();
        let (id, run) = Run::begin(&self.task, self.number, now, &mut self.runs);
        self.running.insert(id, run);
    }

    fn ended(&mut self, id: Id, joined: Result<Result<(), TaskError>, tokio::task::JoinError>) {
        let Some(mut run) = self.running.remove(&id) else { return };
        if let Some(result) = run.result(joined) {
            let result = run.tell(&self.task, result);
            self.log(&result);
        }
        if self.running.is_empty() {
            self.beat.finished();
            self.begin_queued();
        }
    }

    fn time_out(&mut self) {
        let (task, mut results) = (Arc::clone(&self.task), Vec::new());
        for run in self.running.values_mut() {
            if let Some(error) = run.time_out(task.plan.timeout) {
                results.push(run.tell(&task, Err(error)));
            }
        }
        for result in &results {
            self.log(result);
        }
    }

    /// The first failure and the first success behind it: a task that fails each second must not
    /// fill the log.
    fn log(&mut self, result: &Result<(), TaskError>) {
        let name = self.task.name();
        let was_failing = std::mem::replace(&mut self.told.is_failing, result.is_err());
        match result {
            Ok(()) if was_failing => {
                tracing::info!(target: "actuator::scheduling", "scheduled task \"{name}\" works again");
            }
            Ok(()) => {}
            Err(error) if was_failing => {
                tracing::debug!(
                    target: "actuator::scheduling",
                    "scheduled task \"{name}\" failed again: {error}"
                );
            }
            Err(error) => {
                tracing::error!(
                    target: "actuator::scheduling",
                    "scheduled task \"{name}\" failed: {error}"
                );
            }
        }
    }
}

async fn sleep(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;

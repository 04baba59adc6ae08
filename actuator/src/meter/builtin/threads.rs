//! What the threads of the process do.

use super::{
    as_f64,
    sampled::{Sampled, Source},
};
use crate::support::host::{HostRoot, OsThreadState, ThreadActivity};

/// Threads by state, and how often they were taken off a processor.
#[derive(Debug)]
pub(super) struct Threads {
    root: HostRoot,
    activity: ThreadActivity,
}

impl Threads {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { root: root.clone(), activity: ThreadActivity::default() }
    }
}

impl Source for Threads {
    fn sample(&mut self, into: &mut Sampled) {
        if self.activity.look(&self.root).is_none() {
            return;
        }
        let activity = &self.activity;
        for (state, count) in activity.states {
            let description = "The threads of the process, by what the kernel says they do";
            let meter = into.meter("process.threads", description, "threads");
            meter.tag("state", name(state)).number(Some(count));
        }
        let description = "Times that a thread was taken off its processor: to wait for something \
                           (voluntary), or for another thread (involuntary)";
        for (kind, total) in [
            ("voluntary", activity.voluntary_switches),
            ("involuntary", activity.involuntary_switches),
        ] {
            let meter = into.meter("process.context.switches", description, "switches");
            meter.tag("type", kind).counter(Some(as_f64(total)));
        }
    }
}

fn name(state: OsThreadState) -> &'static str {
    match state {
        OsThreadState::Running => "running",
        OsThreadState::Sleeping => "sleeping",
        OsThreadState::DiskSleep => "disk-sleep",
        OsThreadState::Stopped => "stopped",
        OsThreadState::Dead => "dead",
    }
}

//! What was sampled, in the forms in which it is given away.

use std::{
    collections::HashMap,
    fmt::Write as _,
    time::{Duration, SystemTime},
};

use crate::{
    model::stack_frame::StackFrame,
    profile::{Label, Profile, Resolved, Sample, ValueType, flame_graph, folded},
    thread::stack::ProfileFormat,
};

const SAMPLES: ValueType = ValueType { kind: "samples", unit: "count" };
const CPU: ValueType = ValueType { kind: "cpu", unit: "nanoseconds" };

/// Samples of stacks, by thread.
#[derive(Debug)]
pub(super) struct CpuProfile {
    pub(super) began_at: SystemTime,
    pub(super) duration: Duration,
    /// The processor time that a sample stands for.
    pub(super) period: Duration,
    /// Samples that are in no stack.
    pub(super) lost: u64,
    /// Whether there were threads that could not be sampled.
    pub(super) has_untimed_threads: bool,
    /// The names of threads.
    pub(super) names: HashMap<u64, String>,
    /// Samples by thread and addresses, the innermost first.
    pub(super) counts: HashMap<(u64, Vec<u64>), u64>,
}

impl CpuProfile {
    /// All addresses that are in it.
    pub(super) fn addresses(&self) -> impl Iterator<Item = u64> {
        self.counts.keys().flat_map(|(_, addresses)| addresses.iter().copied())
    }

    /// The profile in a form.
    pub(super) fn write(&self, format: ProfileFormat, title: &str, resolved: &Resolved) -> Vec<u8> {
        if format == ProfileFormat::Pprof {
            return self.pprof().encode_gzip(resolved);
        }
        let names: Names = self.names_of_frames(resolved);
        let stacks = self.counts.iter().map(|((thread, addresses), count)| {
            let frames = addresses.iter().rev().filter_map(|address| names.get(address));
            let thread = self.names.get(thread).map_or("?", String::as_str);
            let frames = frames.flat_map(|frames| frames.iter().rev().map(String::as_str));
            (std::iter::once(thread).chain(frames).collect(), *count)
        });
        match format {
            ProfileFormat::FlameGraph => {
                let title = format!("{title}: {}", self.summary());
                flame_graph(&title, "samples", stacks).into_bytes()
            }
            ProfileFormat::Folded | ProfileFormat::Pprof => folded(stacks).into_bytes(),
        }
    }

    fn names_of_frames(&self, resolved: &Resolved) -> Names {
        let frames = |address| resolved.frames(address).iter().map(StackFrame::to_string).collect();
        self.addresses().map(|address| (address, frames(address))).collect()
    }

    /// `1520 samples in 10.0 s, one for each 10.1 ms of processor time`.
    fn summary(&self) -> String {
        let samples: u64 = self.counts.values().sum();
        let mut text = format!(
            "{samples} samples in {:.1} s, one for each {:.1} ms of processor time",
            self.duration.as_secs_f64(),
            self.period.as_secs_f64() * 1_000.0
        );
        if self.lost > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "; {} more had no room", self.lost);
        }
        if self.has_untimed_threads {
            text.push_str("; the system gave no timer for some threads (RLIMIT_SIGPENDING)");
        }
        text
    }

    fn pprof(&self) -> Profile {
        let period = i64::try_from(self.period.as_nanos()).unwrap_or(i64::MAX);
        let samples = self.counts.iter().map(|((thread, addresses), count)| {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            let name = self.names.get(thread).cloned().unwrap_or_default();
            Sample {
                addresses: addresses.clone(),
                values: vec![count, count.saturating_mul(period)],
                labels: vec![Label::Text("thread", name)],
            }
        });
        Profile {
            sample_types: vec![SAMPLES, CPU],
            default_sample_type: CPU.kind,
            period: (CPU, period),
            began_at: self.began_at,
            duration: self.duration,
            samples: samples.collect(),
            comments: vec![self.summary()],
        }
    }
}

/// Of each address its functions, the innermost first.
type Names = HashMap<u64, Vec<String>>;

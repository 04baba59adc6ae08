//! The stack of a thread, and what a sampled profile is asked for; the same in all builds, also in
//! those that can give neither.

use std::{collections::HashMap, sync::Arc, time::Duration};

use crate::model::stack_frame::StackFrame;

/// The functions that a thread was in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ThreadStack {
    /// By place in the code, the innermost first; of several functions at one place those before
    /// the last were put into the next one by the compiler.
    places: Vec<Arc<[StackFrame]>>,
    /// Whether the outermost function is among them.
    pub is_complete: bool,
}

impl ThreadStack {
    /// A stack of these places.
    #[cfg_attr(
        not(all(
            feature = "stacks",
            target_os = "linux",
            any(target_arch = "x86_64", target_arch = "aarch64")
        )),
        allow(dead_code, reason = "nobody can take one")
    )]
    pub fn new(places: Vec<Arc<[StackFrame]>>, is_complete: bool) -> Self {
        Self { places, is_complete }
    }

    /// All functions, the innermost first.
    pub fn frames(&self) -> impl Iterator<Item = &StackFrame> {
        self.places.iter().flat_map(|place| place.iter())
    }

    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The stacks of threads, taken one after the other within some milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// By the id of the thread; of those that answered.
    pub stacks: HashMap<u64, ThreadStack>,
    /// Why there are none, and what to do.
    pub trouble: Option<String>,
}

/// What a profile of the processor's time is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileRequest {
    /// How long to look.
    pub duration: Duration,
    /// Samples for each second of processor time.
    pub frequency: u32,
    /// In which form it is wanted.
    pub format: ProfileFormat,
}

/// The forms of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFormat {
    /// What `go tool pprof` reads: protobuf within gzip.
    Pprof,
    /// A line for each stack.
    Folded,
    /// A picture (SVG).
    FlameGraph,
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(
        feature = "stacks",
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    allow(dead_code, reason = "nobody makes one")
)]
pub enum ProfileFailure {
    /// Another one is being made.
    Busy,
    /// It cannot be made now; what to do.
    Unavailable(String),
}

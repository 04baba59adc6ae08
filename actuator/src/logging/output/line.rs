//! What a line says, before it has a format; and the room in which each thread puts lines together.

use std::cell::Cell;

use tracing::{Level, Metadata};

use super::{
    fields::Fields,
    json::{push_plain, push_string},
    time::Stamp,
};
use crate::model::request::RequestContext;

/// More room than this is given back after a line.
const KEPT: usize = 64 * 1024;

thread_local! {
    static ROOM: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

/// A line: facts of the place that logs, and what it logged there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'l> {
    /// How bad it is.
    pub(super) level: Level,
    /// The name of the logger.
    pub(super) target: &'l str,
    /// The source file.
    pub(super) file: Option<&'l str>,
    /// The line in it.
    pub(super) row: Option<u32>,
    /// The module.
    pub(super) module: Option<&'l str>,
    /// What was logged.
    pub(super) parts: &'l Parts,
}

impl<'l> Line<'l> {
    /// What was logged at this place.
    pub(super) fn new(metadata: &Metadata<'l>, parts: &'l Parts) -> Self {
        Self {
            level: *metadata.level(),
            target: metadata.target(),
            file: metadata.file(),
            row: metadata.line(),
            module: metadata.module_path(),
            parts,
        }
    }

    /// The id of the request during which it was logged.
    pub(super) fn request_id(&self) -> Option<&'l str> {
        let id = self.parts.request.as_str();
        (!id.is_empty()).then_some(id)
    }
}

/// What was logged: when, where, and what.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// When.
    pub(super) at: Stamp,
    /// By which thread.
    pub(super) thread: ThreadName,
    /// The fields of the event, and the JSON values of those of the spans.
    pub(super) fields: Fields,
    /// The spans, as text.
    pub(super) spans: Spans,
    /// The id of the request; empty if there is none.
    request: String,
    /// The id of the trace that the request belongs to.
    pub(super) trace: Option<u128>,
}

impl Parts {
    /// Forgets the line before.
    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.spans.clear();
        self.request.clear();
        self.trace = None;
    }

    /// Whether the request is known.
    pub(super) fn has_request(&self) -> bool {
        !self.request.is_empty()
    }

    /// Remembers the request.
    pub(super) fn set_request(&mut self, request: &RequestContext) {
        self.request.clear();
        self.request.push_str(request.id());
        self.trace = request.trace_id();
    }
}

/// The name of a thread, as it goes into lines.
#[derive(Debug)]
pub(super) struct ThreadName {
    /// Without control characters.
    pub(super) plain: String,
    /// As a JSON string.
    pub(super) json: String,
}

impl Default for ThreadName {
    fn default() -> Self {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("?");
        let (mut plain, mut json) = (String::new(), String::new());
        push_plain(&mut plain, name);
        push_string(&mut json, name);
        Self { plain, json }
    }
}

/// The spans around an event as text: `order{id=7}: `.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// One behind the other, the innermost first.
    text: String,
    ends: Vec<usize>,
}

impl Spans {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds the next span around those that are here.
    pub(super) fn add_outer(&mut self, name: &str, fields: &str) {
        self.text.push_str(name);
        if !fields.is_empty() {
            self.text.push('{');
            self.text.push_str(fields);
            self.text.push('}');
        }
        self.text.push_str(": ");
        self.ends.push(self.text.len());
    }

    /// Appends them, the outermost first.
    pub(super) fn push_text(&self, to: &mut String) {
        for (index, end) in self.ends.iter().enumerate().rev() {
            let start = index.checked_sub(1).and_then(|before| self.ends.get(before));
            to.push_str(self.text.get(start.copied().unwrap_or(0)..*end).unwrap_or_default());
        }
    }
}

/// Where a thread puts its lines together. It is used again, so that lines cost no allocation.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// What is logged.
    pub(super) parts: Parts,
    /// Room for the value of one field.
    pub(super) raw: String,
    /// The line in one format.
    pub(super) out: String,
}

impl Room {
    /// How much memory one part of it takes at most, in bytes.
    fn taken(&self) -> usize {
        let Parts { fields, spans, .. } = &self.parts;
        let texts = [&self.out, &self.raw, &spans.text];
        texts.into_iter().map(String::capacity).fold(fields.taken(), usize::max)
    }

    /// Works in the room of this thread. Formatting may run foreign code that logs again: that
    /// line gets a room of its own, and one that was left by a panic is forgotten.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let mut room = ROOM.try_with(Cell::take).ok().flatten().unwrap_or_default();
        let done = work(&mut room);
        if room.taken() <= KEPT {
            // While a thread ends there is no place for it.
            let _ = ROOM.try_with(|kept| kept.set(Some(room)));
        }
        done
    }
}

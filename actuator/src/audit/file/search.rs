//! Which events of the file are wanted.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    hash::{BuildHasher as _, RandomState},
    io,
    path::Path,
};

use super::{
    backwards::{Backwards, Line},
    line,
};
use crate::audit::{AuditEvent, AuditEventFilter};

/// Bytes of the file that one search reads at most: what lies before is not found.
const MAX_READ: u64 = 64 * 1024 * 1024;
/// Events are nearly in the order of their time: after so many in a row that are too old, there is
/// none left that is not.
const TOO_OLD_IN_A_ROW: usize = 100;

/// What a search has found.
#[derive(Debug, Default)]
pub(super) struct Searched {
    /// The events, oldest first.
    pub(super) events: VecDeque<AuditEvent>,
    /// Whether there may be more before them.
    pub(super) is_cut: bool,
    corrupt: u64,
}

impl Searched {
    /// Tells of lines that are no events.
    pub(super) fn tell_of_corrupt(&self, path: &Path) {
        if self.corrupt > 0 {
            tracing::warn!(
                target: "actuator::audit",
                lines = self.corrupt, file = %path.display(),
                "lines of the file of audit events are no events, and were left out"
            );
        }
    }
}

/// The newest `capacity` events of the file.
pub(super) fn newest(path: &Path, capacity: usize) -> io::Result<Searched> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut lines = Backwards::new(&file, length);
    let mut found = Searched::default();
    while found.events.len() < capacity && length - lines.left() < MAX_READ {
        let Some(line) = lines.next_line()? else { return Ok(found) };
        match event(line) {
            Some(event) => found.events.push_front(event),
            None => found.corrupt += 1,
        }
    }
    found.is_cut = lines.left() > 0 || lines.next_line()?.is_some();
    Ok(found)
}

/// The newest `capacity` events that the filter lets through: of those in memory, and of the first
/// `end` bytes of the file. It gives up once it is not wanted any more.
pub(super) fn since(
    path: &Path,
    end: u64,
    recent: &VecDeque<AuditEvent>,
    filter: &AuditEventFilter,
    capacity: usize,
    is_wanted: impl Fn() -> bool,
) -> io::Result<Vec<AuditEvent>> {
    let mut known = Known::of(recent);
    let matching = recent.iter().filter(|event| filter.matches(event)).cloned();
    let mut events: VecDeque<AuditEvent> = matching.collect();
    let file = match File::open(path) {
        // It was rotated away, and nothing has happened since.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(events.into()),
        opened => opened?,
    };
    let mut lines = Backwards::new(&file, end.min(file.metadata()?.len()));
    let start = lines.left();
    let mut too_old = 0;
    let is_worth_it = |left| start - left < MAX_READ && is_wanted();
    while events.len() < capacity && too_old < TOO_OLD_IN_A_ROW && is_worth_it(lines.left()) {
        let Some(line) = lines.next_line()? else { break };
        let Some(event) = event(line) else { continue };
        let is_too_old = filter.after.is_some_and(|after| event.timestamp() <= after);
        too_old = if is_too_old { too_old + 1 } else { 0 };
        if filter.matches(&event) && !known.take(&event) {
            events.push_front(event);
        }
    }
    Ok(events.into())
}

fn event(line: Line) -> Option<AuditEvent> {
    match line {
        Line::Text(text) => line::read(&text),
        Line::TooLong => None,
    }
}

/// The events of memory, by what their lines are: those that the file has too count once.
struct Known {
    hasher: RandomState,
    counts: HashMap<u64, usize>,
}

impl Known {
    fn of(events: &VecDeque<AuditEvent>) -> Self {
        let mut known = Self { hasher: RandomState::new(), counts: HashMap::new() };
        for event in events {
            *known.counts.entry(known.hash(event)).or_default() += 1;
        }
        known
    }

    /// Whether memory has this event, once more than it was asked for it.
    fn take(&mut self, event: &AuditEvent) -> bool {
        let hash = self.hash(event);
        match self.counts.get_mut(&hash) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    fn hash(&self, event: &AuditEvent) -> u64 {
        let mut text = Vec::new();
        line::write(event, &mut text);
        self.hasher.hash_one(&text)
    }
}

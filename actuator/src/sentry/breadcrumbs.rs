//! The last lines of one request, or of what is no request.

use std::{collections::VecDeque, sync::Arc};

use super::report::Breadcrumb;

/// The last lines, so many at most.
#[derive(Debug, Default)]
pub(super) struct Trail {
    lines: VecDeque<Arc<Breadcrumb>>,
}

impl Trail {
    /// Adds a line, and forgets the oldest beyond `most`.
    pub(super) fn add(&mut self, line: Arc<Breadcrumb>, most: usize) {
        self.lines.push_back(line);
        while self.lines.len() > most {
            self.lines.pop_front();
        }
    }

    /// All of them, the oldest first.
    pub(super) fn lines(&self) -> Vec<Arc<Breadcrumb>> {
        self.lines.iter().cloned().collect()
    }
}

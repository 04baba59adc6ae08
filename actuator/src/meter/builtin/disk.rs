//! The room on disks.

use std::path::PathBuf;

use super::sampled::{Pace, Sampled, Source};
use crate::support::host;

/// The file systems of some paths.
#[derive(Debug)]
pub(super) struct Disks {
    paths: Vec<PathBuf>,
}

impl Disks {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        Self { paths: paths.to_vec() }
    }
}

impl Source for Disks {
    fn sample(&mut self, into: &mut Sampled) {
        for path in &self.paths {
            let Some(space) = host::disk_space(path) else { continue };
            // Spring shows the absolute path as it was given, not where it leads.
            let shown = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let shown = shown.display().to_string();
            into.meter("disk.free", "Usable space for path", "bytes")
                .tag("path", &shown)
                .number(Some(space.usable));
            into.meter("disk.total", "Total space for path", "bytes")
                .tag("path", &shown)
                .number(Some(space.total));
        }
    }

    /// A network mount whose server is gone answers never.
    fn pace(&self) -> Pace {
        Pace::MayBlock
    }
}

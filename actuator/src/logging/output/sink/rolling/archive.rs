//! The archives that are there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::pattern::{GZIP, Pattern, Slot};

/// An archive that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What its metadata said.
    pub(crate) metadata: fs::Metadata,
    /// Whether it is compressed.
    pub(crate) compressed: bool,
    /// What its name says.
    pub(super) slot: Slot,
}

/// All archives of a pattern, in any order. Links and folders are none.
pub(crate) fn rolled(pattern: &Pattern) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(pattern.folder())? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((slot, compressed)) = name.to_str().and_then(|name| pattern.slot(name)) else {
            continue;
        };
        // Not that of what a link leads to; and it may be gone by now.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_file() {
            found.push(Found { path: entry.path(), metadata, compressed, slot });
        }
    }
    Ok(found)
}

/// The path of an archive once it is compressed.
pub(super) fn compressed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(GZIP);
    PathBuf::from(name)
}

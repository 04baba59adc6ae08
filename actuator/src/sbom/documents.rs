//! All bills of materials by their ids.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{
    build::Build,
    settings::{APPLICATION, SbomSettings},
};

/// All of them, in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Sboms {
    by_id: BTreeMap<String, Sbom>,
}

/// Where one comes from.
#[derive(Clone, Debug)]
pub(crate) enum Sbom {
    /// A file, which is read whenever it is asked for.
    File(SbomFile),
    /// This program.
    Build(Arc<Build>),
}

/// A file that somebody else wrote.
#[derive(Clone, Debug)]
pub(crate) struct SbomFile {
    pub(crate) path: PathBuf,
    /// What a setting says that it is.
    pub(crate) media_type: Option<String>,
}

impl Sboms {
    /// Those of the settings, and that of the build if no setting takes its place.
    pub(crate) fn new(settings: SbomSettings, build: Option<Arc<Build>>) -> Self {
        let files = settings.files.into_iter().map(|(id, file)| (id, Sbom::File(file)));
        let mut by_id: BTreeMap<String, Sbom> = files.collect();
        if let Some(build) = build {
            by_id.entry(APPLICATION.to_owned()).or_insert(Sbom::Build(build));
        }
        Self { by_id }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The ids, sorted.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// The one of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Sbom> {
        self.by_id.get(id)
    }
}

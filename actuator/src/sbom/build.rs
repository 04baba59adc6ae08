//! The packages of this very program.

use std::path::PathBuf;

use super::{auditable, packages::Packages};

/// What is known of the program, and where its packages are to be found.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuildFacts {
    /// The name of the application.
    pub(crate) name: String,
    /// Its version, if it is known.
    pub(crate) version: Option<String>,
    /// The group to which its package belongs.
    pub(crate) group: Option<&'static str>,
    /// When it was compiled: ISO 8601, UTC.
    pub(crate) time: Option<&'static str>,
    /// The commit, and a tag that pointed at it.
    pub(crate) commit: Option<(&'static str, Option<&'static str>)>,
    /// What was read of the lock file when it was compiled.
    pub(crate) lock: Option<&'static str>,
    /// The file of the program.
    pub(crate) executable: Option<PathBuf>,
}

/// A program whose packages are known.
#[derive(Debug)]
pub(crate) struct Build {
    /// What is known of it besides.
    pub(crate) facts: BuildFacts,
}

/// How exact a list of packages is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// What was linked: `cargo auditable` wrote it down.
    Executable,
    /// What the lock file knows, some of which may not have been linked.
    Lock,
}

impl Build {
    /// The program, if there is a list of its packages.
    pub(crate) fn find(facts: BuildFacts) -> Option<Self> {
        let is_listed =
            facts.lock.is_some() || facts.executable.as_deref().is_some_and(auditable::is_in);
        is_listed.then_some(Self { facts })
    }

    /// Its packages: those in the executable, with what the lock file knows of them, else those of
    /// the lock file. It reads files and takes milliseconds.
    ///
    /// # Errors
    /// What was found cannot be read; the text says why.
    pub(crate) fn packages(&self) -> Result<(Packages, Origin), String> {
        let lock = self.facts.lock.map(|json| Packages::parse(json.as_bytes()));
        let lock = lock.transpose().map_err(|error| error.to_string())?;
        let listed = match &self.facts.executable {
            Some(path) => auditable::read(path).unwrap_or_else(|error| {
                tracing::warn!(
                    target: "actuator::sbom",
                    "the packages in {} cannot be read: {error}", path.display()
                );
                None
            }),
            None => None,
        };
        match (listed, lock) {
            (Some(mut listed), lock) => {
                if let Some(lock) = &lock {
                    listed.enrich(lock);
                }
                Ok((listed, Origin::Executable))
            }
            (None, Some(lock)) => Ok((lock, Origin::Lock)),
            (None, None) => Err("the list of packages in the executable cannot be read".to_owned()),
        }
    }
}

//! What is read while compiling: facts of the build, of git and of the compiler.
//!
//! Everything here runs inside the compiler and ends in plain texts. A file or variable that was
//! read is also named in the generated code (`include_bytes!`, `env!`), so that cargo compiles the
//! crate again when it changes.

mod build;
mod git;
mod rust;
mod sbom;
mod time;

use std::path::PathBuf;

pub(crate) use self::{
    build::{BuildFacts, SOURCE_DATE_EPOCH},
    git::{GitFacts, GitMode},
    rust::RustFacts,
    sbom::Sbom,
};
use crate::problem::Problems;

/// What the user asked to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// How much of git.
    pub(crate) git: GitMode,
    /// Whether to find out if tracked files differ from the commit.
    pub(crate) dirty: bool,
    /// Whether to find out what the program is made of.
    pub(crate) sbom: bool,
}

/// The facts of the crate that is being compiled.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Name, version and time.
    pub(crate) build: BuildFacts,
    /// The commit, if there is one.
    pub(crate) git: Option<GitFacts>,
    /// Compiler, target, profile, features.
    pub(crate) rust: RustFacts,
    /// The packages, if there is a lock file.
    pub(crate) sbom: Option<Sbom>,
    /// Files that exist and whose change makes the facts wrong, as absolute paths.
    pub(crate) tracked: Vec<PathBuf>,
}

impl Facts {
    /// Reads all facts of the crate that is being compiled.
    pub(crate) fn read(wanted: Wanted, problems: &mut Problems) -> Self {
        let build = BuildFacts::read(problems);
        let rust = RustFacts::read();
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let (git, mut tracked) = match &folder {
            Some(folder) if wanted.git != GitMode::Off => git::read(folder, wanted),
            _ => (None, Vec::new()),
        };
        let sbom = folder.filter(|_| wanted.sbom);
        let sbom = sbom.and_then(|folder| Sbom::read(&folder, rust.target.as_deref()));
        tracked.extend(sbom.iter().map(|sbom| sbom.lock.clone()));
        Self { build, git, rust, sbom, tracked }
    }
}

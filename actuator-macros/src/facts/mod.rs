//! What is read while compiling: facts of the build, of git and of the compiler.
//!
//! Everything here runs inside the compiler and ends in plain texts. A file or variable that was
//! read is also named in the generated code (`include_bytes!`, `env!`), so that cargo compiles the
//! crate again when it changes.

mod build;
mod git;
mod rust;
mod time;

use std::path::PathBuf;

pub(crate) use self::{
    build::{BuildFacts, SOURCE_DATE_EPOCH},
    git::{GitFacts, GitMode},
    rust::RustFacts,
};
use crate::problem::Problems;

/// What the user asked to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// How much of git.
    pub(crate) git: GitMode,
    /// Whether to find out if tracked files differ from the commit.
    pub(crate) dirty: bool,
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
    /// Files that exist and whose change makes the facts wrong, as absolute paths.
    pub(crate) tracked: Vec<PathBuf>,
}

impl Facts {
    /// Reads all facts of the crate that is being compiled.
    pub(crate) fn read(wanted: Wanted, problems: &mut Problems) -> Self {
        let build = BuildFacts::read(problems);
        let rust = RustFacts::read();
        let (git, tracked) = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) if wanted.git != GitMode::Off => git::read(&PathBuf::from(folder), wanted),
            _ => (None, Vec::new()),
        };
        Self { build, git, rust, tracked }
    }
}

//! Facts of git: which commit is being compiled.
//!
//! Sources, in this order: what cargo wrote into a published package; the repository that tracks
//! the manifest, asked through the `git` command; the same repository read by hand where there is
//! no such command.

mod command;
#[cfg(test)]
mod property_tests;
mod published;
mod remote;
mod repository;

use std::path::{Path, PathBuf};

use self::{
    command::Git,
    repository::{Head, Repository},
};
use super::Wanted;

/// How much of git is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GitMode {
    /// Nothing; the repository is not even looked for.
    Off,
    /// Branch, commit and tags.
    Simple,
    /// The address of the remote `origin` too, without credentials.
    Full,
}

/// Facts of the commit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct GitFacts {
    /// The branch; `None` if detached.
    pub(crate) branch: Option<String>,
    /// The full id.
    pub(crate) commit_id: String,
    /// The abbreviated id, as long as it has to be.
    pub(crate) commit_id_abbrev: String,
    /// When it was committed, in UTC.
    pub(crate) commit_time: Option<String>,
    /// The tags that point at the commit.
    pub(crate) tags: Vec<String>,
    /// Whether tracked files differ from the commit, if asked for.
    pub(crate) dirty: Option<bool>,
    /// The address of the remote `origin`, if asked for.
    pub(crate) remote_url: Option<String>,
}

impl GitFacts {
    /// What is known when only the id is.
    fn of_commit(id: String) -> Self {
        let commit_id_abbrev = id.chars().take(7).collect();
        Self { commit_id: id, commit_id_abbrev, ..Self::default() }
    }
}

/// The facts for the crate in `folder`, and the files on which they depend.
pub(super) fn read(folder: &Path, wanted: Wanted) -> (Option<GitFacts>, Vec<PathBuf>) {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    if let Some(facts) = published::read(&folder, wanted.dirty) {
        return (Some(facts), vec![folder.join(published::FILE)]);
    }
    let Some(repository) = Repository::around(&folder) else { return (None, Vec::new()) };
    let head = repository.head();
    // Also of a repository that does not track the manifest: it may do so after the next commit.
    let tracked = repository.files_behind(&head);
    let git = Git::new(&repository);
    let is_own = git.tracks_manifest(&folder).unwrap_or_else(|| repository.index_lists(&folder));
    let facts = is_own.then(|| facts(&repository, &head, &git, wanted)).flatten();
    (facts, tracked)
}

fn facts(repository: &Repository, head: &Head, git: &Git<'_>, wanted: Wanted) -> Option<GitFacts> {
    let by_hand = || repository.commit(head).map(GitFacts::of_commit);
    let mut facts = git.commit().or_else(by_hand)?;
    if let Some(branch) = head.branch() {
        facts.branch = Some(branch.to_owned());
    }
    if wanted.dirty {
        facts.dirty = git.is_dirty();
    }
    if wanted.git == GitMode::Full {
        facts.remote_url = git.remote_url().and_then(|url| remote::without_credentials(&url));
    }
    Some(facts)
}

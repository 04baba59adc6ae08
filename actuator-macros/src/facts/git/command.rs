//! The `git` command, asked for what only it can read: objects, tags, the state of the work tree.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use super::{GitFacts, repository::Repository};
use crate::facts::time;

/// Variables by which a surrounding git (a hook that runs cargo) points at its own repository.
const REDIRECTIONS: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
];

/// The command, bound to one repository.
#[derive(Debug)]
pub(super) struct Git<'r> {
    repository: &'r Repository,
}

impl<'r> Git<'r> {
    /// The command for this repository. It need not be installed.
    pub(super) fn new(repository: &'r Repository) -> Self {
        Self { repository }
    }

    /// Whether the manifest in `folder` is tracked; `None` if git cannot be asked.
    pub(super) fn tracks_manifest(&self, folder: &Path) -> Option<bool> {
        let output = self
            .command(folder)
            .args(["ls-files", "--error-unmatch", "--", "Cargo.toml"])
            .output()
            .ok()?;
        match output.status.code() {
            Some(0) => Some(true),
            // The code that means "not tracked"; 128 is a refusal.
            Some(1) => Some(false),
            _ => None,
        }
    }

    /// The commit that is checked out.
    pub(super) fn commit(&self) -> Option<GitFacts> {
        let text = self.ask(&[
            "log",
            "-1",
            "--no-show-signature",
            "--decorate-refs=HEAD",
            "--decorate-refs=refs/heads",
            "--decorate-refs=refs/tags",
            "--format=%H%n%h%n%ct%n%D",
        ])?;
        let mut lines = text.lines();
        let mut facts = GitFacts::of_commit(lines.next().filter(|id| !id.is_empty())?.to_owned());
        lines.next()?.clone_into(&mut facts.commit_id_abbrev);
        facts.commit_time = lines.next()?.parse().ok().map(time::instant);
        // `HEAD -> main, tag: v1.0, tag: latest`
        for name in lines.next().unwrap_or_default().split(", ") {
            if let Some(branch) = name.strip_prefix("HEAD -> ") {
                facts.branch = Some(branch.to_owned());
            } else if let Some(tag) = name.strip_prefix("tag: ") {
                facts.tags.push(tag.to_owned());
            }
        }
        facts.tags.sort();
        Some(facts)
    }

    /// Whether a tracked file differs from the commit.
    pub(super) fn is_dirty(&self) -> Option<bool> {
        let changes = self.ask(&["status", "--porcelain", "--untracked-files=no"])?;
        Some(!changes.is_empty())
    }

    /// The address of the remote `origin`, as configured: possibly with credentials.
    pub(super) fn remote_url(&self) -> Option<String> {
        self.ask(&["config", "--get", "remote.origin.url"])
    }

    fn ask(&self, args: &[&str]) -> Option<String> {
        let Output { status, stdout, .. } =
            self.command(self.repository.root()).args(args).output().ok()?;
        if !status.success() {
            return None;
        }
        Some(String::from_utf8(stdout).ok()?.trim_end().to_owned())
    }

    /// Naming the repository avoids the refusal of one that another user owns, which is usual in
    /// containers. Nothing that its configuration could start is needed, so that is switched off.
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new("git");
        for variable in REDIRECTIONS {
            command.env_remove(variable);
        }
        command
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .current_dir(folder)
            .arg("--no-pager")
            .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
            .arg("--git-dir")
            .arg(self.repository.git_dir())
            .arg("--work-tree")
            .arg(self.repository.root());
        command
    }
}

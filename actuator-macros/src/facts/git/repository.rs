//! A repository, read by hand: where it is, what is checked out, and which files say so.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// Files beside a manifest that say: this folder came out of a package, look no further up.
const PACKAGE_MARKERS: [&str; 3] = [".cargo-ok", ".cargo_vcs_info.json", ".cargo-checksum.json"];

/// References may name references; git follows five.
const MAX_LINKS: usize = 5;

/// A repository with a work tree.
#[derive(Debug)]
pub(super) struct Repository {
    /// The root of the work tree.
    root: PathBuf,
    /// Where this work tree's own files are (`HEAD`, `logs/HEAD`, `index`).
    git_dir: PathBuf,
    /// Where the files of all work trees are (`refs`, `packed-refs`).
    common_dir: PathBuf,
}

/// What is checked out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A branch, as a full name: `refs/heads/main`.
    Reference(String),
    /// A commit.
    Commit(String),
    /// Something that this file cannot read, as in a repository with a table of references.
    Unreadable,
}

impl Head {
    /// The short name of the branch.
    pub(super) fn branch(&self) -> Option<&str> {
        match self {
            Self::Reference(name) => name.strip_prefix("refs/heads/"),
            _ => None,
        }
    }

    fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.strip_prefix("ref:").map(str::trim) {
            // What a table of references leaves here for those who do not know it.
            Some("refs/heads/.invalid") => Self::Unreadable,
            Some(name) if is_reference(name) => Self::Reference(name.to_owned()),
            None if is_commit_id(text) => Self::Commit(text.to_owned()),
            _ => Self::Unreadable,
        }
    }
}

impl Repository {
    /// The innermost repository around `folder`, unless the folder came out of a package.
    pub(super) fn around(folder: &Path) -> Option<Self> {
        for root in folder.ancestors() {
            let dot_git = root.join(".git");
            if dot_git.is_file() {
                return Self::open(root, linked_dir(&dot_git)?);
            }
            if let Some(repository) = Self::open(root, dot_git) {
                return Some(repository);
            }
            if PACKAGE_MARKERS.iter().any(|marker| root.join(marker).exists()) {
                return None;
            }
        }
        None
    }

    fn open(root: &Path, git_dir: PathBuf) -> Option<Self> {
        if !git_dir.join("HEAD").is_file() {
            return None;
        }
        let common_dir = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(path) => git_dir.join(path.trim()).canonicalize().ok()?,
            Err(_) => git_dir.clone(),
        };
        Some(Self { root: root.to_path_buf(), git_dir, common_dir })
    }

    /// The root of the work tree.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that `--git-dir` takes.
    pub(super) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// What is checked out.
    pub(super) fn head(&self) -> Head {
        fs::read_to_string(self.git_dir.join("HEAD"))
            .map_or(Head::Unreadable, |text| Head::parse(&text))
    }

    /// The commit that is checked out; `None` before the first one.
    pub(super) fn commit(&self, head: &Head) -> Option<String> {
        let mut name = match head {
            Head::Commit(id) => return Some(id.clone()),
            Head::Reference(name) => name.clone(),
            Head::Unreadable => return None,
        };
        for _ in 0..MAX_LINKS {
            let Ok(text) = fs::read_to_string(self.common_dir.join(&name)) else {
                return self.packed_commit(&name);
            };
            match Head::parse(&text) {
                Head::Commit(id) => return Some(id),
                Head::Reference(next) => name = next,
                Head::Unreadable => return None,
            }
        }
        None
    }

    /// Lines of `packed-refs` are `<id> <name>`; others start with `#` or `^`.
    fn packed_commit(&self, name: &str) -> Option<String> {
        let packed = fs::read_to_string(self.common_dir.join("packed-refs")).ok()?;
        packed.lines().find_map(|line| {
            let (id, packed_name) = line.split_once(' ')?;
            (packed_name == name && is_commit_id(id)).then(|| id.to_owned())
        })
    }

    /// The existing files of which at least one changes with each change of commit or branch.
    ///
    /// The log of HEAD alone would do where git keeps it. Where it does not, the index stands in,
    /// although `git add` touches it too.
    pub(super) fn files_behind(&self, head: &Head) -> Vec<PathBuf> {
        let mut files = vec![
            self.root.join(".git"), // a file in linked work trees and submodules
            self.git_dir.join("HEAD"),
            self.git_dir.join("logs/HEAD"),
            self.common_dir.join("packed-refs"),
            self.common_dir.join("reftable/tables.list"),
        ];
        if self.git_dir != self.common_dir {
            files.push(self.git_dir.join("reftable/tables.list"));
        }
        if let Head::Reference(name) = head {
            files.push(self.common_dir.join(name));
        }
        if !self.log_is_kept(head) {
            files.push(self.git_dir.join("index"));
        }
        files.retain(|file| file.is_file());
        files
    }

    /// Whether the last line of the log of HEAD (`<old id> <new id> …`) is about the commit that
    /// is checked out. A log that was switched off stays behind.
    fn log_is_kept(&self, head: &Head) -> bool {
        let Ok(log) = fs::read(self.git_dir.join("logs/HEAD")) else { return false };
        let log = String::from_utf8_lossy(&log);
        let logged = log.lines().next_back().and_then(|line| line.split(' ').nth(1));
        *head == Head::Unreadable || logged == self.commit(head).as_deref()
    }

    /// Whether the index lists the manifest in `folder`; for machines without a git command.
    ///
    /// An entry of versions 2 and 3 ends in two bytes, of which the low 12 bits are the length of
    /// the path, the path, and a zero. An index of version 4 compresses paths: not understood, so
    /// the answer is no.
    pub(super) fn index_lists(&self, folder: &Path) -> bool {
        let Ok(index) = fs::read(self.git_dir.join("index")) else { return false };
        let Some(mut path) = folder.strip_prefix(&self.root).ok().and_then(slashed) else {
            return false;
        };
        path.push_str("Cargo.toml");
        let length = path.len().min(0xFFF);
        let mut entry = path.into_bytes();
        entry.push(0);
        index.windows(entry.len() + 2).any(|window| match window {
            [high, low, rest @ ..] => {
                rest == entry && usize::from(u16::from_be_bytes([*high, *low]) & 0xFFF) == length
            }
            _ => false,
        })
    }
}

/// Whether the text is the id of a commit (SHA-1 or SHA-256).
pub(super) fn is_commit_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the name stays below the repository's folder.
fn is_reference(name: &str) -> bool {
    name.starts_with("refs/")
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A file called `.git` says `gitdir: <folder>`, relative to where it stands.
fn linked_dir(dot_git: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(dot_git).ok()?;
    Some(dot_git.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}

/// `a/b` becomes `a/b/`, with the slashes of the index on every system.
fn slashed(path: &Path) -> Option<String> {
    path.components().map(|part| Some(format!("{}/", part.as_os_str().to_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "df027cf0123456789abcdef0123456789abcdef0";

    #[test]
    fn a_head_is_a_branch_or_a_commit_or_not_for_us() {
        assert_eq!(Head::parse("ref: refs/heads/a/b\n").branch(), Some("a/b"));
        assert_eq!(Head::parse(&format!("{ID}\n")), Head::Commit(ID.to_owned()));
        for text in ["", "ref: refs/heads/.invalid", "ref: refs/../../etc/passwd", "main"] {
            assert_eq!(Head::parse(text), Head::Unreadable, "{text}");
        }
    }
}

//! Published packages: `.cargo_vcs_info.json`, which `cargo package` writes.

use std::{fs, path::Path};

use serde_json::Value;

use super::GitFacts;

/// The file in the root of a published package: `{"git":{"sha1":"…","dirty":true}}`.
pub(super) const FILE: &str = ".cargo_vcs_info.json";

/// The commit from which the package in `folder` was made.
pub(super) fn read(folder: &Path, dirty_wanted: bool) -> Option<GitFacts> {
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    let document: Value = serde_json::from_str(&text).ok()?;
    let git = document.get("git")?;
    let id = git.get("sha1")?.as_str()?;
    if !super::repository::is_commit_id(id) {
        return None;
    }
    let mut facts = GitFacts::of_commit(id.to_owned());
    if dirty_wanted {
        facts.dirty = Some(git.get("dirty").and_then(Value::as_bool).unwrap_or(false));
    }
    Some(facts)
}

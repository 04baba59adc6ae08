//! Everything that moves a commit, a branch or a repository: the program follows.

use std::fs;

use crate::project::{Project, git_in};

/// The program says what git says.
fn assert_true_after(event: &str, project: &Project) {
    let said = project.build();
    assert_eq!(said["commit"], project.head(), "after {event}");
    let branch = project.git(&["rev-parse", "--abbrev-ref", "HEAD"]);
    let branch = (branch != "HEAD").then_some(branch);
    assert_eq!(said.get("branch"), branch.as_ref(), "after {event}");
}

#[test]
fn every_move_of_head_is_followed() {
    let project = Project::new("moves");
    project.init();
    assert_true_after("the first commit", &project);
    project.commit();
    assert_true_after("a commit", &project);
    project.git(&["commit", "--quiet", "--amend", "--allow-empty", "--message=amended"]);
    assert_true_after("an amend", &project);
    project.git(&["checkout", "--quiet", "-b", "feature/x"]);
    assert_true_after("a new branch", &project);
    project.commit();
    project.git(&["checkout", "--quiet", "main"]);
    assert_true_after("a checkout", &project);
    project.git(&["checkout", "--quiet", "--detach", "feature/x"]);
    assert_true_after("a detached checkout", &project);
    project.commit();
    assert_true_after("a detached commit", &project);
    project.git(&["checkout", "--quiet", "main"]);
    project.git(&["pack-refs", "--all"]);
    assert_true_after("pack-refs", &project);
    project.commit();
    assert_true_after("a commit after pack-refs", &project);
    project.git(&["gc", "--quiet", "--prune=now"]);
    assert_true_after("gc", &project);
    project.commit();
    assert_true_after("a commit after gc", &project);
    project.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    assert_true_after("a reset", &project);
    fs::remove_dir_all(project.folder.join(".git")).unwrap();
    assert!(!project.build().contains_key("commit"), "after the repository was removed");
}

#[test]
fn commit_time_abbreviation_and_tags_are_gits_own() {
    let project = Project::new("objects");
    project.init();
    project.git(&["tag", "v1.2.3"]);
    project.git(&["tag", "--annotate", "latest", "--message=release"]);
    let said = project.build();
    assert_eq!(said["commit-time"], "2026-08-21T09:01:40Z");
    assert_eq!(said["abbrev"], project.git(&["rev-parse", "--short", "HEAD"]));
    assert_eq!(said["tags"], "latest,v1.2.3");
}

#[test]
fn nothing_is_compiled_again_when_nothing_moved() {
    let project = Project::new("still");
    project.init();
    project.build();
    project.write("notes.txt", "added");
    project.git(&["add", "notes.txt"]);
    project.git(&["status"]);
    let (_, compiled) = project.build_again();
    assert!(!compiled, "an addition to the index is no move");
}

#[test]
fn commits_are_followed_without_a_log_of_head() {
    let project = Project::new("no-log");
    project.init();
    project.build();
    // The log stays behind, but is no longer written.
    project.git(&["config", "core.logAllRefUpdates", "false"]);
    fs::remove_dir_all(project.folder.join(".git/logs")).unwrap();
    project.commit();
    assert_true_after("a commit without a log, loose reference", &project);
    project.git(&["pack-refs", "--all"]);
    assert_true_after("pack-refs", &project);
    project.write("notes.txt", "more");
    project.commit();
    assert_true_after("a commit without a log, packed reference", &project);
}

#[test]
fn a_log_that_was_switched_off_is_not_trusted() {
    let project = Project::new("stale-log/app");
    project.init();
    project.git(&["config", "core.logAllRefUpdates", "false"]);
    let logs = project.folder.join(".git/logs");
    let aside = project.folder.join("../aside");
    let commit_without_log = || {
        fs::rename(&logs, &aside).unwrap();
        project.write("notes.txt", "more");
        project.commit();
        fs::rename(&aside, &logs).unwrap();
    };
    commit_without_log();
    project.git(&["pack-refs", "--all"]);
    assert_true_after("the log fell behind", &project);
    project.git(&["rm", "--quiet", "notes.txt"]);
    commit_without_log();
    assert_true_after("a commit", &project);
}

#[test]
fn linked_work_trees_have_a_head_of_their_own() {
    let project = Project::new("trees/main");
    project.init();
    project.git(&["worktree", "add", "--quiet", "-b", "side", "../side"]);
    let side = Project::at(project.folder.with_file_name("side"));
    assert_true_after("the work tree was added", &side);
    side.commit();
    assert_true_after("a commit in the work tree", &side);
    project.commit();
    let (_, compiled) = side.build_again();
    assert!(!compiled, "the other work tree's commits are not ours");
    assert_true_after("a commit in the main work tree", &project);
}

#[test]
fn submodules_are_repositories_of_their_own() {
    let source = Project::new("modules/source");
    source.init();
    let outer = source.folder.with_file_name("outer");
    git_in(&outer, &["init", "--quiet"]);
    git_in(&outer, &["submodule", "--quiet", "add", source.folder.to_str().unwrap(), "inner"]);
    git_in(&outer, &["commit", "--quiet", "--message=add"]);
    let inner = Project::at(outer.join("inner"));
    assert_true_after("the submodule was added", &inner);
    inner.commit();
    assert_true_after("a commit in the submodule", &inner);
}

#[test]
fn the_shallow_and_detached_checkouts_of_build_servers_are_read() {
    let source = Project::new("shallow/source");
    source.init();
    source.commit();
    let url = format!("file://{}", source.folder.display());
    let clone = source.folder.with_file_name("clone");
    git_in(clone.parent().unwrap(), &["clone", "--quiet", "--depth=1", &url, "clone"]);
    let clone = Project::at(clone);
    assert_true_after("a shallow clone", &clone);

    let fetched = source.folder.with_file_name("fetched");
    git_in(&fetched, &["init", "--quiet"]);
    git_in(&fetched, &["fetch", "--quiet", "--depth=1", &url, &source.head()]);
    git_in(&fetched, &["checkout", "--quiet", "--detach", "FETCH_HEAD"]);
    assert_true_after("init, fetch, checkout", &Project::at(fetched));
}

#[test]
fn ids_may_be_sha_256() {
    let project = Project::new("sha256");
    project.git(&["init", "--quiet", "--object-format=sha256"]);
    project.commit();
    assert_eq!(project.head().len(), 64);
    assert_true_after("the first commit", &project);
}

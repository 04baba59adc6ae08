//! Where facts end: no repository, somebody else's, no commit, no git command.

use std::fs;

use crate::project::{Project, git_in};

#[test]
fn the_repository_of_a_parent_counts_only_once_it_tracks_the_manifest() {
    let mut project = Project::new("parent/app");
    let parent = project.folder.parent().unwrap().to_path_buf();
    fs::write(parent.join("dotfile"), "x").unwrap();
    git_in(&parent, &["init", "--quiet", "--initial-branch=main"]);
    git_in(&parent, &["add", "dotfile"]);
    git_in(&parent, &["commit", "--quiet", "--message=dotfiles"]);
    assert!(!project.build().contains_key("commit"));
    // The same without a git command.
    project.replace_git("exit 127");
    project.write_main("again");
    assert!(!project.build().contains_key("commit"));
    project.unset_env("PATH");
    git_in(&parent, &["add", "--all"]);
    git_in(&parent, &["commit", "--quiet", "--message=adopt"]);
    assert_eq!(project.build()["commit"], project.head());
}

#[test]
fn before_the_first_commit_there_is_none_and_after_it_there_is_one() {
    let project = Project::new("unborn");
    project.git(&["init", "--quiet"]);
    project.git(&["add", "--all"]);
    assert!(!project.build().contains_key("commit"));
    project.write("notes.txt", "x");
    project.commit();
    assert_eq!(project.build()["commit"], project.head());
}

#[test]
fn without_a_git_command_the_files_are_read_by_hand() {
    let mut project = Project::new("by-hand").with_options("dirty, git = full");
    project.init();
    project.replace_git("exit 127");
    let said = project.build();
    assert_eq!(said["commit"], project.head());
    assert_eq!(said["branch"], "main");
    assert_eq!(said["abbrev"], project.head()[..7]);
    assert!(!said.contains_key("commit-time"));
    assert!(!said.contains_key("dirty"));
    project.commit();
    project.git(&["pack-refs", "--all"]);
    assert_eq!(project.build()["commit"], project.head());
    project.git(&["checkout", "--quiet", "--detach"]);
    let said = project.build();
    assert_eq!(said["commit"], project.head());
    assert!(!said.contains_key("branch"));
}

#[test]
fn a_table_of_references_is_left_to_the_git_command_and_watched() {
    let mut project = Project::new("reftable");
    project.init();
    let git = project.folder.join(".git");
    let answer = |id: char| {
        let id = id.to_string().repeat(40);
        let script = format!(
            "case \"$*\" in *\" ls-files \"*) exit 0;; esac\n\
             printf '%s\\n%s\\n1787302900\\nHEAD -> main, tag: v1\\n' {id} {}",
            &id[..7]
        );
        (id, script)
    };
    fs::create_dir(git.join("reftable")).unwrap();
    fs::write(git.join("reftable/tables.list"), "0x1.ref\n").unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/.invalid\n").unwrap();
    fs::remove_dir_all(git.join("logs")).unwrap();
    let (id, script) = answer('a');
    project.replace_git(&script);
    let said = project.build();
    assert_eq!((&said["commit"], &*said["branch"], &*said["tags"]), (&id, "main", "v1"));
    let (id, script) = answer('b');
    project.replace_git(&script);
    fs::write(git.join("reftable/tables.list"), "0x1.ref\n0x2.ref\n").unwrap();
    assert_eq!(project.build()["commit"], id);
}

#[test]
fn a_repository_of_another_user_and_a_surrounding_git_do_not_mislead() {
    let mut project = Project::new("foreign/app");
    project.init();
    let other = project.folder.with_file_name("other");
    git_in(&other, &["init", "--quiet"]);
    git_in(&other, &["commit", "--quiet", "--allow-empty", "--message=other"]);
    // git's own switch for what a container sees: files that belong to somebody else.
    project.set_env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    // What a hook that runs cargo hands on.
    project.set_env("GIT_DIR", other.join(".git").to_str().unwrap());
    project.set_env("GIT_INDEX_FILE", other.join(".git/index").to_str().unwrap());
    let said = project.build();
    assert_eq!(said["commit"], project.head());
    assert_eq!(said["commit-time"], "2026-08-21T09:01:40Z");
}

#[test]
fn git_can_be_left_out() {
    let project = Project::new("left-out").with_options("git = off");
    project.init();
    assert!(!project.build().contains_key("commit"));
    project.commit();
    assert!(!project.build_again().1, "what is not read is not watched");
}

#[test]
fn mistakes_in_the_options_are_reported_together() {
    let project = Project::new("mistakes").with_options("git = ful, dirt, group = 7");
    let output = project.try_build();
    let message = String::from_utf8(output.stderr).unwrap();
    for part in [
        "expected one of `simple`, `full`, `off`, for example `git = full`",
        "unknown argument `dirt`; did you mean `dirty`?",
        "expected a text: `group = \"7\"`",
    ] {
        assert!(message.contains(part), "{part} is missing in: {message}");
    }
}

#[test]
fn generated_code_bears_strict_crates_and_shadowed_names() {
    let project = Project::new("strict");
    project.init();
    project.write(
        "src/main.rs",
        "#![no_implicit_prelude]\n#![deny(warnings)]\n#![forbid(unsafe_code)]\n\
         #[allow(dead_code)] pub enum Option { Some, None }\n\
         #[allow(dead_code, non_camel_case_types)] struct str;\n\
         #[allow(dead_code, non_camel_case_types)] struct u8;\n\
         #[allow(dead_code)] mod core {}\n\
         #[allow(unused_macros)] macro_rules! env { ($($t:tt)*) => { nonsense } }\n\
         #[derive(::pretend::ActuatorInfo)]\n#[actuator(crate = ::pretend)]\nstruct Info;\n\
         fn main() { ::pretend::show::<Info>() }\n",
    );
    project.commit();
    assert_eq!(project.build()["commit"], project.head());
}

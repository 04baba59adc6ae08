//! `#[derive(ActuatorInfo)]` tells the truth after whatever git and cargo do: proven with both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod limits;
mod moves;
mod project;

use project::{Project, git_in};

#[derive(actuator::ActuatorInfo)]
struct Own;

#[test]
fn the_real_runtime_takes_what_the_derive_makes() {
    let facts = <Own as actuator::ActuatorInfo>::FACTS;
    assert_eq!(facts.build.name, env!("CARGO_PKG_NAME"));
    assert_eq!(facts.build.artifact, "facts");
}

#[test]
fn build_and_compiler_are_described() {
    let mut project = Project::new("described").with_options("group = \"com.example\"");
    let said = project.build();
    assert_eq!(said["name"], "described");
    assert_eq!(said["artifact"], "described");
    assert_eq!(said["version"], "1.2.3");
    assert_eq!(said["group"], "com.example");
    assert_eq!(said["authors"], "Ada <ada@example.org>:Bob");
    assert_eq!(said["profile"], "debug");
    assert_eq!(said["features"], "default,tea");
    let rustc = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    assert!(rustc.contains(&format!("release: {}\n", said["rustc"])));
    assert!(rustc.contains(&format!("host: {}\n", said["target"])));
    assert!(!said.contains_key("commit"), "no repository, yet {said:?}");
    project.set_cargo_args(&["--no-default-features", "--features=milk"]);
    assert_eq!(project.build()["features"], "milk");
}

#[test]
fn source_date_epoch_is_the_time_of_the_build_and_its_change_builds_again() {
    let mut project = Project::new("epoch");
    project.set_env("SOURCE_DATE_EPOCH", "1787302900");
    assert_eq!(project.build()["time"], "2026-08-21T09:01:40Z");
    project.set_env("SOURCE_DATE_EPOCH", "1787302901");
    assert_eq!(project.build()["time"], "2026-08-21T09:01:41Z");
    project.unset_env("SOURCE_DATE_EPOCH");
    assert!(!project.build()["time"].starts_with("2026-08-21T09:01:4"));
    project.set_env("SOURCE_DATE_EPOCH", "yesterday");
    let refused = project.try_build();
    assert!(!refused.status.success());
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("SOURCE_DATE_EPOCH is \"yesterday\", expected seconds"), "{message}");
}

#[test]
fn the_remote_is_shown_when_asked_for_and_credentials_never_reach_the_binary() {
    let project = Project::new("remote").with_options("git = full");
    project.init();
    let url = "https://bob:hunter2secret@git.example/shop.git?token=hunter2secret";
    project.git(&["remote", "add", "origin", url]);
    // Old versions of git wrote the address of a clone into the log as it was given.
    let log = project.folder.join(".git/logs/HEAD");
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, format!("{} clone: from {url}\n", text.trim_end())).unwrap();
    let said = project.build();
    assert_eq!(said["remote"], "https://git.example/shop.git");
    assert_eq!(said["commit"], project.head());
    let binary = std::fs::read(project.binary()).unwrap();
    let holds = |text: &str| binary.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("git.example/shop.git"), "the search itself works");
    assert!(!holds("hunter2secret"));

    let simple = Project::new("remote-not-asked-for");
    simple.init();
    simple.git(&["remote", "add", "origin", url]);
    assert!(!simple.build().contains_key("remote"));
}

#[test]
fn dirty_is_told_only_when_asked_for() {
    let silent = Project::new("silent");
    silent.init();
    assert!(!silent.build().contains_key("dirty"));

    let project = Project::new("dirty").with_options("dirty");
    project.init();
    assert_eq!(project.build()["dirty"], "false");
    project.write_main("changed");
    assert_eq!(project.build()["dirty"], "true");
}

#[test]
fn a_published_package_names_the_commit_from_which_it_was_made() {
    let project = Project::new("published/sources");
    project.write_manifest(false);
    project.write("src/main.rs", "fn main() {}\n");
    project.init();
    project.git(&["tag", "v1"]);
    let package = std::process::Command::new(env!("CARGO"))
        .args(["package", "--no-verify", "--offline", "--quiet", "--allow-dirty"])
        .env("CARGO_TARGET_DIR", "packaged")
        .current_dir(&project.folder)
        .status()
        .unwrap();
    assert!(package.success());
    // Unpacked inside another repository, which must not be taken for the package's own.
    let other = project.folder.join("../other");
    git_in(&other, &["init", "--quiet"]);
    let archive = project.folder.join("packaged/package/published-sources-1.2.3.crate");
    let tar = std::process::Command::new("tar")
        .args(["-xzf", archive.to_str().unwrap()])
        .current_dir(&other)
        .status()
        .unwrap();
    assert!(tar.success());
    let unpacked = Project::at(other.canonicalize().unwrap().join("published-sources-1.2.3"));
    git_in(&other, &["add", "--all"]);
    git_in(&other, &["commit", "--quiet", "--message=vendored"]);
    let said = unpacked.build();
    assert_eq!(said["commit"], project.head());
    assert_eq!(said["abbrev"], project.head()[..7]);
    assert!(!said.contains_key("branch"));

    // A package without that file, as from a registry of old: nothing rather than the neighbour's.
    std::fs::remove_file(unpacked.folder.join(".cargo_vcs_info.json")).unwrap();
    unpacked.write(".cargo-ok", "{\"v\":1}");
    unpacked.write_main("again");
    assert!(!unpacked.build().contains_key("commit"));
}

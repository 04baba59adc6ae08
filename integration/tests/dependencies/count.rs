//! How many crates an application gets with the library: told in the output of `make deny`, so that
//! nobody adds one unnoticed.

use std::{collections::BTreeSet, process::Command};

/// The crates of others that are compiled into an application with these features of the library.
fn dependencies(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-p", "actuator", "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(actuator_integration::workspace())
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let crates = text.lines().map(|line| line.trim_end_matches(" (*)"));
    // Those of this repository name their folder.
    crates.filter(|name| !name.is_empty() && !name.contains(" (/")).map(str::to_owned).collect()
}

#[test]
fn the_number_of_dependencies_is_told() {
    let (usual, all) = (dependencies(&[]), dependencies(&["--all-features"]));
    println!(
        "dependencies of actuator: {} with the default features, {} with all features, {} without any",
        usual.len(),
        all.len(),
        dependencies(&["--no-default-features"]).len()
    );
    assert!(usual.iter().any(|name| name.starts_with("axum v")), "{usual:?}");
    assert!(usual.is_subset(&all) && usual.len() < all.len(), "features only add crates");
}

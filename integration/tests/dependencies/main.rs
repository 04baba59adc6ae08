//! What `deny.toml` allows holds for every dependency, and none has a known hole, whether or not
//! `cargo-deny` is installed.

mod advisories;
mod count;
mod licences;

use std::fs;
use std::process::Command;

use serde_json::Value;

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(actuator_integration::workspace())
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

fn deny() -> toml::Table {
    let file = actuator_integration::workspace().join("deny.toml");
    fs::read_to_string(file).unwrap().parse().unwrap()
}

//! An executable with the section that `cargo auditable` writes, made of this application's own by
//! `objcopy`.

use std::{fs, io::Write as _, path::PathBuf, process::Command};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::{Value, json};

use crate::{application, application_at, complaints, document, text};

/// The application with a list of packages in its executable; both go with it.
struct Executable(PathBuf);

impl Executable {
    fn with(packages: &Value) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("auditable");
        fs::create_dir_all(&folder).unwrap();
        let section = folder.join("section");
        let mut compressed = ZlibEncoder::new(Vec::new(), Compression::default());
        compressed.write_all(packages.to_string().as_bytes()).unwrap();
        fs::write(&section, compressed.finish().unwrap()).unwrap();
        let output = Command::new("objcopy")
            .arg(format!("--add-section=.dep-v0={}", section.display()))
            .arg(env!("CARGO_BIN_EXE_conformance"))
            .arg(folder.join("application"))
            .output()
            .unwrap_or_else(|error| panic!("objcopy, which scripts/setup installs: {error}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(folder)
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        // It is below the target folder; nothing depends on its being gone.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_list_of_cargo_auditable_in_the_executable_is_told_and_is_not_approximate() {
    let approximate = document(&application());
    let components = approximate["components"].as_array().unwrap();
    let tokio = components.iter().find(|component| component["name"] == "tokio").unwrap();
    let version = text(tokio, "version");
    let executable = Executable::with(&json!({"packages": [
        {"name": "tokio", "version": version, "source": "crates.io"},
        {"name": "only-linked", "version": "7.1.2", "source": "registry", "dependencies": [0]},
        {"name": "only-compiled", "version": "1.0.0", "source": "crates.io", "kind": "build"},
        {"name": "conformance", "version": "0.1.0", "source": "local", "dependencies": [0, 1, 2],
         "root": true},
    ]}));
    let path = executable.0.join("application");
    let document = document(&application_at(path.to_str().unwrap()));

    assert_eq!(complaints(&document), None);
    let components = document["components"].as_array().unwrap();
    let told: Vec<[&str; 3]> = components
        .iter()
        .map(|component| ["name", "version", "scope"].map(|key| text(component, key)))
        .collect();
    let expected = [
        ["only-compiled", "1.0.0", "excluded"],
        ["only-linked", "7.1.2", "required"],
        ["tokio", version, "required"],
    ];
    assert_eq!(told, expected, "no more and no less than the executable lists");
    let properties = document["metadata"]["properties"].as_array().unwrap().iter();
    let names: Vec<&str> = properties.map(|property| text(property, "name")).collect();
    assert!(!names.contains(&"actuator:sbom:approximate"), "{names:?}");
    assert_eq!(document["compositions"][0]["aggregate"], "complete");
    // The lock file knows the licence of what it has too.
    assert_eq!(components[2]["licenses"], tokio["licenses"]);

    let [root, others @ ..] = document["dependencies"].as_array().unwrap().as_slice() else {
        panic!("{document}")
    };
    assert_eq!(root["dependsOn"].as_array().unwrap().len(), 3);
    let linked = others.iter().find(|one| text(one, "ref") == text(&components[1], "bom-ref"));
    assert_eq!(linked.unwrap()["dependsOn"], json!([components[2]["bom-ref"]]));
}

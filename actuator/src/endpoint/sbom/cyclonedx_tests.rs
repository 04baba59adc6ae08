//! What stands in the document; that it is valid is proved against the schema of CycloneDX by the
//! tests of the conformance application.

use serde_json::Value;

use super::*;

const LOCK: &str = r#"{"packages":[
    {"name":"shop","version":"0.1.0","source":"local","root":true,"dependencies":[2,1]},
    {"name":"wasi","version":"0.11.0+wasi-1","source":"crates.io","license":"MIT/Apache-2.0",
     "checksum":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF",
     "description":"d","authors":["Ann","Bob"]},
    {"name":"ours","version":"1.0.0","source":"git+https://git.example/ours?branch=main#abc1",
     "license":"MIT","kind":"build","dependencies":[1]},
    {"name":"ours","version":"1.0.0","source":"sparse+https://crates.example/index/"},
    {"name":"ours","version":"1.0.0","source":"local"},
    {"name":"ours","version":"1.0.0","source":"crates.io","checksum":"not one"}]}"#;

fn facts() -> BuildFacts {
    BuildFacts {
        name: "Shop".to_owned(),
        version: Some("0.1.0".to_owned()),
        group: Some("com.example"),
        time: Some("2026-08-21T09:01:40Z"),
        ..BuildFacts::default()
    }
}

fn written(json: &str, origin: Origin) -> Value {
    let packages = Packages::parse(json.as_bytes()).unwrap();
    let document = document(&facts(), &packages, origin).unwrap();
    assert_eq!(document, super::document(&facts(), &packages, origin).unwrap());
    serde_json::from_slice(&document).unwrap()
}

#[test]
fn a_component_says_all_that_is_known_of_its_package() {
    let document = written(LOCK, Origin::Lock);
    assert_eq!(
        document["metadata"]["component"],
        serde_json::json!({
            "type": "application", "bom-ref": "pkg:cargo/shop@0.1.0", "group": "com.example",
            "name": "Shop", "version": "0.1.0", "purl": "pkg:cargo/shop@0.1.0"
        })
    );
    let components = document["components"].as_array().unwrap();
    let wasi = components.iter().find(|component| component["name"] == "wasi").unwrap();
    assert_eq!(
        *wasi,
        serde_json::json!({
            "type": "library", "bom-ref": "pkg:cargo/wasi@0.11.0%2Bwasi-1",
            "publisher": "Ann, Bob", "name": "wasi", "version": "0.11.0+wasi-1",
            "description": "d", "scope": "required",
            "hashes": [{"alg": "SHA-256", "content":
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"}],
            "licenses": [{"license": {"name": "MIT OR Apache-2.0"}}],
            "purl": "pkg:cargo/wasi@0.11.0%2Bwasi-1"
        })
    );
}

#[test]
fn where_a_package_is_from_stands_in_its_url_and_no_two_share_a_name() {
    let document = written(LOCK, Origin::Lock);
    let components = document["components"].as_array().unwrap();
    let mut refs: Vec<&str> =
        components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
    refs.sort_unstable();
    assert_eq!(
        refs,
        [
            "pkg:cargo/ours@1.0.0",
            "pkg:cargo/ours@1.0.0#2",
            "pkg:cargo/ours@1.0.0?repository_url=https://crates.example/index/",
            "pkg:cargo/ours@1.0.0?vcs_url=git%2Bhttps://git.example/ours%40abc1",
            "pkg:cargo/wasi@0.11.0%2Bwasi-1",
        ]
    );
}

#[test]
fn the_tree_begins_with_the_root_and_every_entry_says_what_it_needs() {
    let document = written(LOCK, Origin::Lock);
    let dependencies = document["dependencies"].as_array().unwrap();
    assert_eq!(dependencies.len(), 6);
    assert_eq!(dependencies[0]["ref"], "pkg:cargo/shop@0.1.0");
    assert_eq!(
        dependencies[0]["dependsOn"],
        serde_json::json!([
            "pkg:cargo/ours@1.0.0?vcs_url=git%2Bhttps://git.example/ours%40abc1",
            "pkg:cargo/wasi@0.11.0%2Bwasi-1"
        ])
    );
    assert!(dependencies.iter().all(|dependency| dependency["dependsOn"].is_array()));
}

#[test]
fn an_approximate_list_says_so_and_an_exact_one_does_not() {
    let lock = written(LOCK, Origin::Lock);
    let exact = written(LOCK, Origin::Executable);
    let approximate = serde_json::json!({"name": "actuator:sbom:approximate", "value": "true"});
    let properties = |document: &Value| document["metadata"]["properties"].clone();
    assert!(properties(&lock).as_array().unwrap().contains(&approximate));
    assert!(!properties(&exact).as_array().unwrap().contains(&approximate));
    assert_eq!(exact["compositions"][0]["aggregate"], "complete");
    assert_ne!(lock["serialNumber"], exact["serialNumber"]);
    let serial = lock["serialNumber"].as_str().unwrap();
    assert!(serial.starts_with("urn:uuid:") && serial.as_bytes()[23] == b'8', "{serial}");
}

#[test]
fn a_list_without_packages_is_no_document() {
    assert!(document(&facts(), &Packages::default(), Origin::Lock).is_err());
}

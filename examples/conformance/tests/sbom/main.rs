//! The bill of materials of this very application: valid by CycloneDX's own schema, a tree that
//! ends, and what somebody who reads it needs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test may fail

#[cfg(target_os = "linux")]
mod auditable;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use boon::{Compiler, Schemas};
use serde_json::Value;
use testkit::{Process, Program, Request};

fn application() -> Process {
    application_at(env!("CARGO_BIN_EXE_conformance"))
}

fn application_at(executable: &str) -> Process {
    Program::at(executable).folder(Path::new(env!("CARGO_MANIFEST_DIR"))).serve()
}

fn document(application: &Process) -> Value {
    let answer = application.get("/actuator/sbom/application").assert_status(200);
    assert_eq!(answer.media_type(), "application/vnd.cyclonedx+json");
    answer.json()
}

/// What the schema says about a document; nothing if it is valid.
fn complaints(document: &Value) -> Option<String> {
    const NAMESPACE: &str = "http://cyclonedx.org/schema/";
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    for (name, text) in [
        ("bom-1.6.schema.json", include_str!("schema/bom-1.6.schema.json")),
        ("spdx.schema.json", include_str!("schema/spdx.schema.json")),
        ("jsf-0.82.schema.json", include_str!("schema/jsf-0.82.schema.json")),
    ] {
        let schema = serde_json::from_str(text).unwrap();
        compiler.add_resource(&format!("{NAMESPACE}{name}"), schema).unwrap();
    }
    compiler.enable_format_assertions();
    let schema =
        compiler.compile(&format!("{NAMESPACE}bom-1.6.schema.json"), &mut schemas).unwrap();
    schemas.validate(document, schema).err().map(|error| format!("{error:#}"))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is missing in {value}"))
}

/// The longest way from a package. In a circle the view does not come to an end.
fn depth<'d>(
    name: &'d str,
    edges: &BTreeMap<&'d str, Vec<&'d str>>,
    way: &mut Vec<&'d str>,
    depths: &mut BTreeMap<&'d str, usize>,
) -> usize {
    assert!(!way.contains(&name), "a circle: {way:?} {name}");
    if let Some(known) = depths.get(name) {
        return *known;
    }
    way.push(name);
    let below = edges[name].iter().map(|need| depth(need, edges, way, depths)).max();
    way.pop();
    let depth = below.map_or(0, |below| below + 1);
    depths.insert(name, depth);
    depth
}

#[test]
fn it_is_valid_by_the_schema_of_cyclonedx() {
    let mut document = document(&application());
    assert_eq!(complaints(&document), None);
    // The schema is one that finds something.
    document["components"][0]["type"] = "crate".into();
    assert!(complaints(&document).unwrap().contains("/components/0/type"));
}

#[test]
fn it_lists_what_the_application_is_made_of_and_no_tools_of_its_tests() {
    let document = document(&application());
    let own = &document["metadata"]["component"];
    assert_eq!((text(own, "name"), text(own, "version")), ("demo", env!("CARGO_PKG_VERSION")));
    let components: BTreeMap<&str, &Value> = document["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| (text(component, "name"), component))
        .collect();
    for wanted in ["actuator", "axum", "tokio", "humantime", "tracing"] {
        assert!(components.contains_key(wanted), "{wanted}");
    }
    // For tests, for other targets, not for this member of the workspace.
    for other in ["testkit", "boon", "trybuild", "windows-sys", "quickstart"] {
        assert!(!components.contains_key(other), "{other}");
    }
    let tokio = components["tokio"];
    assert_eq!(tokio["licenses"][0]["license"]["id"], "MIT");
    assert_eq!(text(tokio, "scope"), "required");
    assert_eq!(text(&tokio["hashes"][0], "alg"), "SHA-256");
    assert!(!text(tokio, "description").is_empty() && !text(tokio, "publisher").is_empty());
    assert_eq!(text(components["actuator-macros"], "scope"), "excluded");
    let approximate = &document["metadata"]["properties"][1];
    assert_eq!(text(approximate, "name"), "actuator:sbom:approximate");
}

#[test]
fn the_tree_of_the_admin_server_can_be_drawn() {
    let document = document(&application());
    let dependencies = document["dependencies"].as_array().unwrap();
    let edges: BTreeMap<&str, Vec<&str>> = dependencies
        .iter()
        .map(|entry| {
            let needs = entry["dependsOn"].as_array().unwrap();
            (text(entry, "ref"), needs.iter().map(|need| need.as_str().unwrap()).collect())
        })
        .collect();
    assert_eq!(edges.len(), dependencies.len(), "no name stands there twice");
    let root = text(&dependencies[0], "ref");
    assert_eq!(root, text(&document["metadata"]["component"], "bom-ref"));
    let known: BTreeSet<&str> = edges.keys().copied().collect();
    assert!(edges.values().flatten().all(|need| known.contains(need)));
    let mut depths = BTreeMap::new();
    assert!(depth(root, &edges, &mut Vec::new(), &mut depths) > 2);
    assert_eq!(depths.len(), edges.len(), "everything is reached from the root");
}

#[test]
fn it_is_the_same_document_each_time_and_can_be_read_in_parts() {
    let application = application();
    let whole = application.get("/actuator/sbom/application").assert_status(200);
    let again = application.get("/actuator/sbom/application");
    assert_eq!(whole.body(), again.body());
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let part = Request::get("/actuator/sbom/application").header("range", "bytes=-10");
    let part = application.send(part).assert_status(206);
    assert_eq!(part.body(), &whole.body()[whole.body().len() - 10..]);
}

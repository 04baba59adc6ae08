//! The bill of materials in the UI: as a list, and as a tree.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::view::View;

#[test]
fn dependencies_are_listed_with_version_licence_and_publisher() {
    let view = View::of_instance("dependencies");
    let told = view.scene.actuator("sbom/application");
    let components = told["components"].as_array().unwrap();
    let count = components.len();
    assert!(count > 100, "{count} packages are no service");
    view.shows(&[&format!("application ({count}/{count})")]);
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let told: BTreeSet<Vec<String>> = components
        .iter()
        .map(|component| {
            let licenses = component["licenses"].as_array();
            let licenses = licenses.iter().flat_map(|all| all.iter()).map(|entry| {
                let license = &entry["license"];
                text(if license["id"].is_null() { &license["name"] } else { &license["id"] })
            });
            let licenses: Vec<String> = licenses.collect();
            let [group, name, version] =
                ["group", "name", "version"].map(|key| text(&component[key]));
            vec![group, name, version, licenses.join("\n"), text(&component["publisher"])]
        })
        .collect();
    let shown = view.cells().into_iter().map(|mut cells| {
        cells.truncate(5);
        cells
    });
    assert_eq!(shown.collect::<BTreeSet<_>>(), told);
    assert!(told.iter().any(|row| row[1] == "axum" && row[3] == "MIT"));
    view.close();
}

#[test]
fn dependencies_are_a_tree_that_unfolds() {
    let view = View::of_instance("sbom");
    let told = view.scene.actuator("sbom/application");
    let (nodes, root) = (nodes(&view), told["dependencies"][0].clone());
    // The names are what stands behind the first slash.
    let short = |reference: &Value| -> String {
        reference.as_str().unwrap().split_once('/').unwrap().1.to_owned()
    };
    let direct: BTreeSet<String> =
        root["dependsOn"].as_array().unwrap().iter().map(short).collect();
    let mut first = direct.clone();
    first.insert(short(&root["ref"]));
    assert_eq!(nodes, first, "the root and what it needs itself");

    let library = direct.iter().find(|name| name.starts_with("actuator@")).unwrap();
    view.browser.run(
        "const node = [...document.querySelectorAll('main svg g[transform]')]
            .find(node => node.querySelector('text')?.textContent === arguments[0]);
         node.dispatchEvent(new MouseEvent('click', {bubbles: true}))",
        &[json!(library)],
    );
    let mut entries = told["dependencies"].as_array().unwrap().iter();
    let entry = entries.find(|entry| short(&entry["ref"]) == *library).unwrap();
    let within: BTreeSet<String> =
        entry["dependsOn"].as_array().unwrap().iter().map(short).collect();
    for name in &within {
        view.shows(&[name]);
    }
    // Into the picture, once the nodes are where they belong.
    view.browser.wait_until(
        "the tree has come to rest",
        "const [name] = arguments;
         const node = [...document.querySelectorAll('main svg text')].find(text => text.textContent === name);
         node.scrollIntoView({block: 'center'});
         const place = JSON.stringify([document.querySelector('main svg').getBoundingClientRect(), node.getBoundingClientRect()]);
         const rests = window.place === place; window.place = place; return rests",
        &[json!(library)],
    );
    view.close();
}

/// The names of the nodes of the tree, once there is one.
#[track_caller]
fn nodes(view: &View) -> BTreeSet<String> {
    let script =
        "const nodes = [...document.querySelectorAll('main svg g[transform] text:first-of-type')];
        return nodes.length && nodes.map(node => node.textContent)";
    serde_json::from_value(view.browser.wait_until("there is a tree", script, &[])).unwrap()
}

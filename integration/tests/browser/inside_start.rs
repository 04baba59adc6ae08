//! What a service says of its start, and where its requests go.

use std::time::Duration;

use serde_json::{Value, json};

use crate::view::{Scene, View};

/// The steps of the start as the instance tells them: names, ids and seconds.
fn steps(scene: &Scene) -> Vec<(String, u64, f64)> {
    let told = scene.actuator("startup");
    let events = told["timeline"]["events"].as_array().unwrap().iter();
    let seconds = |event: &Value| -> Option<f64> {
        event["duration"].as_str()?.strip_prefix("PT")?.strip_suffix('S')?.parse().ok()
    };
    events
        .map(|event| {
            let step = &event["startupStep"];
            let name = step["name"].as_str().unwrap().to_owned();
            (name, step["id"].as_u64().unwrap(), seconds(event).unwrap())
        })
        .collect()
}

/// The rows of the tree that are seen: the depth, the name with the number, milliseconds, and tags.
fn rows(view: &View) -> Vec<(String, String, f64, String)> {
    let script = "return [...document.querySelectorAll('main li.tree-item')]
        .filter(item => item.checkVisibility())
        .map(item => {
            const cell = name => item.querySelector(`:scope > .row > .column--${name}`).innerText.trim().replace(/\\s+/g, ' ');
            return [item.getAttribute('tree-item-depth'), cell('name'), Number(cell('duration')), cell('details')];
        })";
    serde_json::from_value(view.browser.run(script, &[])).unwrap()
}

#[test]
fn the_start_is_a_tree_of_its_steps_with_their_times() {
    let view = View::of(Scene::inside(), "startup", "startup");
    view.shows(&["actuator.set-up", "actuator.listeners"]);
    assert!(!view.browser.text().contains("load prices"), "what is within a step is folded away");
    // The button that unfolds all has no words.
    view.browser.run(
        "document.querySelector('input[name=filter]').closest('.justify-between').querySelector('button').click()",
        &[],
    );
    view.shows(&["load prices", "parse", "source: list"]);
    let (told, shown) = (steps(&view.scene), rows(&view));
    for (name, id, seconds) in &told {
        let title = format!("{name} (#{id})");
        let row = shown.iter().find(|(_, shown, ..)| *shown == title);
        let (_, _, shown, _) = row.unwrap_or_else(|| panic!("no {title} in {shown:?}"));
        assert!(
            Duration::from_secs_f64((shown / 1e3 - seconds).abs()) < Duration::from_micros(1),
            "{title}: {shown} ms are shown, {seconds} s are told"
        );
    }
    assert_eq!(shown.len(), told.len(), "{shown:?}");
    let depth_of = |name: &str| {
        let row = shown.iter().find(|(_, shown, ..)| shown.starts_with(name)).unwrap();
        row.0.parse::<u32>().unwrap()
    };
    let depths = ["actuator.set-up", "load prices", "parse"].map(depth_of);
    assert_eq!([depths[0] + 1, depths[0] + 2], [depths[1], depths[2]], "{shown:?}");
    view.close();
}

/// All mappings that the instance tells of: patterns, methods and handlers.
fn mappings(scene: &Scene, context: &str) -> Vec<(Value, Value, String)> {
    let told = scene.actuator("mappings");
    let handlers = &told["contexts"][context]["mappings"]["dispatcherHandlers"];
    let all = handlers.as_object().unwrap().values().flat_map(|all| all.as_array().unwrap());
    all.map(|mapping| {
        let conditions = &mapping["details"]["requestMappingConditions"];
        let handler = mapping["handler"].as_str().unwrap().to_owned();
        (conditions["patterns"].clone(), conditions["methods"].clone(), handler)
    })
    .collect()
}

/// What the view shows of them.
#[track_caller]
fn shown_mappings(view: &View) -> Vec<(Value, Value, String)> {
    let script = "const patterns = [...document.querySelectorAll('main td[rowspan]')];
        return patterns.length && patterns.map(cell => {
            const lines = {};
            for (let row = cell.parentElement.nextElementSibling; row && !row.querySelector('td[rowspan], th[colspan]');
                 row = row.nextElementSibling)
                lines[row.querySelector('th').innerText.trim()] = row.querySelector('td').innerText.trim();
            return [[...cell.querySelectorAll('code')].map(code => code.innerText),
                    lines['Method']?.split(', ') ?? [], lines['Handler'] ?? ''];
        })";
    let shown = view.browser.wait_until("the mappings are shown", script, &[]);
    serde_json::from_value(shown).unwrap()
}

#[test]
fn mappings_show_the_routes_with_handler_file_and_line_and_those_of_management() {
    let view = View::of(Scene::inside(), "mappings", "mappings");
    let shown = shown_mappings(&view);
    assert_eq!(shown, mappings(&view.scene, "inside"));
    let price = shown.iter().find(|(patterns, ..)| *patterns == json!(["/price/{item}"])).unwrap();
    assert!(price.2.starts_with("inside::length (integration/src/bin/inside.rs:"), "{price:?}");
    assert!(shown.iter().any(|(patterns, ..)| *patterns == json!(["/actuator/mappings"])));
    view.close();
}

#[test]
fn mappings_of_a_router_of_axum_show_patterns_and_methods() {
    let view = View::of(Scene::shared(), "mappings", "mappings-quickstart");
    let shown = shown_mappings(&view);
    assert_eq!(shown, mappings(&view.scene, "quickstart"));
    let rates = (&json!(["/rates/{currency}"]), &json!(["PUT"]));
    assert!(shown.iter().any(|(patterns, methods, _)| (patterns, methods) == rates), "{shown:?}");
    view.close();
}

//! What was collected and what it is set to: beans and configuration properties, all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::view::{SECRET, Scene, View};

/// Members of the only context that the instance tells of.
fn context(told: &Value) -> &serde_json::Map<String, Value> {
    let contexts = told["contexts"].as_object().unwrap();
    assert_eq!(contexts.len(), 1, "{told}");
    contexts.values().next().unwrap()["beans"].as_object().unwrap()
}

/// What the view makes of the properties of a group: the whole name of each, and its value as text.
fn flattened(name: String, value: &Value, into: &mut BTreeMap<String, String>) {
    let text = match value {
        Value::Object(members) if !members.is_empty() => {
            for (member, value) in members {
                flattened(format!("{name}.{member}"), value, into);
            }
            return;
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                flattened(format!("{name}[{index}]"), item, into);
            }
            return;
        }
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    into.insert(name, text);
}

type Groups = BTreeMap<String, BTreeMap<String, String>>;

/// The groups of settings that the instance tells of, and those that the view shows, with all their properties.
fn groups(scene: Arc<Scene>, picture: &str) -> (View, Groups, Groups) {
    let view = View::of(scene, "configprops", picture);
    let told = view.scene.actuator("configprops");
    let told = context(&told).iter().map(|(name, group)| {
        let mut properties = BTreeMap::new();
        flattened(
            group["prefix"].as_str().unwrap().to_owned(),
            &group["properties"],
            &mut properties,
        );
        (name.clone(), properties)
    });
    let script = "const titles = [...document.querySelectorAll('main h3 button')];
        return titles.length && Object.fromEntries(titles.map(title => [
            title.querySelector('span').textContent,
            Object.fromEntries([...title.closest('header').parentElement.querySelectorAll('tr')]
                .map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent)))]))";
    let shown = view.browser.wait_until("the groups are shown", script, &[]);
    let told = told.collect();
    (view, told, serde_json::from_value(shown).unwrap())
}

#[test]
fn configuration_properties_show_every_value_in_force() {
    let (view, told, shown) = groups(Scene::shared(), "configprops");
    assert_eq!(shown, told);
    assert_eq!(shown["server-actuator"]["server.address"], "127.0.0.1");
    view.close();
}

#[test]
fn configuration_properties_show_settings_of_ones_own_and_no_secret() {
    let (view, told, shown) = groups(Scene::inside(), "configprops-own");
    assert_eq!(shown, told);
    let till = [
        ("shop.till.currency", "CHF"),
        ("shop.till.key", "******"),
        ("shop.till.limits.per-day", "20000"),
        ("shop.till.patience", "PT1.5S"),
        ("shop.till.regions[0]", "north"),
        ("shop.till.regions[1]", "south"),
    ];
    let till: BTreeMap<_, _> = till.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(shown["shop.till-inside::Till"], till);
    assert!(!view.browser.text().contains(SECRET));
    view.close();
}

/// A bean as the view shows it, unfolded.
fn as_shown(name: &str, bean: &Value) -> Value {
    let list = |key: &str| bean[key].as_array().cloned().unwrap_or_default();
    json!({
        "name": name,
        "type": bean["type"],
        "scope": bean["scope"],
        "Aliases": list("aliases"),
        "Resource": bean["resource"].as_str().map_or_else(Vec::new, |resource| vec![resource]),
        "Dependencies": list("dependencies"),
    })
}

#[test]
fn beans_show_all_that_was_collected_with_place_and_dependencies() {
    let view = View::of_instance("beans");
    view.browser.wait_until(
        "the beans can be unfolded",
        "const beans = [...document.querySelectorAll('main .flex.items-center:has(> .flex-1 > small)')];
         beans.forEach(bean => bean.click()); return beans.length",
        &[],
    );
    let shown = view.browser.wait_until(
        "the beans are unfolded",
        "const beans = [...document.querySelectorAll('main .flex.items-center:has(> .flex-1 > small)')];
         const tables = beans.map(bean => bean.nextElementSibling?.querySelector('table'));
         return tables.every(table => table) && beans.map((bean, index) => {
             const shown = {
                 name: bean.querySelector('.flex-1 > div').title,
                 type: bean.querySelector('small').title,
                 scope: bean.lastElementChild.textContent,
                 Aliases: [], Resource: [], Dependencies: [],
             };
             let label;
             for (const row of tables[index].rows) {
                 label = row.querySelector('th')?.textContent ?? label;
                 const items = [...row.querySelectorAll('li')];
                 const texts = label === 'Dependencies' ? items : [row.querySelector('td')];
                 if (label in shown) shown[label].push(...texts.map(text => text.textContent));
             }
             return shown;
         })",
        &[],
    );
    let told = view.scene.actuator("beans");
    let beans = context(&told);
    let expected: Value = beans.iter().map(|(name, bean)| as_shown(name, bean)).collect();
    assert_eq!(shown, expected);
    for (name, function) in [("tempDir", "temp_dir"), ("greetings", "greetings"), ("shop", "shop")]
    {
        assert_eq!(beans[name]["type"], format!("quickstart::{function}"));
        let resource = beans[name]["resource"].as_str().unwrap();
        assert!(resource.starts_with("examples/quickstart/src/main.rs:"), "{resource}");
    }
    assert_eq!(beans["greetings"]["dependencies"], json!(["quickstart::Greetings"]));
    view.close();
}

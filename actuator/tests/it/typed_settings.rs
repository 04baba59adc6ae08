//! Structs of settings that are linked into the program, and what `configprops` shows of them and
//! of the library's own.

use actuator::{Health, Redacted, Settings, health_check, settings::Current};
use serde_json::{Value, json};
use testkit::Request;

use crate::{
    app::{TestApp, app, app_with_declarations},
    life::folder,
};

/// How parcels leave.
#[derive(Settings)]
#[settings(prefix = "it.delivery")]
struct Delivery {
    /// How many at a time.
    #[settings(default = 3, max = 10)]
    at_once: u8,
    #[settings(default = "1500ms")]
    pause: std::time::Duration,
    #[settings(default = false)]
    by_night: bool,
    key: Option<Redacted<u32>>,
    #[settings(default = "http://ada:hunter2@carrier.example/x")]
    carrier: String,
    depots: Vec<Depot>,
    labels: std::collections::BTreeMap<String, u16>,
    cities: Vec<String>,
    #[settings(parse)]
    signature: Option<char>,
}

#[derive(Settings)]
#[expect(dead_code, reason = "it is there to be shown")]
struct Depot {
    city: String,
}

#[health_check(name = "delivery")]
async fn delivery(delivery: &Delivery, current: &Current<Delivery>) -> Health {
    let now = current.get();
    Health::up()
        .with_detail("atOnce", delivery.at_once)
        .with_detail("now", now.at_once)
        .with_detail("depots", now.depots.len())
}

/// The declared struct, without the other declarations of this program.
fn shop() -> TestApp {
    let mut app = app()
        .setting("it.delivery.at-once", "7")
        .setting("it.delivery.key", "4711")
        .setting("it.delivery.depots[0].city", "Ulm")
        .setting("it.delivery.labels.a.b", "5")
        .setting("it.delivery.cities", "Ulm, Trier");
    app.builder = app.builder.bind_settings::<Delivery>();
    app
}

/// The bean of this prefix.
fn bean(document: &Value, prefix: &str) -> Value {
    let beans = document["contexts"]["it"]["beans"].as_object().unwrap();
    let mut found = beans.iter().filter(|(_, bean)| bean["prefix"] == prefix);
    let (name, bean) = found.next().unwrap_or_else(|| panic!("no {prefix} in {document}"));
    assert!(name.starts_with(&format!("{prefix}-")) && found.next().is_none(), "{name}");
    bean.clone()
}

#[test]
fn a_linked_struct_is_read_by_itself_and_is_a_component() {
    let app = app_with_declarations().setting("it.delivery.at-once", "9").with(|app| {
        app.component(crate::refusals::LEDGER).component(crate::refusals::MAILER);
        let delivery = app.settings::<Delivery>().unwrap();
        assert_eq!((delivery.at_once, delivery.by_night), (9, false));
        assert_eq!(delivery.pause, std::time::Duration::from_millis(1500));
        assert!(delivery.signature.is_none() && delivery.carrier.starts_with("http"));
        assert!(delivery.labels.is_empty() && delivery.cities.is_empty());
        assert!(delivery.key.is_none() && delivery.depots.is_empty());
        assert_eq!(app.current_settings::<Delivery>().unwrap().get().at_once, 9);
    });
    let service = app.start();
    let health = service.get("/actuator/health/delivery").assert_status(200).json();
    assert_eq!(health["details"], json!({ "atOnce": 9, "now": 9, "depots": 0 }));
    let beans = service.get("/actuator/beans").json();
    let bean = &beans["contexts"]["it"]["beans"]["it.delivery-it::typed_settings::Delivery"];
    assert_eq!(bean["aliases"], json!(["settings"]));
    assert_eq!(bean["description"], "How parcels leave.");
}

#[test]
fn configprops_shows_values_with_their_texts_and_places_and_masks_secrets() {
    let service = shop().start();
    let document = service.get("/actuator/configprops").assert_status(200).json();
    let delivery = bean(&document, "it.delivery");
    assert_eq!(
        delivery["properties"],
        json!({
            "atOnce": 7,
            "pause": "PT1.5S",
            "byNight": false,
            "key": "******",
            "carrier": "http://ada:******@carrier.example/x",
            "depots": [{ "city": "Ulm" }],
            "labels": { "a.b": 5 },
            "cities": ["Ulm", "Trier"],
        })
    );
    let input = |value: &str| json!({ "value": value, "origin": "forced by code" });
    assert_eq!(
        delivery["inputs"],
        json!({
            "atOnce": input("7"),
            "pause": {},
            "byNight": {},
            "key": input("******"),
            "carrier": {},
            "depots": [{ "city": input("Ulm") }],
            "labels": { "a.b": input("5") },
            "cities": [input("Ulm, Trier"), input("Ulm, Trier")],
        })
    );
}

#[test]
fn configprops_shows_the_librarys_own_settings_by_springs_prefixes() {
    let service = shop()
        .setting("management.endpoint.health.show-details", "always")
        .setting("management.endpoint.health.group.till.include", "ping")
        .setting("management.endpoint.health.group.till.status.http-mapping.down", "299")
        .setting("logging.level.a.b", "debug")
        .setting("spring.boot.admin.client.password", "hunter2")
        .setting("management.observations.enable.x", "true")
        .start();
    let document = service.get("/actuator/configprops").assert_status(200).json();
    let health = bean(&document, "management.endpoint.health");
    assert_eq!(health["properties"]["showDetails"], "always");
    assert_eq!(
        health["inputs"]["showDetails"],
        json!({ "value": "always", "origin": "forced by code" })
    );
    let group = &health["properties"]["group"]["till"];
    assert_eq!(group["include"], json!(["ping"]));
    assert_eq!(group["status"]["httpMapping"]["down"], 299);
    assert_eq!(bean(&document, "logging")["properties"]["level"]["a.b"], "debug");
    let server = bean(&document, "server");
    assert_eq!(
        (&server["properties"]["port"], &server["inputs"]["port"]["value"]),
        (&json!(0), &json!("0"))
    );
    assert_eq!(server["inputs"]["shutdown"], json!({}));
    let client = bean(&document, "spring.boot.admin.client");
    assert_eq!(client["properties"]["password"], "******");
    assert!(!document.to_string().contains("hunter2"));
    let beans = document["contexts"]["it"]["beans"].as_object().unwrap();
    assert!(beans.values().all(|bean| bean["prefix"] != "management.observations"));
}

#[test]
fn a_prefix_selects_what_begins_with_it_and_none_is_not_found() {
    let service = shop().start();
    let one = service.get("/actuator/configprops/it.del").assert_status(200).json();
    assert_eq!(one["contexts"]["it"]["beans"].as_object().unwrap().len(), 1);
    for prefix in ["nosuch", "IT.delivery", "it.delivery.at-once"] {
        let answer = service.get(&format!("/actuator/configprops/{prefix}")).assert_status(404);
        assert_eq!(answer.text(), "", "{prefix}");
    }
    service.get("/actuator/configprops/").assert_status(404);
    service.send(Request::post("/actuator/configprops", "{}")).assert_status(405);
    let index = service.get("/actuator").json();
    assert_eq!(index["_links"]["configprops-prefix"]["templated"], true);
}

#[test]
fn without_show_values_every_value_is_masked_and_places_stay() {
    for (name, value) in [("show-values", "never"), ("show-values", "when-authorized")] {
        let service =
            shop().setting(&format!("management.endpoint.configprops.{name}"), value).start();
        let document = service.get("/actuator/configprops/it").assert_status(200).json();
        let delivery = bean(&document, "it.delivery");
        assert_eq!(delivery["properties"]["atOnce"], "******");
        assert_eq!(delivery["properties"]["pause"], "******");
        assert_eq!(delivery["properties"]["depots"], json!([{ "city": "******" }]));
        assert_eq!(
            delivery["inputs"]["cities"][0],
            json!({ "value": "******", "origin": "forced by code" })
        );
        assert_eq!(delivery["inputs"]["pause"], json!({}));
    }
}

#[test]
fn a_struct_that_is_read_late_leaves_bad_values_out_where_that_is_wanted() {
    let forgiving = |policy: &str| {
        let policy = policy.to_owned();
        app()
            .setting("actuator.settings.on-invalid", &policy)
            .setting("it.delivery.at-once", "many")
            .with(move |app| {
                let read = app.settings::<Delivery>().map(|read| read.at_once);
                assert_eq!(read.ok(), (policy == "warn-and-keep").then_some(3));
            })
            .start();
    };
    forgiving("warn-and-keep");
    forgiving("fail");
}

#[test]
fn a_refresh_reaches_those_who_ask_for_the_values_of_now_all_or_none() {
    let folder = folder("typed");
    let write = |text: &str| std::fs::write(folder.join("actuator.toml"), text).unwrap();
    write("[it.delivery]\nat-once = 4\ncities = [\"Ulm\"]\n");
    let mut app = app().with(|app| {
        app.refreshable();
        let start = app.settings::<Delivery>().unwrap();
        let current = app.current_settings::<Delivery>().unwrap();
        app.health_check("now", move || {
            let health = Health::up().with_detail("start", start.at_once);
            std::future::ready(health.with_detail("now", current.get().at_once))
        });
    });
    app.builder = app.builder.settings_directory(&folder).bind_settings::<Delivery>();
    let service = app.start();
    let refresh = || service.send(Request::new("POST", "/actuator/refresh"));
    let values = || service.get("/actuator/health/now").json()["details"].clone();
    let shown = || bean(&service.get("/actuator/configprops").json(), "it.delivery");
    assert_eq!(values(), json!({ "start": 4, "now": 4 }));
    assert_eq!(shown()["inputs"]["atOnce"]["origin"], "actuator.toml:2:11");

    write("[it.delivery]\nat-once = 5\ncities = [\"Ulm\"]\n");
    assert_eq!(refresh().assert_status(200).text(), r#"["it.delivery.at-once"]"#);
    assert_eq!(values(), json!({ "start": 4, "now": 5 }));
    assert_eq!(shown()["properties"]["atOnce"], 5);

    write("[it.delivery]\nat-once = 11\ncities = [\"Trier\"]\n");
    assert!(refresh().status() >= 400);
    assert_eq!(values(), json!({ "start": 4, "now": 5 }));
    assert_eq!(shown()["properties"]["cities"], json!(["Ulm"]));
    std::fs::remove_dir_all(folder).unwrap();
}

/// What nobody shall see, under names that say nothing of it.
#[derive(Settings)]
#[settings(prefix = "it.vault")]
#[expect(dead_code, reason = "it is there to be hidden")]
struct Vault {
    pin: Option<Redacted<u32>>,
    numbers: Vec<Redacted<u32>>,
    #[settings(parse, secret)]
    letter: Option<Noisy>,
}

/// Its complaint repeats what it was given.
struct Noisy;

impl std::str::FromStr for Noisy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "quiet4713" { Ok(Self) } else { Err(format!("cannot use '{text}'")) }
    }
}

#[test]
fn what_is_secret_by_its_type_is_hidden_everywhere_whatever_it_is_called() {
    let mut app = app()
        .setting("it.vault.pin", "4711")
        .setting("IT_VAULT_PIN", "4711")
        .setting("it.vault.numbers[0]", "4712")
        .setting("it.vault.letter", "quiet4713")
        .setting("management.endpoint.env.show-values", "always")
        .setting("management.endpoint.configprops.show-values", "always");
    app.builder = app.builder.bind_settings::<Vault>();
    let service = app.start();
    for path in ["env", "env/it.vault.pin", "configprops", "beans", "configprops/it.vault"] {
        let text = service.get(&format!("/actuator/{path}")).assert_status(200).text();
        for secret in ["4711", "4712", "4713"] {
            let shown = text.match_indices(secret).find(|(at, _)| {
                // Not a part of another number.
                let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
                !is_digit(at.wrapping_sub(1)) && !is_digit(at + secret.len())
            });
            assert!(shown.is_none(), "{path}: {text}");
        }
    }
}

#[test]
fn a_complaint_does_not_repeat_the_secret_that_it_is_about() {
    let mut app = app().setting("it.vault.letter", "loud4713");
    app.builder = app.builder.bind_settings::<Vault>();
    let refusal = crate::app::runtime().block_on(app.builder.build()).unwrap_err().to_string();
    assert!(refusal.contains("it.vault.letter") && refusal.contains("cannot use"), "{refusal}");
    assert!(!refusal.contains("loud4713"), "{refusal}");
}

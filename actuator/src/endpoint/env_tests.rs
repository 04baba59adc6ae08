//! The env endpoint through its own door.

use serde_json::{Value, json};

use super::*;
use crate::{
    audit::AuditSettings,
    env::EnvSettings,
    model::{principal::Principal, provider::Provider, sanitizer::Sanitizer, show::Show},
    settings::{LiveSettings, Settings, SettingsReader},
    support::clock::Clock,
};

fn provider<F>(name: &str, provide: F) -> Provider
where
    F: Fn() -> Result<Value, String> + Send + Sync + 'static,
{
    let provide = Arc::new(provide);
    Provider {
        name: name.to_owned(),
        source: None,
        provide: Arc::new(move || {
            let provide = provide.clone();
            Box::pin(async move { provide() })
        }),
    }
}

fn endpoint(show: &str, providers: Vec<Provider>) -> EnvEndpoint {
    let settings = Settings::builder()
        .environment([("DEMO_GREETING_SUFFIX", "fromenv"), ("DB_PASS", "hunter2")])
        .arguments(["--server.port=8080"])
        .default_value("demo.greeting", "Hello ${spring.application.name:demo}")
        .default_value("demo.greeting.suffix", "fromcode")
        .default_value("demo.client.pool.max-size", "5")
        .default_value("demo.dsn", "host=h ${DB_PASS}")
        .default_value("management.endpoint.env.show-values", show)
        .default_value("management.endpoint.env.roles", "ROLE_OPS")
        .build()
        .unwrap();
    let mut reader = SettingsReader::new(&settings);
    let policy = EnvSettings::read(&mut reader, Show::Never);
    reader.finish().unwrap();
    let live = LiveSettings::fixed(settings);
    let environment = Environment::new(live, providers, policy, Sanitizer::default());
    let audit = Audit::new(&AuditSettings::default(), Sanitizer::default(), Clock::system());
    EnvEndpoint::new(Arc::new(environment), audit)
}

fn document(reply: &Reply) -> Value {
    let Reply::Json { status: 200, body } = reply else { panic!("{reply:?}") };
    serde_json::from_slice(body).unwrap()
}

async fn all(endpoint: &EnvEndpoint) -> Value {
    document(&endpoint.invoke(Call::new(0)).await.unwrap())
}

async fn one(endpoint: &EnvEndpoint, name: &str) -> Option<Value> {
    let call = Call { selectors: vec![name.into()], ..Call::new(1) };
    match endpoint.invoke(call).await.unwrap() {
        Reply::NotFound => None,
        reply => Some(document(&reply)),
    }
}

async fn with_patterns(endpoint: &EnvEndpoint, patterns: &[&str]) -> EndpointResult {
    let query = patterns.iter().map(|pattern| ("pattern".into(), (*pattern).into())).collect();
    endpoint.invoke(Call { query, ..Call::new(0) }).await
}

fn names(document: &Value) -> Vec<String> {
    let sources = document["propertySources"].as_array().unwrap();
    let properties = sources.iter().flat_map(|source| source["properties"].as_object().unwrap());
    properties.map(|(name, _)| name.clone()).collect()
}

#[tokio::test]
async fn every_source_is_listed_with_values_and_origins() {
    let all = all(&endpoint("always", Vec::new())).await;
    assert_eq!(all["activeProfiles"], json!([]));
    assert_eq!(all["defaultProfiles"], json!(["default"]));
    let sources = &all["propertySources"];
    assert_eq!(
        sources[0],
        json!({"name": "commandLineArgs", "properties": {"server.port": {"value": "8080"}}})
    );
    assert_eq!(sources[1]["properties"]["PID"]["value"], json!(std::process::id()));
    assert_eq!(
        sources[2]["properties"]["DEMO_GREETING_SUFFIX"],
        json!({"value": "fromenv", "origin": "System Environment Property \"DEMO_GREETING_SUFFIX\""})
    );
    assert_eq!(sources[2]["properties"]["DB_PASS"]["value"], "******");
    let defaults = &sources[3]["properties"];
    assert_eq!(defaults["demo.greeting"]["value"], "Hello demo");
    assert_eq!(defaults["demo.dsn"]["value"], "******", "a secret by way of a placeholder");
}

#[tokio::test]
async fn one_property_names_the_winning_source_and_lists_all() {
    let endpoint = endpoint("always", Vec::new());
    let found = one(&endpoint, "demo.greeting.suffix").await.unwrap();
    assert_eq!(found["property"], json!({"source": "systemEnvironment", "value": "fromenv"}));
    assert_eq!(found["propertySources"][0], json!({"name": "commandLineArgs"}));
    assert_eq!(
        found["propertySources"][3]["property"],
        json!({"value": "fromcode", "origin": "default set by code"})
    );
    let pid = one(&endpoint, "PID").await.unwrap();
    assert_eq!(pid["property"]["value"], json!(std::process::id()));
}

#[tokio::test]
async fn lookup_is_relaxed_for_variables_only() {
    let endpoint = endpoint("always", Vec::new());
    assert!(one(&endpoint, "DEMO_GREETING_SUFFIX").await.is_some());
    for unknown in ["demo.client.pool.MAX-SIZE", "demo.client.pool.maxSize", "nosuch", ""] {
        assert!(one(&endpoint, unknown).await.is_none(), "{unknown}");
    }
}

#[tokio::test]
async fn a_pattern_is_searched_in_names_and_empty_sources_stay() {
    let endpoint = endpoint("always", Vec::new());
    let found = document(&with_patterns(&endpoint, &["greeting"]).await.unwrap());
    assert_eq!(names(&found), ["demo.greeting", "demo.greeting.suffix"]);
    assert_eq!(found["propertySources"].as_array().unwrap().len(), 4);
    let joined = document(&with_patterns(&endpoint, &["demo", "server"]).await.unwrap());
    assert!(names(&joined).is_empty(), "recorded: repeated patterns are joined by a comma");
    let empty = document(&with_patterns(&endpoint, &[""]).await.unwrap());
    assert!(names(&empty).len() > 5);
}

#[tokio::test]
async fn a_bad_or_monstrous_pattern_is_a_bad_request() {
    let endpoint = endpoint("always", Vec::new());
    for bad in ["[".to_owned(), "x".repeat(1_000), "((x{100}){100}){100}".to_owned()] {
        let problem = with_patterns(&endpoint, &[&bad]).await.unwrap_err();
        assert_eq!(problem.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn values_are_shown_to_whom_the_settings_say() {
    let port =
        |document: Value| document["propertySources"][0]["properties"]["server.port"].clone();
    assert_eq!(port(all(&endpoint("never", Vec::new())).await), json!({"value": "******"}));
    let endpoint = endpoint("when-authorized", Vec::new());
    assert_eq!(port(all(&endpoint).await), json!({"value": "******"}));
    for (role, value) in [("OPS", "8080"), ("USER", "******")] {
        let caller = Principal { name: "joe".to_owned(), roles: vec![role.to_owned()] };
        let call = Call { principal: Some(&caller), ..Call::new(0) };
        let shown = document(&endpoint.invoke(call).await.unwrap());
        assert_eq!(port(shown), json!({"value": value}), "{role}");
    }
}

#[tokio::test]
async fn contributed_sources_are_flattened_sanitised_and_asked_each_time() {
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = count.clone();
    let shop = provider("shop", move || {
        // The password is as long as the mask.
        let number = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(json!({"b": {"l": [number, {"password": "s3cr3t"}], "token": 5, "on": true}}))
    });
    let endpoint = endpoint("always", vec![shop]);
    all(&endpoint).await;
    let second = all(&endpoint).await;
    assert_eq!(
        second["propertySources"][4],
        json!({"name": "shop", "properties": {
            "b.l[0]": {"value": 1},
            "b.l[1].password": {"value": "******"},
            "b.on": {"value": true},
            "b.token": {"value": "******"},
        }})
    );
}

#[tokio::test]
async fn a_secret_as_long_as_its_mask_is_masked() {
    let endpoint = endpoint("always", vec![provider("shop", || Ok(json!({"api_key": "s3cr3t"})))]);
    let property = one(&endpoint, "api_key").await.unwrap()["property"].clone();
    assert_eq!(property, json!({"source": "shop", "value": "******"}));
}

#[tokio::test]
async fn a_source_that_fails_or_panics_shows_an_error_and_harms_nobody() {
    let providers = vec![
        provider("failing", || Err("refused by postgres://u:hunter2@h/d".to_owned())),
        provider("panicking", || panic!("boom")),
        provider("good", || Ok(json!({"a": 1}))),
    ];
    let all = all(&endpoint("always", providers)).await;
    let source = |at: usize| all["propertySources"][at]["properties"].clone();
    assert_eq!(source(4), json!({"error": {"value": "refused by postgres://u:******@h/d"}}));
    assert_eq!(source(5), json!({"error": {"value": "the source panicked"}}));
    assert_eq!(source(6), json!({"a": {"value": 1}}));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up() {
    let mut hanging = provider("hanging", || Ok(json!({})));
    hanging.provide = Arc::new(|| Box::pin(std::future::pending()));
    let all = all(&endpoint("always", vec![hanging])).await;
    assert_eq!(
        all["propertySources"][4]["properties"],
        json!({"error": {"value": "the source took more than 5 seconds"}})
    );
}

#[tokio::test]
async fn a_secret_as_long_as_the_mask_is_masked() {
    let secrets = || Ok(json!({"password": "s3cret", "url": "redis://:s3@h/0"}));
    let endpoint = endpoint("always", vec![provider("shop", secrets)]);
    for name in ["password", "url"] {
        let found = one(&endpoint, name).await.unwrap();
        assert!(!found.to_string().contains("s3"), "{found}");
    }
}

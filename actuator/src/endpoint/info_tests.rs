//! `/info` through its endpoint, beside what Spring Boot answers.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use super::InfoEndpoint;
use crate::{
    info::{
        Application, BuildFacts, Facts, FactsDeclaration, GitFacts, GitMode, HostFacts, InfoParts,
        InfoRegistry, InfoSettings, RustFacts, facts_of,
    },
    model::{
        call::Call,
        endpoint::Endpoint,
        provider::{Provider, ProviderFn},
        reply::Reply,
        source::Source,
    },
};

static DEMO: FactsDeclaration = FactsDeclaration {
    facts: Facts {
        build: BuildFacts {
            name: "demo",
            version: "1.2.3",
            artifact: "demo",
            group: Some("com.example"),
            authors: "",
            time: "2026-08-21T09:01:40Z",
        },
        git: Some(GitFacts {
            branch: Some("main"),
            commit_id: "df027cf1ec5aeba2d4fedd7b8c42b88dc5ce38e5",
            commit_id_abbrev: "df027cf",
            commit_time: Some("2026-08-21T09:01:40Z"),
            tags: &["v1.2.3"],
            dirty: Some(false),
            remote_url: Some("https://git.example/demo.git"),
        }),
        rust: RustFacts {
            version: Some("1.95.0"),
            target: Some("x86_64-unknown-linux-gnu"),
            profile: "release",
            features: &["default"],
        },
        sbom: None,
    },
    source: Source { package: "demo", path: "demo::Info", file: "src/main.rs", line: 3 },
};

fn settings() -> InfoSettings {
    InfoSettings {
        env: true,
        build: true,
        git: true,
        git_mode: GitMode::Simple,
        os: true,
        process: true,
        rust: true,
        ssl: true,
    }
}

fn host() -> HostFacts {
    HostFacts {
        pid: 4242,
        parent_pid: Some(4200),
        owner: Some("app".to_owned()),
        cpus: 2,
        start_time: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_252_927_080)),
        working_directory: Some("/srv/app".to_owned()),
        os_name: Some("Linux".to_owned()),
        os_version: Some("6.1.0".to_owned()),
        arch: "amd64".to_owned(),
    }
}

fn properties() -> Vec<(String, String)> {
    [
        ("app.description", "Sample application"),
        ("app.name", "demo"),
        ("app.tags[0]", "a"),
        ("app.tags[1]", "b"),
        ("contact", "ops@app.example"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn provider(name: &str, provide: ProviderFn) -> Provider {
    Provider { name: name.to_owned(), source: None, provide }
}

fn gives(name: &str, answer: Result<Value, &str>) -> Provider {
    let answer = answer.map_err(str::to_owned);
    provider(name, Arc::new(move || Box::pin(std::future::ready(answer.clone()))))
}

async fn body(settings: &InfoSettings, parts: InfoParts) -> Value {
    let endpoint = InfoEndpoint::new(Arc::new(InfoRegistry::new(settings, parts)));
    match endpoint.invoke(Call::new(0)).await.unwrap() {
        Reply::Json { status: 200, body } => serde_json::from_slice(&body).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The recorded body of Spring Boot `version`, below the line of headers.
fn recorded(path: &str) -> Value {
    let path = format!("{}/tests/golden/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let answer = text.split_once("--> HTTP/1.1 200").unwrap().1;
    serde_json::from_str(answer.split_once("\n\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn the_members_are_those_of_spring_boot() {
    let parts = InfoParts {
        properties: properties(),
        facts: Some(&DEMO),
        host: Some(host()),
        ..InfoParts::default()
    };
    let ours = body(&settings(), parts).await;
    for version in ["4.1.0", "3.5.14"] {
        let theirs = recorded(&format!("boot-{version}/info/get.http"));
        for member in ["app", "contact", "os"] {
            assert_eq!(ours[member], theirs[member], "{version} {member}");
        }
        for member in ["branch", "commit"] {
            assert_eq!(ours["git"][member], theirs["git"][member], "{version} git.{member}");
        }
        for member in ["group", "artifact", "name", "version", "time"] {
            assert_eq!(ours["build"][member], theirs["build"][member], "{version} build.{member}");
        }
        for member in ["pid", "parentPid", "owner", "cpus"] {
            let (ours, theirs) = (&ours["process"][member], &theirs["process"][member]);
            assert_eq!(ours, theirs, "{version} process.{member}");
        }
    }
    let newest = recorded("boot-4.1.0/info/get.http");
    for member in ["startTime", "workingDirectory"] {
        assert_eq!(ours["process"][member], newest["process"][member], "process.{member}");
    }
    assert_eq!(
        ours["rust"],
        json!({"version": "1.95.0", "target": "x86_64-unknown-linux-gnu", "profile": "release",
               "features": ["default"]})
    );
}

#[tokio::test]
async fn two_answers_of_an_idle_service_are_the_same() {
    let registry = || InfoParts { facts: Some(&DEMO), host: Some(host()), ..InfoParts::default() };
    assert_eq!(body(&settings(), registry()).await, body(&settings(), registry()).await);
}

#[tokio::test]
async fn git_is_shown_in_full_when_asked_for() {
    let settings = InfoSettings { git_mode: GitMode::Full, ..settings() };
    let ours = body(&settings, InfoParts { facts: Some(&DEMO), ..InfoParts::default() }).await;
    let theirs = recorded("boot-4.1.0/run-show-values-never/info-git-full.http");
    for path in ["branch", "commit/id/full", "commit/id/abbrev", "commit/time", "tags", "dirty"] {
        let path = format!("/git/{path}");
        assert_eq!(ours.pointer(&path), theirs.pointer(&path), "{path}");
        assert!(ours.pointer(&path).is_some(), "{path}");
    }
    assert_eq!(ours["git"]["remote"]["origin"]["url"], "https://git.example/demo.git");
}

#[tokio::test]
async fn nothing_known_is_an_empty_object() {
    assert_eq!(body(&settings(), InfoParts::default()).await, json!({}));
}

#[tokio::test]
async fn the_applications_name_and_version_stand_in_for_missing_facts() {
    let application = Application { name: "shop".to_owned(), version: "2.0.0".to_owned() };
    let parts = InfoParts { application: Some(application), ..InfoParts::default() };
    let build = json!({"name": "shop", "artifact": "shop", "version": "2.0.0"});
    assert_eq!(body(&settings(), parts).await, json!({ "build": build }));
}

#[tokio::test]
async fn a_provider_gives_a_member_over_a_setting_but_never_over_a_section() {
    let parts = InfoParts {
        properties: properties(),
        facts: Some(&DEMO),
        providers: vec![
            gives("contact", Ok(json!({"team": "shop"}))),
            gives("git", Ok(json!("forged"))),
            gives("build", Ok(json!(null))),
            gives("process", Ok(json!({"pid": 1}))),
            gives("nothing", Ok(json!(null))),
        ],
        ..InfoParts::default()
    };
    let ours = body(&settings(), parts).await;
    assert_eq!(ours["contact"], json!({"team": "shop"}));
    assert_eq!(ours["git"]["branch"], "main");
    assert_eq!(ours["build"]["name"], "demo");
    // Nothing is known about the process here, so the name is free.
    assert_eq!(ours["process"], json!({"pid": 1}));
    assert!(ours.get("nothing").is_none());
}

#[tokio::test]
async fn a_setting_does_not_overwrite_a_section() {
    let forged = vec![("git.branch".to_owned(), "forged".to_owned())];
    let parts = InfoParts { properties: forged, facts: Some(&DEMO), ..InfoParts::default() };
    assert_eq!(body(&settings(), parts).await["git"]["branch"], "main");
}

#[tokio::test]
async fn failures_and_panics_stay_in_their_member() {
    let parts = InfoParts {
        providers: vec![
            gives("error", Err("the queue is gone")),
            provider("panic", Arc::new(|| Box::pin(async { panic!("in the future") }))),
            provider("call", Arc::new(|| panic!("in {}", "the call"))),
            gives("sound", Ok(json!(1))),
        ],
        ..InfoParts::default()
    };
    assert_eq!(
        body(&settings(), parts).await,
        json!({
            "error": {"error": "the queue is gone"},
            "panic": {"error": "panicked: in the future"},
            "call": {"error": "panicked: in the call"},
            "sound": 1,
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_hangs_is_given_up_and_not_asked_by_two_at_once() {
    let hanging: ProviderFn = Arc::new(|| Box::pin(std::future::pending()));
    let parts = InfoParts {
        providers: vec![provider("hang", hanging), gives("sound", Ok(json!(1)))],
        ..InfoParts::default()
    };
    let registry = InfoRegistry::new(&settings(), parts);
    let (first, second) = tokio::join!(registry.provided(), registry.provided());
    for answer in [first, second] {
        assert_eq!(
            answer,
            [("hang", json!({"error": "no answer within 5 seconds"})), ("sound", json!(1))]
        );
    }
}

#[test]
fn the_facts_of_the_applications_own_package_are_chosen() {
    static OTHER: FactsDeclaration = FactsDeclaration {
        facts: DEMO.facts,
        source: Source { package: "billing", path: "billing::Info", file: "src/lib.rs", line: 1 },
    };
    assert_eq!(facts_of(&[&OTHER, &DEMO], Some("demo")), Some(&DEMO));
    assert_eq!(facts_of(&[&DEMO, &OTHER], Some("shop")), Some(&OTHER));
    assert_eq!(facts_of(&[], None), None);
}

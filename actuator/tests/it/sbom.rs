//! Bills of materials: those of files, and that of the program itself.

use actuator::ActuatorInfo;
use testkit::Request;

use crate::app::app;

#[derive(ActuatorInfo)]
#[actuator(git = off)]
struct Info;

#[derive(ActuatorInfo)]
#[actuator(git = off, sbom = off)]
struct WithoutPackages;

const BYTES: &str = "application/octet-stream";

/// A file of this name in a folder of this process.
fn file(name: &str, content: &str) -> String {
    let folder = std::env::temp_dir().join(format!("actuator-it-sbom-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[test]
fn the_packages_of_the_build_are_there_without_a_setting() {
    let service = app().with(|app| {
        app.info::<Info>();
    });
    let service = service.start();
    let ids = service.get("/actuator/sbom").assert_status(200);
    assert_eq!(ids.text(), r#"{"ids":["application"]}"#);
    let answer = service.get("/actuator/sbom/application").assert_status(200);
    assert_eq!(answer.media_type(), "application/vnd.cyclonedx+json");
    let document = answer.json();
    assert_eq!(document["specVersion"], "1.6");
    assert_eq!(document["metadata"]["component"]["name"], "it");
    assert!(document["metadata"]["timestamp"].is_string());
    let root = &document["dependencies"][0];
    assert_eq!(root["ref"], document["metadata"]["component"]["bom-ref"]);
    let needs = root["dependsOn"].as_array().unwrap();
    assert!(needs.iter().any(|need| need.as_str().unwrap().starts_with("pkg:cargo/axum@")));
}

#[test]
fn who_accepts_only_other_bytes_is_told_what_there_is() {
    let service = app().with(|app| {
        app.info::<Info>();
    });
    let service = service.start();
    let ask = |accept: &str| {
        service.send(Request::get("/actuator/sbom/application").header("accept", accept))
    };
    for accept in [BYTES, "*/*", "application/*", "application/json, */*;q=0.1"] {
        assert_eq!(ask(accept).assert_status(200).media_type(), "application/vnd.cyclonedx+json");
    }
    for accept in ["application/json", "application/vnd.cyclonedx+json", "text/html", "*/*;q=0"] {
        assert_eq!(ask(accept).assert_status(406).header("accept"), Some(BYTES), "{accept}");
    }
}

#[test]
fn files_are_served_as_they_are_at_this_moment() {
    let own = file("own.json", r#"{"bomFormat": "CycloneDX"}"#);
    let image = file("image", r#"{"spdxVersion":"SPDX-2.3"}"#);
    let service = app()
        .with(|app| {
            app.info::<Info>();
        })
        .setting("management.endpoint.sbom.application.location", &format!("file:{own}"))
        .setting("management.endpoint.sbom.additional.image.location", &image)
        .setting("management.endpoint.sbom.additional.gone.location", "optional:file:/no/such")
        .start();
    let ids = service.get("/actuator/sbom").assert_status(200);
    assert_eq!(ids.text(), r#"{"ids":["application","image"]}"#);
    let answer = service.get("/actuator/sbom/application").assert_status(200);
    assert_eq!(answer.text(), r#"{"bomFormat": "CycloneDX"}"#);
    assert_eq!(answer.media_type(), "application/vnd.cyclonedx+json");
    let image_of = || service.get("/actuator/sbom/image");
    assert_eq!(image_of().assert_status(200).media_type(), "application/spdx+json");
    std::fs::write(&image, "{}").unwrap();
    let image_type = image_of().assert_status(200);
    assert_eq!((image_type.media_type(), image_type.text()), (BYTES, "{}".to_owned()));
    std::fs::remove_file(&image).unwrap();
    assert!(image_of().assert_status(404).body().is_empty());
    service.get("/actuator/sbom/gone").assert_status(404);
}

#[test]
fn what_cannot_be_served_refuses_the_start_with_all_that_is_wrong() {
    let file = file("typed", "{}");
    let refused = app()
        .setting("management.endpoint.sbom.application.location", "classpath:bom.json")
        .setting("management.endpoint.sbom.additional.a.location", "/no/such/file.json")
        .setting("management.endpoint.sbom.additional.b.location", &file)
        .setting("management.endpoint.sbom.additional.b.media-type", "json")
        .refused()
        .to_string();
    for word in [
        "management.endpoint.sbom.application.location",
        "there is no class path",
        "management.endpoint.sbom.additional.a.location",
        "optional:/no/such/file.json",
        "management.endpoint.sbom.additional.b.media-type",
    ] {
        assert!(refused.contains(word), "{word} in {refused}");
    }
}

#[test]
fn where_nothing_is_known_there_is_no_such_endpoint() {
    app().start().get("/actuator/sbom").assert_status(404);
    let service = app().with(|app| {
        app.info::<WithoutPackages>();
    });
    service.start().get("/actuator/sbom").assert_status(404);
}

#[test]
fn versions_json_is_for_those_who_ask_for_it() {
    let service = app()
        .with(|app| {
            app.info::<Info>();
        })
        .setting("actuator.compat.c2c.versions.enabled", "true")
        .start();
    let answer = service.get("/c2c/versions.json").assert_status(200);
    assert_eq!(answer.media_type(), "application/json");
    let document = answer.json();
    assert_eq!(document["main"], serde_json::json!({}));
    assert!(document["packages"]["axum"].as_str().unwrap().starts_with("0."));
    app().start().get("/c2c/versions.json").assert_status(404);
}

//! An independent validator reads what services say of their API, and holds their answers against it.

use actuator_integration::Service;
use actuator_integration::openapi::{Held, complaints};
use actuator_integration::service::ServiceBuilder;
use serde_json::Value;

fn conformance() -> ServiceBuilder {
    Service::example("conformance")
        .setting("management.endpoints.web.exposure.include", "*")
        .setting("management.endpoint.shutdown.access", "unrestricted")
        .setting("actuator.security.allowed-hosts", "*")
}

/// The document with all answers of reads that need no name.
fn described(service: &Service) -> (Value, Vec<Held>) {
    let document = service.get("/actuator/openapi").json();
    let mut answers = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        if path.contains('{') || methods.get("get").is_none() || path.ends_with("/logstream") {
            continue;
        }
        let answer = service.get(path);
        let status = answer.status;
        let escaped = path.replace('/', "~1");
        let place = format!("/paths/{escaped}/get/responses/{status}");
        let media_type = answer.media_type();
        // As Spring, a custom endpoint sends a text as it is, whatever its type.
        if !media_type.ends_with("json") || path.ends_with("/plain") {
            continue;
        }
        let content = format!("content/{}", media_type.replace('/', "~1"));
        let of_type = format!("{place}/{content}");
        // What refusals look like is told once, for all operations.
        if status >= 400 {
            let refusals = format!("/paths/{escaped}/get/responses/default");
            let told = [&place, &refusals].into_iter().any(|at| document.pointer(at).is_some());
            assert!(told, "{path}: {place} is not told");
            continue;
        }
        assert!(document.pointer(&of_type).is_some(), "{path}: {of_type} is not told");
        answers.push(Held { schema: format!("{of_type}/schema"), value: answer.json() });
    }
    (document, answers)
}

#[test]
fn the_document_and_all_that_is_answered_are_valid() {
    let service = conformance().start();
    let (document, answers) = described(&service);
    assert!(answers.len() >= 12, "{}", answers.len());
    assert_eq!(complaints(&document, &answers), "");
}

#[test]
fn what_is_not_as_it_is_told_is_complained_of() {
    let service = conformance().start();
    let (mut document, mut answers) = described(&service);
    let health = answers.iter_mut().find(|one| one.schema.contains("actuator~1health/"));
    health.expect("health").value["status"] = 7.into();
    assert!(complaints(&document, &answers).contains("7 is not of type 'string'"));
    document["info"]["title"] = 7.into();
    assert!(complaints(&document, &[]).contains("title"));
}

#[test]
fn credentials_roles_and_other_paths_are_valid_too() {
    let service = conformance()
        .setting("actuator.security.users.user.password", "a-long-password")
        .setting("actuator.security.users.user.roles", "viewer")
        .setting("actuator.security.secret.value", "0123456789abcdef0123456789abcdef")
        .setting("actuator.security.permit-all", "health,openapi")
        .setting("management.endpoints.web.base-path", "/manage")
        .setting("management.endpoints.web.path-mapping.health", "a/b")
        .start();
    let document = service.get("/manage/openapi").json();
    assert!(document["paths"].get("/manage/a/b/{path}").is_some());
    assert_eq!(complaints(&document, &[]), "");
}

//! What refuses a start: ids and operations that are taken or no good, with their places.

use actuator::custom::{CustomEndpoint, Operation, Selector, WebEndpointResponse};

use crate::app::{app, app_with_declarations};

fn endpoint(id: &str) -> CustomEndpoint {
    CustomEndpoint::new(id)
        .operation(Operation::read(&[]), |_| async { Ok(WebEndpointResponse::nothing()) })
}

#[test]
fn two_endpoints_of_one_id_are_refused_with_both_places() {
    let refused = app().with(|app| {
        app.endpoint(endpoint("same"));
        app.endpoint(CustomEndpoint::new("sa-me"));
    });
    let message = refused.refused().to_string();
    assert!(message.contains("endpoint \"same\" is declared at"), "{message}");
    assert!(message.matches("tests/custom/refused.rs:").count() == 2, "{message}");
}

#[test]
fn an_id_of_a_macro_that_is_taken_again_at_run_time_is_refused_with_both_places() {
    let message = app_with_declarations()
        .with(|app| {
            app.endpoint(endpoint("hooks"));
        })
        .refused()
        .to_string();
    assert!(message.contains("tests/custom/declared.rs:"), "{message}");
    assert!(message.contains("tests/custom/refused.rs:"), "{message}");
}

#[test]
fn ids_of_built_in_endpoints_bad_ids_and_bad_operations_are_refused_all_at_once() {
    let message =
        app()
            .with(|app| {
                app.endpoint(endpoint("Health"));
                app.endpoint(endpoint("caf\u{e9}"));
                app.endpoint(CustomEndpoint::new("empty"));
                app.endpoint(endpoint("twice").operation(Operation::read(&[]), |_| async {
                    Ok(WebEndpointResponse::nothing())
                }));
                app.endpoint(endpoint("behind").operation(
                    Operation::read(&[Selector::Remaining("path"), Selector::One("name")]),
                    |_| async { Ok(WebEndpointResponse::nothing()) },
                ));
            })
            .refused()
            .to_string();
    for words in [
        "\"Health\" (",
        "is that of a built-in endpoint",
        "begins with a lower-case letter",
        "\"empty\" (",
        "it has no operation",
        "two operations answer the same",
        "all remaining segments come last",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
}

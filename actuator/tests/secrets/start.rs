//! What a start that is refused says.

use actuator::Redacted;

use crate::{app::app, plants::one_of_each};

#[test]
fn a_refused_start_does_not_tell_secrets() {
    for plant in one_of_each(9).into_iter().filter(|plant| plant.value != plant.secret) {
        let error = app().setting("server.port", &plant.value);
        let error = error.setting("actuator.errors.format", &plant.value).refused().to_string();
        assert!(error.contains("server.port"), "{error}");
        assert!(!error.contains(&plant.secret), "{plant:?}: {error}");
    }
}

#[test]
fn a_setting_that_is_redacted_is_given_to_the_application_alone() {
    let service = app()
        .setting("shop.pin", "x7y8z9hidden")
        .with(|app| {
            let pin: Redacted<String> = app.setting("shop.pin").unwrap();
            assert_eq!(pin.expose(), "x7y8z9hidden");
            assert_eq!(format!("{pin:?}"), "******");
            let error = app.setting::<Redacted<u16>>("shop.pin").unwrap_err().to_string();
            assert!(error.contains("shop.pin") && !error.contains("x7y8z9hidden"), "{error}");
        })
        .start();
    service.get("/actuator/health").assert_status(200);
}

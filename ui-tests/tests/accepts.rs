//! Everything that is documented compiles. The cases are ordinary modules: as programs of their
//! own each would be linked anew.

#![allow(clippy::unnecessary_wraps, clippy::no_effect_underscore_binding)]
#![allow(clippy::unwrap_used)] // a test may fail // what users may write

#[path = "../pass/check_options.rs"]
mod check_options;
#[path = "../pass/endpoints.rs"]
mod endpoints;
#[path = "../pass/measured.rs"]
mod measured;
#[path = "../pass/return_types.rs"]
mod return_types;
#[path = "../pass/scheduled.rs"]
mod scheduled;
#[path = "../pass/serve_forms.rs"]
mod serve_forms;
#[path = "../pass/settings.rs"]
mod settings;
#[path = "../pass/startup_step.rs"]
mod startup_step;

#[test]
fn every_documented_form_compiles() {
    endpoints::main();
    measured::main();
    return_types::main();
    scheduled::main();
    serve_forms::main();
    startup_step::main();
}

#[test]
fn what_an_attribute_says_arrives_in_the_record_and_nothing_else() {
    check_options::main();
}

#[test]
fn every_form_of_a_struct_of_settings_is_read() {
    settings::main();
}

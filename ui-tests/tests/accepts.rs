//! Everything that is documented compiles. The cases are ordinary modules: as programs of their
//! own each would be linked anew.

#![allow(clippy::unnecessary_wraps, clippy::no_effect_underscore_binding)] // what users may write

#[path = "../pass/return_types.rs"]
mod return_types;
#[path = "../pass/serve_forms.rs"]
mod serve_forms;

#[test]
fn every_documented_form_compiles() {
    return_types::main();
    serve_forms::main();
}

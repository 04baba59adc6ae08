//! The parts of names.

use super::*;

#[test]
fn the_name_of_a_handler_is_what_stands_behind_its_module() {
    for (path, wanted) in [
        ("shop::orders::one", ("shop::orders", "one")),
        ("shop::setup::{{closure}}", ("shop::setup", "{{closure}}")),
        ("tower::Layered<a::B, c::D>", ("tower", "Layered<a::B, c::D>")),
        ("one", ("", "one")),
        ("", ("", "")),
    ] {
        assert_eq!(split(path), wanted);
    }
}

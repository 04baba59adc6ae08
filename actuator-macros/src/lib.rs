//! The macros of the `actuator` crate.

mod declare;
mod facts;
mod problem;
mod syntax;

use proc_macro::TokenStream;

/// Facts of the build, of git and of the compiler, read while compiling, for `/actuator/info`.
#[proc_macro_derive(ActuatorInfo, attributes(actuator))]
pub fn actuator_info(input: TokenStream) -> TokenStream {
    declare::actuator_info::expand(input.into()).into()
}

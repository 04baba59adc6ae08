//! The macros of the `actuator` crate. Use them through it: they are documented there, and what
//! they generate names its private module.

mod declare;
mod emit;
mod facts;
mod problem;
mod syntax;

use proc_macro::TokenStream;

/// Documented as `actuator::health_check`.
#[proc_macro_attribute]
pub fn health_check(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::health_check::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::scheduled`.
#[proc_macro_attribute]
pub fn scheduled(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::scheduled::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::endpoint`.
#[proc_macro_attribute]
pub fn endpoint(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::endpoint::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::Argument`.
#[proc_macro_derive(Argument, attributes(argument))]
pub fn argument(input: TokenStream) -> TokenStream {
    declare::argument::expand(input.into()).into()
}

/// Documented as `actuator::env_source`.
#[proc_macro_attribute]
pub fn env_source(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::provider::expand("env_source", "EnvSourceDeclaration", attribute.into(), &item.into())
        .into()
}

/// Documented as `actuator::info_source`.
#[proc_macro_attribute]
pub fn info_source(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::provider::expand(
        "info_source",
        "InfoSourceDeclaration",
        attribute.into(),
        &item.into(),
    )
    .into()
}

/// Documented as `actuator::ActuatorInfo`.
#[proc_macro_derive(ActuatorInfo, attributes(actuator))]
pub fn actuator_info(input: TokenStream) -> TokenStream {
    declare::actuator_info::expand(input.into()).into()
}

/// Documented as `actuator::Settings`.
#[proc_macro_derive(Settings, attributes(settings))]
pub fn settings(input: TokenStream) -> TokenStream {
    declare::settings::expand(input.into()).into()
}

/// Documented as `actuator::timed`.
#[proc_macro_attribute]
pub fn timed(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::timed::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::counted`.
#[proc_macro_attribute]
pub fn counted(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::counted::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::startup_step`.
#[proc_macro_attribute]
pub fn startup_step(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::startup_step::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::gauge`.
#[proc_macro_attribute]
pub fn gauge(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::gauge::expand(attribute.into(), &item.into()).into()
}

/// Documented as `actuator::metrics`.
#[proc_macro_attribute]
pub fn metrics(attribute: TokenStream, item: TokenStream) -> TokenStream {
    declare::metrics::expand(attribute.into(), &item.into()).into()
}

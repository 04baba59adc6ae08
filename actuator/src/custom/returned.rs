//! What comes back from a method, as an answer. The type decides, not how it is spelt: an alias of
//! `Result` is one. A method of the type itself goes before that of a trait, so that the one for
//! results, options and texts is taken where it fits, and any `Serialize` elsewhere.

use std::fmt;

use serde::Serialize;

use super::{
    answer::{OCTETS, WebEndpointResponse},
    error::EndpointError,
    resource::Resource,
};
use crate::model::endpoint::Produces;

/// What a method gave back.
#[derive(Debug)]
pub struct Returned<T>(pub T);

impl<T, E> Returned<Result<T, E>> {
    /// The value, or the error as an answer.
    pub fn or_error(self) -> Result<T, EndpointError>
    where
        E: OperationError,
    {
        self.0.map_err(EndpointError::of)
    }
}

/// What is no result is a value.
pub trait NoResult {
    /// The value.
    type Value;

    /// The value.
    fn or_error(self) -> Result<Self::Value, EndpointError>;
}

impl<T> NoResult for Returned<T> {
    type Value = T;

    fn or_error(self) -> Result<T, EndpointError> {
        Ok(self.0)
    }
}

impl<T> Returned<Option<T>> {
    /// The value, if there is one.
    pub fn or_nothing(self) -> Option<T> {
        self.0
    }
}

/// What is no option is there.
pub trait NoOption {
    /// The value.
    type Value;

    /// The value.
    fn or_nothing(self) -> Option<Self::Value>;
}

impl<T> NoOption for Returned<T> {
    type Value = T;

    fn or_nothing(self) -> Option<T> {
        Some(self.0)
    }
}

/// What an answer can be made of.
macro_rules! answers {
    ($($type:ty, $produces:expr, |$value:ident| $answer:expr;)*) => {$(
        impl Returned<$type> {
            /// What it is sent as, unless the operation says so.
            pub const PRODUCES: Produces = $produces;

            /// The answer.
            pub fn answer(self) -> Result<WebEndpointResponse, EndpointError> {
                let $value = self.0;
                Ok($answer)
            }
        }
    )*};
}

answers! {
    (), Produces::Nothing, |_done| WebEndpointResponse::nothing();
    String, Produces::Json, |text| WebEndpointResponse::text(text);
    &str, Produces::Json, |text| WebEndpointResponse::text(text);
    Resource, Produces::OneOf(&[OCTETS]), |resource| WebEndpointResponse::resource(resource);
    WebEndpointResponse, Produces::Json, |answer| answer;
}

/// What can be sent as JSON: anything `Serialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer of an operation",
    label = "neither `Serialize` nor one of the other answers",
    note = "add `#[derive(serde::Serialize)]` to the type; other answers are `String`, `&str`, `()`, \
            `actuator::custom::Resource`, `actuator::custom::WebEndpointResponse`, and `Option` or \
            `Result` of all these"
)]
pub trait JsonAnswer: Serialize {}

impl<T: Serialize> JsonAnswer for T {}

/// What an operation may give as its error: anything that can be displayed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error of an operation",
    label = "not `Display`",
    note = "implement `std::fmt::Display` for it, which is what the log tells of a 500; or return \
            `actuator::custom::EndpointError`, which has a status, and which `?` makes of every \
            `std::error::Error`"
)]
pub trait OperationError: fmt::Display + 'static {}

impl<E: fmt::Display + 'static> OperationError for E {}

/// The JSON of any value. The bound stands at the method, so that the compiler names the value that
/// is none.
pub trait AnyAnswer {
    /// The value.
    type Value;

    /// The answer.
    fn answer(self) -> Result<WebEndpointResponse, EndpointError>
    where
        Self::Value: JsonAnswer;
}

impl<T> AnyAnswer for Returned<T> {
    type Value = T;

    fn answer(self) -> Result<WebEndpointResponse, EndpointError>
    where
        T: JsonAnswer,
    {
        WebEndpointResponse::json(&self.0)
    }
}

/// What values are sent as.
pub trait AnyProduct {
    /// JSON.
    const PRODUCES: Produces = Produces::Json;
}

impl<T> AnyProduct for Returned<T> {}

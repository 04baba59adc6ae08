//! Endpoints of the application's own: what they are asked, what they answer, and how they run.
//!
//! [`endpoint`](macro@crate::endpoint) declares one on an `impl` block; [`CustomEndpoint`] is its
//! twin at run time, for [`App::endpoint`](crate::App::endpoint). Both have the argument rules, the
//! status codes and the settings of the endpoints that are there already.

// The subject is the application's code behind an endpoint. It knows no HTTP: `web` serves it as it
// serves every `Endpoint`.

mod answer;
mod argument;
mod arguments;
mod bind;
mod declaration;
mod endpoint;
mod error;
mod from_call;
#[cfg(test)]
mod property_tests;
mod resource;
mod returned;
mod settings;
mod work;

pub use crate::model::endpoint::{Operation, OperationKind, Produces, Selector};
pub use crate::{
    model::{
        access::Access,
        call::ApiVersion,
        parameter::{Parameter, ParameterPlace, Shape},
        web_request::WebRequest,
    },
    support::{local_date::LocalDate, offset_date_time::OffsetDateTime},
};
pub use answer::WebEndpointResponse;
pub use argument::{Argument, word};
pub use arguments::Arguments;
pub(crate) use declaration::EndpointDeclaration;
pub use endpoint::CustomEndpoint;
pub(crate) use endpoint::comparable;
pub use error::EndpointError;
pub use from_call::FromCall;
pub use resource::Resource;
pub(crate) use settings::ids;

/// What generated code names.
#[doc(hidden)]
pub mod generated {
    pub use super::{
        arguments::Wrong,
        bind::{
            NoDefault, Preparing, argument, blocking, declared, future, handler, operation,
            parameters,
        },
        declaration::{DeclaredOperation, EndpointDeclaration},
        returned::{
            AnyAnswer, AnyProduct, JsonAnswer, NoOption, NoResult, OperationError, Returned,
        },
    };
}

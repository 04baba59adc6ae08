//! What generated code of `#[endpoint]` is made of.

use std::{marker::PhantomData, sync::Arc};

use super::{
    arguments::{Arguments, Wrong},
    error::EndpointError,
    from_call::FromCall,
    work::{Answered, Handler, Work},
};
use crate::model::{
    component::Components,
    endpoint::{Operation, OperationKind, Produces, Selector},
    parameter::{Parameter, ParameterPlace, Shape},
};

/// What is known of a parameter; `None` for what callers do not send.
pub const fn declared<T: FromCall>(
    name: &'static str,
    place: ParameterPlace,
    description: &'static str,
) -> Option<Parameter> {
    match T::SHAPE {
        Some(shape) => {
            let is_required = T::IS_REQUIRED || matches!(place, ParameterPlace::Path);
            Some(Parameter { name, place, shape, is_required, description })
        }
        None => None,
    }
}

/// Those of them that callers send, at the beginning of the list, and how many they are. Where one of
/// them is the request as it came, its body is nobody else's.
pub const fn parameters<const ALL: usize>(
    all: [Option<Parameter>; ALL],
    takes_request: bool,
) -> ([Parameter; ALL], usize) {
    let mut listed = [Parameter::query("", Shape::Text, ""); ALL];
    let mut known = 0;
    let mut free: &mut [Parameter] = &mut listed;
    let mut left: &[Option<Parameter>] = &all;
    while let [first, rest @ ..] = left {
        if let Some(parameter) = first {
            // There is room for all of them.
            let [slot, others @ ..] = free else { break };
            *slot = *parameter;
            if takes_request && matches!(slot.place, ParameterPlace::Body) {
                slot.place = ParameterPlace::Query;
            }
            free = others;
            known += 1;
        }
        left = rest;
    }
    (listed, known)
}

/// Whether an operation reads parameters of a JSON body.
const fn takes_body(parameters: &[Parameter]) -> bool {
    let mut left = parameters;
    while let [first, rest @ ..] = left {
        if matches!(first.place, ParameterPlace::Body) {
            return true;
        }
        left = rest;
    }
    false
}

/// An operation with all that is known of it. `takes_request` is whether a parameter of it is the
/// request as it came.
pub const fn operation(
    kind: OperationKind,
    selectors: &'static [Selector],
    produces: Produces,
    parameters: &'static [Parameter],
    takes_request: bool,
    summary: &'static str,
) -> Operation {
    let operation = match kind {
        OperationKind::Read => Operation::read(selectors),
        OperationKind::Delete => Operation::delete(selectors),
        OperationKind::Write if takes_body(parameters) => Operation::write(selectors),
        OperationKind::Write => Operation::write_without_body(selectors),
    };
    let operation = operation.producing(produces).taking(parameters).doing(summary);
    if takes_request { operation.taking_request() } else { operation }
}

/// A parameter of the call; what is wrong with it is remembered.
pub fn argument<T: FromCall>(arguments: &Arguments, name: &str, wrong: &mut Wrong) -> Option<T> {
    T::from_call(name, arguments).map_err(|unusable| wrong.add(unusable)).ok()
}

/// What is done on a thread that may be blocked.
pub fn blocking(work: impl FnOnce() -> Answered + Send + 'static) -> Work {
    Work::Blocking(Box::new(work))
}

/// What is done by a future.
pub fn future(work: impl Future<Output = Answered> + Send + 'static) -> Work {
    Work::Future(Box::pin(work))
}

/// A handler of a closure.
pub fn handler(
    handle: impl Fn(Arguments) -> Result<Work, EndpointError> + Send + Sync + 'static,
) -> Handler {
    Arc::new(handle)
}

/// Makes the type of an endpoint a component, where it has a default.
#[derive(Debug)]
pub struct Preparing<T>(pub PhantomData<T>);

impl<T: Default + Send + Sync + 'static> Preparing<T> {
    /// Unless there is one already.
    pub fn prepare(&self, components: &mut Components) {
        if components.all::<T>().is_empty() {
            components.insert(None, T::default());
        }
    }
}

/// A type without a default has to be registered.
pub trait NoDefault {
    /// Does nothing.
    fn prepare(&self, components: &mut Components);
}

impl<T> NoDefault for Preparing<T> {
    fn prepare(&self, _: &mut Components) {}
}

//! What is told of operations that change something: once they were done or refused, whoever asks
//! for it is told (the audit trail).

use std::{borrow::Cow, sync::Arc};

use http::Method;

use super::target::Below;
use crate::{
    model::{
        call::Call,
        endpoint::{OperationKind, SharedEndpoint},
        principal::Principal,
    },
    support::text::shortened,
};

/// Bytes of a selector, and of who the caller says it is.
const MAX_TEXT: usize = 200;
/// Selectors that are told.
const MAX_SELECTORS: usize = 16;
/// The status when the caller went away before there was one: known from nginx's logs.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// A call of an operation that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointWrite {
    /// The endpoint.
    pub(crate) endpoint: String,
    /// Write or delete.
    pub(crate) kind: OperationKind,
    /// The path below the endpoint, decoded and bounded.
    pub(crate) selectors: Vec<String>,
    /// The status of the answer; 499 if the caller went away before there was one.
    pub(crate) status: u16,
    /// The name of the caller, once authenticated.
    pub(crate) principal: Option<String>,
    /// Who the caller says it is, in the member `actor` of the body.
    pub(crate) claimed_actor: Option<String>,
}

/// Told of each such call when it is over.
pub(crate) type OnWrite = Arc<dyn Fn(EndpointWrite) + Send + Sync>;

/// Tells when it is dropped: what was done is told also of a caller that went away.
pub(super) struct Watched<'w> {
    on_write: &'w OnWrite,
    write: Option<EndpointWrite>,
}

impl<'w> Watched<'w> {
    /// Watches a call, if it asks for something that the endpoint can do and that changes
    /// something. Whether it may be done, and is asked for rightly, is found out later.
    pub(super) fn begin(
        on_write: Option<&'w OnWrite>,
        method: &Method,
        endpoint: &SharedEndpoint,
        below: &Below<'_, '_>,
        principal: Option<&Principal>,
    ) -> Option<Self> {
        let kind = match *method {
            Method::POST => OperationKind::Write,
            Method::DELETE => OperationKind::Delete,
            _ => return None,
        };
        let on_write = on_write?;
        if !endpoint.operations().iter().any(|operation| operation.kind == kind) {
            return None;
        }
        let text = |text: &Cow<'_, str>| shortened(text, MAX_TEXT).to_owned();
        let write = EndpointWrite {
            endpoint: endpoint.id().to_owned(),
            kind,
            selectors: below.segments.iter().take(MAX_SELECTORS).map(text).collect(),
            status: CLIENT_CLOSED_REQUEST,
            principal: principal.map(|principal| principal.name.clone()),
            claimed_actor: None,
        };
        Some(Self { on_write, write: Some(write) })
    }

    /// Looks at what is asked.
    pub(super) fn asked(&mut self, call: &Call<'_>) {
        if let Some(write) = &mut self.write {
            let claimed = call.body.iter().rev().find(|(name, _)| name == "actor");
            let claimed = claimed.and_then(|(_, value)| value.as_deref());
            write.claimed_actor = claimed.map(|claimed| shortened(claimed, MAX_TEXT).to_owned());
        }
    }

    /// Says how it was answered.
    pub(super) fn answered(mut self, status: u16) {
        if let Some(write) = &mut self.write {
            write.status = status;
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if let Some(write) = self.write.take() {
            (self.on_write)(write);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;
    use crate::{
        model::endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        web::target::Operations,
    };

    /// Can be written, and never is.
    struct Knob;

    impl Endpoint for Knob {
        fn id(&self) -> &'static str {
            "knob"
        }

        fn operations(&self) -> &[Operation] {
            const { &[Operation::write(&[])] }
        }

        fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
            Box::pin(std::future::pending())
        }
    }

    #[test]
    fn a_call_whose_caller_went_away_is_told_and_what_is_no_write_is_not() {
        let told: Arc<Mutex<Vec<EndpointWrite>>> = Arc::default();
        let into = Arc::clone(&told);
        let on_write: OnWrite = Arc::new(move |write| {
            into.lock().unwrap_or_else(PoisonError::into_inner).push(write);
        });
        let knob: SharedEndpoint = Arc::new(Knob);
        let long = "x".repeat(1_000);
        let segments = vec![Cow::Borrowed(long.as_str()); 100];
        let below = Below { operations: Operations::Reads, segments };
        for method in [Method::GET, Method::DELETE, Method::POST] {
            drop(Watched::begin(Some(&on_write), &method, &knob, &below, None));
        }
        let told = told.lock().unwrap();
        let [write] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((write.endpoint.as_str(), write.status), ("knob", 499));
        assert_eq!(write.kind, OperationKind::Write);
        assert_eq!((write.selectors.len(), write.selectors[0].len()), (16, 200));
    }
}

//! `openapi`: a description of the management API in the form of OpenAPI 3.1
//! (<https://spec.openapis.org/oas/v3.1.1>), as the caller's listener serves it: what is not exposed
//! there is not in it.

mod document;
mod operation;
mod responses;
mod schemas;
mod security;

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

pub(super) use self::responses::ACTUATOR_JSON;

use crate::model::{
    answer::Answer,
    call::{Call, Listener},
    endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
    problem::Problem,
    reply::Reply,
    schema::Schema,
    surface::Surfaces,
};

/// Any client that reads documents of OpenAPI takes it.
const MEDIA_TYPE: &str = "application/json";
const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("This document.")
    .answering(&[Answer::document(MEDIA_TYPE, Schema::Map(&Schema::Any))])];

/// The `openapi` endpoint.
#[derive(Debug)]
pub(crate) struct OpenapiEndpoint {
    title: String,
    version: String,
    surfaces: Surfaces,
    /// The documents of both listeners but for the address, written when they are first asked for.
    written: [OnceLock<Bytes>; 2],
}

impl OpenapiEndpoint {
    /// Describes the surfaces of the application `name`.
    pub(crate) fn new(name: &str, version: &str, surfaces: Surfaces) -> Self {
        Self {
            title: format!("Management API of {name}"),
            version: version.to_owned(),
            surfaces,
            written: Default::default(),
        }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let surfaces = self.surfaces.get();
        let surfaces = surfaces.ok_or_else(|| Problem::internal("the service is starting"))?;
        let [application, management] = &self.written;
        let written = match call.listener {
            Listener::Application => application,
            Listener::Management => management,
        };
        let all_but_address = written.get_or_init(|| {
            let document = document::of(surfaces.of(call.listener), &self.title, &self.version);
            document.to_string().into()
        });
        let mut body = Vec::with_capacity(all_but_address.len() + 256);
        // What is written of a map begins with a brace, and is not empty.
        body.extend_from_slice(br#"{"openapi":"3.1.1","servers":[{"url":"#);
        serde_json::to_writer(&mut body, &call.root.address())?;
        body.extend_from_slice(b"}],");
        body.extend_from_slice(all_but_address.get(1..).unwrap_or_default());
        Ok(Reply::Document {
            status: 200,
            content_type: MEDIA_TYPE,
            headers: (&[]).into(),
            body: body.into(),
        })
    }
}

/// Adds a member to an object.
fn put(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

impl Endpoint for OpenapiEndpoint {
    fn id(&self) -> &'static str {
        "openapi"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What this API offers, for people and for generators of clients."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer(&call)))
    }
}

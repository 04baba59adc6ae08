//! Reading the body of a write: bounded in size and in time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Limited};

use super::{
    arguments::{self, JsonBody},
    refusal::Refusal,
};
use crate::model::endpoint::{Operation, OperationKind};

/// The largest body that is read; the contract's bodies are objects of a few members.
const MAX_BODY: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What was sent as body.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// As it came, for operations that take the request itself.
    pub(super) raw: Bytes,
    /// As JSON, for all others.
    pub(super) json: JsonBody,
}

/// The body of a write; a JSON object, unless the operation takes the request as it came.
pub(super) async fn read(
    operation: &Operation,
    parts: &Parts,
    body: Body,
) -> Result<Sent, Refusal> {
    // A body without a type is not looked at; only writes without parameters get here with one.
    let is_typed = parts.headers.contains_key(header::CONTENT_TYPE) || operation.takes_request;
    if operation.kind != OperationKind::Write || !is_typed {
        return Ok(Sent::default());
    }
    let collected =
        tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
    let bytes: Bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is longer than {MAX_BODY} bytes"),
            ));
        }
        Ok(Err(error)) => return Err(Refusal::bad_request(format!("the body broke off: {error}"))),
        Err(_) => {
            return Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
            ));
        }
    };
    if operation.takes_request {
        return Ok(Sent { raw: bytes, json: JsonBody::default() });
    }
    let json = arguments::body(&bytes, operation.takes_objects).map_err(Refusal::bad_request)?;
    Ok(Sent { raw: Bytes::new(), json })
}

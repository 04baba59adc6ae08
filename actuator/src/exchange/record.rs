//! One exchange: as bytes while it is recorded, as text when it is read.

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use super::Include;
use crate::model::sanitizer::Sanitizer;

/// Bytes that one exchange may take; headers that do not fit are left out.
const MAX_BYTES: usize = 16 * 1024;
/// Bytes of a URI that are kept.
const MAX_URI: usize = 4 * 1024;
/// A buffer that has grown beyond this is given back to the allocator after use.
const KEPT_BYTES: usize = 2 * 1024;

/// Headers by name, several values each, in the order of their arrival.
pub type Headers = Vec<(String, Vec<String>)>;

/// One exchange, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// When the request arrived.
    pub timestamp: SystemTime,
    /// The method.
    pub method: String,
    /// The absolute URI with its query, secrets hidden.
    pub uri: String,
    /// The address of the peer.
    pub remote_address: Option<String>,
    /// The name of the caller.
    pub principal: Option<String>,
    /// The request's headers, secrets hidden.
    pub request_headers: Headers,
    /// The status; 499 when the client went away before there was one.
    pub status: u16,
    /// The response's headers, secrets hidden.
    pub response_headers: Headers,
    /// How long it took, by the wall clock.
    pub time_taken: Option<Duration>,
}

/// Which half of an exchange a header belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Sent by the client.
    Request,
    /// Sent by the server.
    Response,
}

/// An exchange while it is recorded: one buffer, into which everything is copied in this order:
/// method, URI, then fields. Each field is a kind, a length of two bytes for its name, one of two
/// bytes for its value, and both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    bytes: Vec<u8>,
    method_end: usize,
    uri_end: usize,
    /// Nanoseconds since the epoch.
    pub(super) timestamp: u64,
    pub(super) time_taken: Option<Duration>,
    pub(super) status: u16,
}

const REQUEST_HEADER: u8 = 0;
const RESPONSE_HEADER: u8 = 1;
const REMOTE_ADDRESS: u8 = 2;
const PRINCIPAL: u8 = 3;

impl Draft {
    /// Forgets everything but the buffer.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_BYTES);
        self.time_taken = None;
    }

    /// The bytes that are held, used or not.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// The request line. The URI is given in parts that are put together.
    pub(crate) fn request(&mut self, method: &str, uri: &[&str]) {
        self.bytes.extend_from_slice(method.as_bytes().get(..32).unwrap_or(method.as_bytes()));
        self.method_end = self.bytes.len();
        for part in uri {
            let room = (self.method_end + MAX_URI).saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(part.as_bytes().get(..room).unwrap_or(part.as_bytes()));
        }
        self.uri_end = self.bytes.len();
    }

    /// A header, unless it is one that is not recorded. The name is in lower case.
    pub(crate) fn header(
        &mut self,
        direction: Direction,
        name: &str,
        value: &[u8],
        include: Include,
    ) {
        let is_recorded = match name {
            "cookie" | "set-cookie" => include.cookie_headers,
            "authorization" => include.authorization_header,
            _ => true,
        };
        if is_recorded {
            let kind = match direction {
                Direction::Request => REQUEST_HEADER,
                Direction::Response => RESPONSE_HEADER,
            };
            self.field(kind, name.as_bytes(), value);
        }
    }

    /// The address of the peer.
    pub(crate) fn remote_address(&mut self, address: &str) {
        self.field(REMOTE_ADDRESS, &[], address.as_bytes());
    }

    /// The name of the caller.
    pub(crate) fn principal(&mut self, name: &str) {
        self.field(PRINCIPAL, &[], name.as_bytes());
    }

    fn field(&mut self, kind: u8, name: &[u8], value: &[u8]) {
        if self.bytes.len() + 5 + name.len() + value.len() > MAX_BYTES {
            return;
        }
        let (Ok(name_length), Ok(value_length)) =
            (u16::try_from(name.len()), u16::try_from(value.len()))
        else {
            return;
        };
        let [n0, n1] = name_length.to_le_bytes();
        let [v0, v1] = value_length.to_le_bytes();
        self.bytes.reserve(5 + name.len() + value.len());
        self.bytes.extend_from_slice(&[kind, n0, n1, v0, v1]);
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value);
    }

    /// The exchange as text, with everything hidden that the sanitiser hides.
    pub(super) fn read(&self, sanitizer: &Sanitizer) -> Exchange {
        let uri = text(self.slice(self.method_end..self.uri_end));
        let mut exchange = Exchange {
            timestamp: SystemTime::UNIX_EPOCH + Duration::from_nanos(self.timestamp),
            method: text(self.slice(0..self.method_end)),
            uri: sanitizer.sanitize_text(&uri).into_owned(),
            remote_address: None,
            principal: None,
            request_headers: Vec::new(),
            status: self.status,
            response_headers: Vec::new(),
            time_taken: self.time_taken,
        };
        let mut rest = self.slice(self.uri_end..self.bytes.len());
        while let Some((kind, name, value, after)) = next_field(rest) {
            rest = after;
            match kind {
                REMOTE_ADDRESS => exchange.remote_address = Some(value),
                PRINCIPAL => exchange.principal = Some(value),
                RESPONSE_HEADER => add(&mut exchange.response_headers, name, &value, sanitizer),
                _ => add(&mut exchange.request_headers, name, &value, sanitizer),
            }
        }
        exchange
    }

    fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

fn next_field(bytes: &[u8]) -> Option<(u8, String, String, &[u8])> {
    let (&[kind, n0, n1, v0, v1], rest) = bytes.split_first_chunk()?;
    let (name, rest) = rest.split_at_checked(u16::from_le_bytes([n0, n1]).into())?;
    let (value, rest) = rest.split_at_checked(u16::from_le_bytes([v0, v1]).into())?;
    Some((kind, text(name), text(value), rest))
}

fn add(headers: &mut Headers, name: String, value: &str, sanitizer: &Sanitizer) {
    let value = match name.as_str() {
        // These are credentials by definition, whatever the sanitiser was told.
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie" => {
            sanitizer.sanitize("password", value)
        }
        // These hold URIs, which may carry secrets in their query.
        "referer" | "location" => sanitizer.sanitize_text(value),
        name => sanitizer.sanitize(name, value),
    }
    .into_owned();
    match headers.iter_mut().find(|(known, _)| *known == name) {
        Some((_, values)) => values.push(value),
        None => headers.push((name, vec![value])),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

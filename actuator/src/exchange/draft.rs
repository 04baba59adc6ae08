//! One exchange while it is recorded: bytes in one buffer, and the shared place of its bodies.

use std::{ops::Range, sync::Arc, time::Duration};

use super::{ExchangeSettings, body::Bodies, moment::Moment};
use crate::support::uri_host::usable_host;

/// Bytes that one exchange may take; headers that do not fit are left out.
const MAX_BYTES: usize = 16 * 1024;
/// Of these, bytes that headers leave to what comes behind them: id, address, principal.
const NOT_FOR_HEADERS: usize = 512;
/// Bytes of a method that are kept.
const MAX_METHOD: usize = 32;
/// The longest host that is kept: names have up to 255 bytes.
const MAX_HOST: usize = 512;
/// Bytes of a path with its query that are kept.
const MAX_PATH: usize = 4 * 1024;
/// What of a buffer has grown beyond this is given back to the allocator after use.
const KEPT_BYTES: usize = 2 * 1024;
/// The smallest buffer.
const FIRST_BYTES: usize = 256;

/// Which half of an exchange something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Sent by the client.
    Request,
    /// Sent by the server.
    Response,
}

/// What a field of a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A header of the request.
    RequestHeader,
    /// A header of the response.
    ResponseHeader,
    /// The address of the peer; no name.
    RemoteAddress,
    /// The name of the caller; no name.
    Principal,
    /// The id of the request; no name.
    RequestId,
}

impl Field {
    const ALL: [Self; 5] = [
        Self::RequestHeader,
        Self::ResponseHeader,
        Self::RemoteAddress,
        Self::Principal,
        Self::RequestId,
    ];

    fn of(kind: u8) -> Option<Self> {
        Self::ALL.get(usize::from(kind)).copied()
    }
}

/// An exchange while it is recorded: one buffer, into which everything is copied in this order:
/// method, host, path with its query, then fields. Each field is a kind, a length of two bytes for
/// its name, one of two bytes for its value, and both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    bytes: Filled,
    scheme: &'static str,
    method_end: usize,
    host_end: usize,
    path_end: usize,
    weight: usize,
    /// When the request arrived, once the exchange has been recorded.
    pub(super) arrived: Option<Moment>,
    pub(super) time_taken: Option<Duration>,
    pub(super) status: u16,
    /// The bodies, if they are recorded: they end later than the heads.
    pub(super) bodies: Option<Arc<Bodies>>,
}

impl Draft {
    /// Forgets everything but the buffer.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.arrived = None;
        self.time_taken = None;
        self.bodies = None;
    }

    /// Counts the bytes that this takes in memory, used or not; with all that its bodies may come
    /// to.
    #[inline]
    pub(super) fn fix_weight(&mut self) {
        let bodies = self.bodies.as_ref().map_or(0, |bodies| bodies.weight());
        self.weight = size_of::<Box<Self>>() + size_of::<Self>() + self.bytes.capacity() + bodies;
    }

    /// The bytes that were counted.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// The request line: the method, scheme and host of the URI, and its path with the query, in
    /// parts that are put together. The host is what the caller has said: whether that can stand
    /// in a URI is looked at by who reads.
    #[inline]
    pub(crate) fn request(
        &mut self,
        method: &str,
        (scheme, host): (&'static str, &[u8]),
        path: &[&str],
    ) {
        self.scheme = scheme;
        let method = method.as_bytes();
        self.bytes.put(method.get(..MAX_METHOD).unwrap_or(method));
        self.method_end = self.bytes.end;
        // A part of a host would be another one.
        self.bytes.put(if host.len() <= MAX_HOST { host } else { &[] });
        self.host_end = self.bytes.end;
        let mut room = MAX_PATH;
        for part in path.iter().map(|part| part.as_bytes()).filter(|part| !part.is_empty()) {
            let part = part.get(..room).unwrap_or(part);
            self.bytes.put(part);
            room -= part.len();
        }
        self.path_end = self.bytes.end;
    }

    /// A header, unless it is one that is not recorded. The name is in lower case; all values of
    /// one name come one after the other.
    pub(crate) fn header(
        &mut self,
        direction: Direction,
        name: &str,
        value: &[u8],
        settings: &ExchangeSettings,
    ) {
        if settings.records_header(direction, name) {
            self.recorded_header(direction, name, value);
        }
    }

    /// As [`Self::header`], for one of which it is known that it is recorded.
    #[inline]
    pub(crate) fn recorded_header(&mut self, direction: Direction, name: &str, value: &[u8]) {
        let field = match direction {
            Direction::Request => Field::RequestHeader,
            Direction::Response => Field::ResponseHeader,
        };
        self.field(field, name.as_bytes(), value);
    }

    /// The address of the peer.
    pub(crate) fn remote_address(&mut self, address: &str) {
        self.field(Field::RemoteAddress, &[], address.as_bytes());
    }

    /// The name of the caller.
    pub(crate) fn principal(&mut self, name: &str) {
        self.field(Field::Principal, &[], name.as_bytes());
    }

    /// The id of the request. It is copied: what it was cut from may be a whole read buffer.
    #[inline]
    pub(crate) fn request_id(&mut self, id: &[u8]) {
        self.field(Field::RequestId, &[], id);
    }

    /// Where the bodies are put once they have ended.
    pub(crate) fn with_bodies(&mut self, bodies: Arc<Bodies>) {
        self.bodies = Some(bodies);
    }

    #[inline]
    fn field(&mut self, field: Field, name: &[u8], value: &[u8]) {
        let length = 5 + name.len() + value.len();
        let most = match field {
            Field::RequestHeader | Field::ResponseHeader => MAX_BYTES - NOT_FOR_HEADERS,
            Field::RemoteAddress | Field::Principal | Field::RequestId => MAX_BYTES,
        };
        if self.bytes.end + length > most {
            return;
        }
        // What fits has lengths of two bytes.
        let [n0, n1, ..] = name.len().to_le_bytes();
        let [v0, v1, ..] = value.len().to_le_bytes();
        let place = self.bytes.more(length);
        if let Some((head, rest)) = place.split_first_chunk_mut()
            && let Some((name_place, value_place)) = rest.split_at_mut_checked(name.len())
        {
            *head = [field as u8, n0, n1, v0, v1];
            name_place.copy_from_slice(name);
            value_place.copy_from_slice(value);
        }
    }

    /// The method, as it was sent.
    pub(super) fn method(&self) -> &[u8] {
        self.slice(0..self.method_end)
    }

    /// The absolute URI.
    pub(super) fn uri(&self) -> String {
        // Spring Boot Admin takes the URI apart, and what it cannot take apart hides all rows.
        let host = usable_host(self.slice(self.method_end..self.host_end));
        let path = String::from_utf8_lossy(self.slice(self.host_end..self.path_end));
        [self.scheme, "://", host, &path].concat()
    }

    /// The path, without its query.
    pub(super) fn path(&self) -> &[u8] {
        let path = self.slice(self.host_end..self.path_end);
        path.split(|byte| *byte == b'?').next().unwrap_or_default()
    }

    /// The fields with name and value, in the order of their recording.
    pub(super) fn fields(&self) -> impl Iterator<Item = (Field, &[u8], &[u8])> {
        let mut rest = self.slice(self.path_end..self.bytes.end);
        std::iter::from_fn(move || {
            let (&[kind, n0, n1, v0, v1], after) = rest.split_first_chunk()?;
            let (name, after) = after.split_at_checked(u16::from_le_bytes([n0, n1]).into())?;
            let (value, after) = after.split_at_checked(u16::from_le_bytes([v0, v1]).into())?;
            rest = after;
            Some((Field::of(kind)?, name, value))
        })
    }

    fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.room.get(range).unwrap_or_default()
    }
}

/// Bytes in a row, and behind them room for more that was written to before: so it takes one
/// comparison to find out whether more fit, of however many parts they are made.
#[derive(Debug, Default)]
struct Filled {
    room: Vec<u8>,
    /// Where the bytes end and the room begins.
    end: usize,
}

impl Filled {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.more(bytes.len()).copy_from_slice(bytes);
    }

    /// So many bytes more, which are to be written.
    #[inline]
    fn more(&mut self, length: usize) -> &mut [u8] {
        let (start, end) = (self.end, self.end + length);
        if end > self.room.len() {
            self.grow(end);
        }
        self.end = end;
        self.room.get_mut(start..end).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        self.room.resize(least.next_power_of_two().max(FIRST_BYTES), 0);
    }

    /// Forgets the bytes, and what is too much of the room.
    #[inline]
    fn clear(&mut self) {
        self.end = 0;
        if self.room.len() > KEPT_BYTES {
            self.room.truncate(KEPT_BYTES);
            self.room.shrink_to_fit();
        }
    }

    fn capacity(&self) -> usize {
        self.room.capacity()
    }
}

/// Who reads takes no more than there is.
impl Clone for Filled {
    fn clone(&self) -> Self {
        Self { room: self.room.get(..self.end).unwrap_or_default().to_vec(), end: self.end }
    }
}

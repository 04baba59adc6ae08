//! A request as it came, for operations of the application that want to see more than arguments.

use std::fmt;

use bytes::Bytes;

/// What a method of an [`endpoint`](macro@crate::endpoint) gets that asks for the request itself.
///
/// It has passed exposure, access, authentication and the rules for browsers as every other one. Its
/// body is at most 64 KiB long, and may be of any type.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WebRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Bytes,
}

impl WebRequest {
    /// `GET`, `HEAD`, `POST` or `DELETE`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as it was sent, with the base path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it was sent; empty if there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The first header of this name, in any case, if its value is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| str::from_utf8(value).ok())
    }

    /// All headers, names in lower case, in their order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The body; empty without one.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Values of headers and the body may be secret: they are not shown.
impl fmt::Debug for WebRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

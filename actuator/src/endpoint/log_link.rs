//! From an exchange to the lines of the log that were written for it.

use std::sync::{Arc, OnceLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is escaped of an id in a query.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Leads to `/logstream`, once it is known that this is served and where; until then nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogLink {
    path: Arc<OnceLock<String>>,
}

impl LogLink {
    /// Leads from one path below the base path to another. The link is relative, so that it is
    /// right whatever stands in front of both: a context path, a router that nests, a proxy.
    pub(crate) fn lead(&self, from: &str, to: &str) {
        let up = "../".repeat(from.matches('/').count());
        // It is put together once.
        let _ = self.path.set(format!("{up}{to}"));
    }

    /// The link to the lines of a request.
    pub(super) fn to(&self, request_id: &str) -> Option<String> {
        let path = self.path.get()?;
        Some(format!("{path}?request={}", utf8_percent_encode(request_id, ESCAPED)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_relative_and_its_id_is_escaped() {
        let link = LogLink::default();
        assert_eq!(link.to("a"), None);
        link.lead("httpexchanges", "logstream");
        assert_eq!(link.to("a-1.b&c=d").as_deref(), Some("logstream?request=a-1.b%26c%3Dd"));
        let mapped = LogLink::default();
        mapped.lead("http/last", "log/live");
        assert_eq!(mapped.to("a").as_deref(), Some("../log/live?request=a"));
    }
}

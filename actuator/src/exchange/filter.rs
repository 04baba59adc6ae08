//! Which exchanges a reader wants to see.

use super::{
    draft::{Draft, Field},
    settings::PathPattern,
};

/// What an exchange has to be like to be shown; by default all are.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExchangeFilter {
    /// The most that are shown.
    pub(crate) limit: Option<usize>,
    /// The status is one of these; of none, it may be any.
    pub(crate) statuses: Vec<StatusPattern>,
    /// The path of the URI is like this.
    pub(crate) path: Option<PathPattern>,
    /// The id of the request.
    pub(crate) request_id: Option<String>,
}

/// One status (`404`), or a class of them (`5xx`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusPattern {
    low: u16,
    high: u16,
}

impl StatusPattern {
    /// Three digits, or one digit and `xx`; `None` if it is something else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let class = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX"));
        let (low, size) = match class {
            Some(class) => (class.parse::<u16>().ok()?.checked_mul(100)?, 100),
            None => (text.parse().ok()?, 1),
        };
        (100..1_000).contains(&low).then_some(Self { low, high: low + size })
    }

    fn includes(self, status: u16) -> bool {
        (self.low..self.high).contains(&status)
    }
}

impl ExchangeFilter {
    /// Whether an exchange is wanted; the limit aside.
    pub(super) fn passes(&self, draft: &Draft) -> bool {
        let status = &self.statuses;
        (status.is_empty() || status.iter().any(|wanted| wanted.includes(draft.status)))
            && self.path.as_ref().is_none_or(|path| path.matches(draft.path()))
            && self.request_id.as_ref().is_none_or(|id| is_request(draft, id.as_bytes()))
    }
}

fn is_request(draft: &Draft, id: &[u8]) -> bool {
    draft.fields().any(|(field, _, value)| field == Field::RequestId && value == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_three_digits_or_a_class() {
        let includes = |text: &str, status| StatusPattern::parse(text).unwrap().includes(status);
        assert!(includes("404", 404) && !includes("404", 405));
        assert!(includes("5xx", 500) && includes("5XX", 599) && !includes("5xx", 600));
        for bad in ["", "xx", "5", "55xx", "0xx", "1000", "-1", "5x", "abc", "99999xx"] {
            assert_eq!(StatusPattern::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_path_is_that_of_the_uri_without_its_query() {
        for (path, expected) in [("/b/c?d=/e", "/b/c"), ("/", "/"), ("/a?b?c", "/a"), ("/*", "/*")]
        {
            let mut draft = Draft::default();
            draft.request("GET", ("http", b"a"), &[path]);
            assert_eq!(draft.path(), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn an_exchange_passes_if_it_is_like_all_that_was_asked_for() {
        let mut draft = Draft::default();
        draft.request("GET", ("http", b"a"), &["/orders/1?x=y"]);
        draft.request_id(b"abc");
        draft.status = 503;
        let passes = |status: &str, path: &str, id: Option<&str>| {
            ExchangeFilter {
                limit: None,
                statuses: StatusPattern::parse(status).into_iter().collect(),
                path: PathPattern::parse(path).ok(),
                request_id: id.map(str::to_owned),
            }
            .passes(&draft)
        };
        assert!(passes("", "", None) && passes("5xx", "/orders/*", Some("abc")));
        assert!(!passes("2xx", "/orders/*", Some("abc")));
        assert!(!passes("5xx", "/orders", Some("abc")));
        assert!(!passes("5xx", "/orders/*", Some("ab")));
    }
}

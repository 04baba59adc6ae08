//! One exchange as it is shown: text, with the secrets in it hidden.

use std::time::{Duration, SystemTime};

use super::{
    Direction,
    body::masked_pairs,
    draft::{Draft, Field},
    moment::Moment,
};
use crate::model::sanitizer::Sanitizer;

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
    /// The id of the request, by which its lines of the log are found.
    pub request_id: Option<String>,
    /// The request's headers, secrets hidden.
    pub request_headers: Headers,
    /// The request's body, if it is recorded and has ended.
    pub request_body: Option<ExchangeBody>,
    /// The status; 499 when the client went away before there was one.
    pub status: u16,
    /// The response's headers, secrets hidden.
    pub response_headers: Headers,
    /// The response's body, if it is recorded and has ended.
    pub response_body: Option<ExchangeBody>,
    /// How long it took, by the wall clock.
    pub time_taken: Option<Duration>,
}

/// A body, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeBody {
    /// The bytes that went by.
    pub size: u64,
    /// Its beginning, secrets hidden; `None` if it is no text.
    pub text: Option<String>,
    /// Whether the text is shorter than the body.
    pub is_truncated: bool,
    /// Whether it was sent and read to its end.
    pub is_complete: bool,
}

impl Draft {
    /// The exchange as text, with everything hidden that the sanitiser hides.
    pub(super) fn show(&self, sanitizer: &Sanitizer) -> Exchange {
        let body = |direction| {
            let body = self.bodies.as_ref().and_then(|bodies| bodies.get(direction));
            body.map(|body| body.show(sanitizer))
        };
        let mut exchange = Exchange {
            timestamp: self.arrived.map_or(SystemTime::UNIX_EPOCH, Moment::wall),
            method: text(self.method()),
            uri: masked_uri(&self.uri(), sanitizer),
            remote_address: None,
            principal: None,
            request_id: None,
            request_headers: Vec::new(),
            request_body: body(Direction::Request),
            status: self.status,
            response_headers: Vec::new(),
            response_body: body(Direction::Response),
            time_taken: self.time_taken,
        };
        for (field, name, value) in self.fields() {
            let value = text(value);
            match field {
                Field::RemoteAddress => exchange.remote_address = Some(value),
                Field::Principal => exchange.principal = Some(value),
                Field::RequestId => exchange.request_id = Some(value),
                Field::ResponseHeader => {
                    add(&mut exchange.response_headers, text(name), &value, sanitizer);
                }
                Field::RequestHeader => {
                    add(&mut exchange.request_headers, text(name), &value, sanitizer);
                }
            }
        }
        exchange
    }
}

fn add(headers: &mut Headers, name: String, value: &str, sanitizer: &Sanitizer) {
    let value = match name.as_str() {
        // These are credentials by definition, whatever the sanitiser was told.
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie" => {
            sanitizer.sanitize("password", value).into_owned()
        }
        // These hold URIs, which may carry secrets in their query.
        "referer" | "location" | "content-location" => masked_uri(value, sanitizer),
        name => sanitizer.sanitize(name, value).into_owned(),
    };
    // Values of one name stand together, so the last name is the only one to compare with: a
    // request of thousands of names costs no more than their number.
    match headers.last_mut().filter(|(last, _)| *last == name) {
        Some((_, values)) => values.push(value),
        None => headers.push((name, vec![value])),
    }
}

/// A URI with the secrets hidden that stand in it, also those whose names or values are escaped.
fn masked_uri(uri: &str, sanitizer: &Sanitizer) -> String {
    let (before, query, fragment) = split(uri);
    let clean = match query {
        Some(query) => format!("{before}?{}{fragment}", masked_pairs(query, sanitizer)),
        None => uri.to_owned(),
    };
    sanitizer.sanitize_text(&clean).into_owned()
}

/// What stands before the query, the query without `?`, and the fragment with its `#`.
fn split(uri: &str) -> (&str, Option<&str>, &str) {
    let (rest, fragment) = uri.split_at(uri.find('#').unwrap_or(uri.len()));
    match rest.split_once('?') {
        Some((before, query)) => (before, Some(query), fragment),
        None => (rest, None, fragment),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn a_uri_is_taken_apart_without_loss_and_its_secrets_go(
            odd in odd_text("[a-z:/?#=&%;]{0,40}"), secret in "[a-z0-9]{12}", fragment in "(#[a-z?=]{0,9})?",
        ) {
            let (before, query, fragment_of_odd) = split(&odd);
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            prop_assert!(!before.contains(['?', '#']) && !query.contains('#'));
            prop_assert_eq!(format!("{before}{query}{fragment_of_odd}"), odd.as_str());
            let sanitizer = Sanitizer::default();
            let shown = masked_uri(&odd, &sanitizer);
            prop_assert!(shown.len() <= 8 * odd.len() + 64, "{}", shown);
            let uri = format!("http://shop.example/a?page=2&password={secret}{fragment}");
            let shown = masked_uri(&uri, &sanitizer);
            prop_assert!(!shown.contains(&secret), "{}", shown);
            prop_assert!(shown.starts_with("http://shop.example/a?page=2&") && shown.ends_with(&fragment));
        }
    }
}

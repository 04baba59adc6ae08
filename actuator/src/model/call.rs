//! What an endpoint is asked: the operation, its arguments, and who asks.

use std::{borrow::Cow, fmt, net::IpAddr};

use super::{principal::Principal, problem::Problem, web_request::WebRequest};

/// The members of a JSON object in order: strings, numbers and booleans in their own spelling, or
/// `None` for JSON null.
pub type Members = Vec<(String, Option<String>)>;

/// One call of an operation. It holds no header and no method: `web` has consumed them.
#[derive(Debug)]
pub struct Call<'a> {
    /// Index of the operation in [`super::endpoint::Endpoint::operations`].
    pub operation: usize,
    /// The decoded path selectors, in order. A `Remaining` selector gives all its segments.
    pub selectors: Vec<Cow<'a, str>>,
    /// The decoded query parameters, in order, repeated ones repeated.
    pub query: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The members of the JSON body. Empty without a body.
    pub body: Members,
    /// Those members of the body that are objects, where the operation takes such.
    pub objects: Vec<(String, Members)>,
    /// The request as it came, where the operation takes it.
    pub request: Option<WebRequest>,
    /// The version of the actuator's JSON that the caller wants.
    pub version: ApiVersion,
    /// The caller, once authenticated.
    pub principal: Option<&'a Principal>,
    /// The address of the caller, as far as it is known and trusted proxies tell it.
    #[cfg_attr(not(feature = "debug"), allow(dead_code, reason = "nobody else asks"))]
    pub client: Option<IpAddr>,
    /// What the caller has seen last of a stream (`Last-Event-ID`): it goes on behind that.
    pub last_event_id: Option<&'a str>,
    /// The listener on which the call arrived.
    pub listener: Listener,
    /// The additional path by which the call arrived (`/livez`), if it did not come through the
    /// base path.
    pub additional_path: Option<&'a str>,
    /// Where the caller has found the service.
    pub root: Root<'a>,
}

/// The address under which the caller reaches the root of the listener, made when it is asked for:
/// `https://orders.example/shop`, without a slash at its end.
#[derive(Clone, Copy, Default)]
pub struct Root<'a>(pub Option<&'a (dyn Fn() -> String + Send + Sync)>);

impl Root<'_> {
    /// The address; `/` where it is not known.
    pub fn address(self) -> String {
        self.0.map_or_else(|| "/".to_owned(), |make| make())
    }
}

impl fmt::Debug for Root<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Root").field(&self.0.map(|make| make())).finish()
    }
}

impl Call<'_> {
    /// A call without arguments.
    #[cfg(test)]
    pub fn new(operation: usize) -> Self {
        Self {
            operation,
            selectors: Vec::new(),
            query: Vec::new(),
            body: Vec::new(),
            objects: Vec::new(),
            request: None,
            version: ApiVersion::V3,
            principal: None,
            client: None,
            last_event_id: None,
            listener: Listener::Application,
            additional_path: None,
            root: Root::default(),
        }
    }

    /// The selector at `index`; a problem if the operation has none there.
    pub fn selector(&self, index: usize) -> Result<&str, Problem> {
        self.selectors
            .get(index)
            .map(AsRef::as_ref)
            .ok_or_else(|| Problem::bad_request("Missing parameters: path"))
    }

    /// All values of one query parameter, in order.
    pub fn query_values<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c str> + 'c {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// A list, as Spring converts one: a single parameter is split at commas, several are not.
    pub fn query_list(&self, name: &str) -> Vec<&str> {
        let values: Vec<&str> =
            self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| &**value).collect();
        match values.as_slice() {
            [single] => single.split(',').map(str::trim).collect(),
            _ => values,
        }
    }

    /// A single-valued text parameter: repeated ones are joined by `,`, as Spring's conversion
    /// does. The body is looked at first, then the query, which wins (recorded: 4.1.0).
    pub fn text(&self, name: &str) -> Option<String> {
        let mut query = self.query_values(name).peekable();
        if query.peek().is_some() {
            return Some(query.collect::<Vec<_>>().join(","));
        }
        self.body.iter().rev().find(|(key, _)| key == name).and_then(|(_, value)| value.clone())
    }
}

/// The version of the actuator's JSON, by the `Accept` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiVersion {
    /// `application/vnd.spring-boot.actuator.v2+json`.
    V2,
    /// `application/vnd.spring-boot.actuator.v3+json`, the default.
    V3,
}

/// The listener on which a call arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listener {
    /// The application's port.
    Application,
    /// A management port of its own.
    Management,
}

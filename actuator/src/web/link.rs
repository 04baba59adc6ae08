//! The discovery page: absolute links to everything that is exposed.

use std::borrow::Cow;

use http::{Uri, request::Parts};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{exposure::Exposed, forwarded::public_address, host::named_host};
use crate::model::endpoint::Selector;

/// The address under which the caller reached the page, without a trailing slash:
/// `http://host:port/actuator`.
pub(crate) fn page_address(parts: &Parts, uri: &Uri) -> String {
    let host = named_host(uri, &parts.headers);
    let (scheme, host, prefix) = public_address(uri, &parts.extensions, host);
    let path = uri.path();
    format!("{scheme}://{host}{prefix}{}", path.strip_suffix('/').unwrap_or(path))
}

/// The address under which the caller reaches the root of the listener, or of what nests the API:
/// `http://host:port/shop`, without a trailing slash.
pub(crate) fn root_address(parts: &Parts, original: &Uri) -> String {
    let host = named_host(original, &parts.headers);
    let (scheme, host, prefix) = public_address(original, &parts.extensions, host);
    let nested_at = original.path().strip_suffix(parts.uri.path()).unwrap_or_default();
    format!("{scheme}://{host}{prefix}{nested_at}")
}

/// `{"_links":{"self":…,"health":…}}`. Every link carries a boolean `templated`: without it
/// Spring Boot Admin 4.1 throws the whole page away.
#[derive(Debug, Serialize)]
pub(crate) struct IndexDescriptor<'a> {
    #[serde(rename = "_links")]
    links: Links<'a>,
}

impl<'a> IndexDescriptor<'a> {
    /// The page at `address` with links to all operations of `endpoints`.
    pub(crate) fn new(address: String, endpoints: &'a [Exposed]) -> Self {
        Self { links: Links { address, endpoints } }
    }
}

#[derive(Debug)]
struct Links<'a> {
    address: String,
    endpoints: &'a [Exposed],
}

#[derive(Serialize)]
struct Link<'a> {
    href: Cow<'a, str>,
    templated: bool,
}

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut links = serializer.serialize_map(None)?;
        let own = Link { href: Cow::Borrowed(&self.address), templated: false };
        links.serialize_entry("self", &own)?;
        for endpoint in self.endpoints {
            // Operations of several methods on one path share a link.
            let mut paths: Vec<&[Selector]> = Vec::new();
            for (_, operation) in endpoint.operations() {
                if !paths.contains(&operation.selectors) {
                    paths.push(operation.selectors);
                }
            }
            for selectors in paths {
                let (key, path) = key_and_path(endpoint, selectors);
                let href = Cow::Owned(format!("{}/{path}", self.address));
                links.serialize_entry(&key, &Link { href, templated: !selectors.is_empty() })?;
            }
        }
        links.end()
    }
}

fn key_and_path(endpoint: &Exposed, selectors: &[Selector]) -> (String, String) {
    let mut key = endpoint.id().to_owned();
    let mut path = endpoint.path().to_owned();
    for selector in selectors {
        key.push('-');
        key.push_str(selector.name());
        path.push_str(match selector {
            Selector::One(_) => "/{",
            Selector::Remaining(_) => "/{*",
        });
        path.push_str(selector.name());
        path.push('}');
    }
    (key, path)
}

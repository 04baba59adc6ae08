//! The keys of c2cwsgiutils: which of its automatic metrics a series is, and its path.

use crate::meter::Tag;

/// The path of a metric, and its tags where tags are used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// `route`, `GET`, `/orders/{id}`, `200`
    pub(crate) parts: Vec<String>,
    /// In the order of their keys; none where tags are not used.
    pub(crate) tags: Vec<Tag>,
}

/// What c2cwsgiutils calls a request that no route took.
const NOT_FOUND: &str = "_not_found";
/// The uris of `http.server.requests` that are no routes.
const NO_ROUTES: [&str; 4] = ["NOT_FOUND", "REDIRECTION", "UNKNOWN", "_overflow_"];

/// The key of a series: that of c2cwsgiutils where it has the same, else the name, what is told of
/// it if it tells more than one thing, and the tags by their keys and values.
pub(crate) fn key(name: &str, mut tags: Vec<Tag>, told: Option<&str>, use_tags: bool) -> Key {
    if name == "http.server.requests" {
        return route(&tags, use_tags);
    }
    let mut parts: Vec<String> = name.split('.').chain(told).map(str::to_owned).collect();
    tags.sort();
    if use_tags {
        return Key { parts, tags };
    }
    parts.extend(tags.into_iter().flat_map(|tag| [tag.key, tag.value]));
    Key { parts, tags: Vec::new() }
}

/// `route.{verb}.{route}.{status}`, or `route` with method, route, status and group.
fn route(tags: &[Tag], use_tags: bool) -> Key {
    let value = |key: &str| tags.iter().find(|tag| tag.key == key).map_or("", |tag| &tag.value);
    let uri = value("uri");
    let route = if NO_ROUTES.contains(&uri) { NOT_FOUND } else { uri };
    let (method, status) = (value("method"), value("status"));
    let parts = if use_tags { vec!["route"] } else { vec!["route", method, route, status] };
    let parts = parts.into_iter().map(str::to_owned).collect();
    if !use_tags {
        return Key { parts, tags: Vec::new() };
    }
    let group = status.get(..1).unwrap_or_default();
    let of = |(key, value): (&str, &str)| Tag::new(key, value);
    let tags = [("group", group), ("method", method), ("route", route), ("status", status)];
    Key { parts, tags: tags.map(of).to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[(&str, &str)]) -> Vec<Tag> {
        tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect()
    }

    #[test]
    fn requests_are_routes_as_c2cwsgiutils_has_them() {
        let request = |uri, use_tags| {
            let tags =
                tags(&[("uri", uri), ("status", "404"), ("outcome", "X"), ("method", "GET")]);
            key("http.server.requests", tags, None, use_tags)
        };
        assert_eq!(request("/orders/{id}", false).parts, ["route", "GET", "/orders/{id}", "404"]);
        assert_eq!(request("NOT_FOUND", false).parts, ["route", "GET", "_not_found", "404"]);
        let tagged = request("/x", true);
        assert_eq!(tagged.parts, ["route"]);
        let expected = [("group", "4"), ("method", "GET"), ("route", "/x"), ("status", "404")];
        assert_eq!(tagged.tags, tags(&expected));
    }

    #[test]
    fn other_meters_keep_their_names() {
        let of = |use_tags| {
            let tags = tags(&[("url", "http://x"), ("pool", "db")]);
            key("jobs.import", tags, Some("active"), use_tags)
        };
        assert_eq!(of(true).parts, ["jobs", "import", "active"]);
        assert_eq!(of(true).tags, tags(&[("pool", "db"), ("url", "http://x")]));
        let path = ["jobs", "import", "active", "pool", "db", "url", "http://x"];
        assert_eq!(of(false).parts, path);
    }
}

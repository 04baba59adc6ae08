//! The keys of c2cwsgiutils: which of its automatic metrics a series is, and its path.

use crate::meter::{APPLICATION_INFO, Tag};

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

/// What c2cwsgiutils counts a call as that got no answer.
const NO_ANSWER: &str = "999";

/// The key of a series: that of c2cwsgiutils where it has the same, else the name, what is told of
/// it if it tells more than one thing, and the tags by their keys and values.
pub(crate) fn key(name: &str, mut tags: Vec<Tag>, told: Option<&str>, use_tags: bool) -> Key {
    let value = |key: &str| tags.iter().find(|tag| tag.key == key).map_or("", |tag| &tag.value);
    let automatic = match name {
        "http.server.requests" => Some(route(value)),
        "http.client.requests" => Some(requests(value)),
        "health.check.results" => Some(health_check(value)),
        APPLICATION_INFO => Some(version(value)),
        _ => None,
    };
    if let Some(automatic) = automatic {
        return automatic.key(use_tags);
    }
    let mut parts: Vec<String> = name.split('.').chain(told).map(str::to_owned).collect();
    tags.sort();
    if use_tags {
        return Key { parts, tags };
    }
    parts.extend(tags.into_iter().flat_map(|tag| [tag.key, tag.value]));
    Key { parts, tags: Vec::new() }
}

/// One of c2cwsgiutils' own metrics.
struct Automatic<'t> {
    name: &'static str,
    /// What follows the name without tags: some of their values.
    path: Vec<&'t str>,
    /// In the order of their keys.
    tags: Vec<(&'static str, &'t str)>,
}

impl Automatic<'_> {
    fn key(self, use_tags: bool) -> Key {
        let Self { name, path, tags } = self;
        let path = if use_tags { Vec::new() } else { path };
        let tags = if use_tags { tags } else { Vec::new() };
        Key {
            parts: std::iter::once(name).chain(path).map(str::to_owned).collect(),
            tags: tags.into_iter().map(|(key, value)| Tag::new(key, value)).collect(),
        }
    }
}

/// `route.{verb}.{route}.{status}`, or `route` with method, route, status and group.
fn route<'t>(value: impl Fn(&str) -> &'t str) -> Automatic<'t> {
    let uri = value("uri");
    let route = if NO_ROUTES.contains(&uri) { NOT_FOUND } else { uri };
    let (method, status) = (value("method"), value("status"));
    let group = status.get(..1).unwrap_or_default();
    Automatic {
        name: "route",
        path: vec![method, route, status],
        tags: vec![("group", group), ("method", method), ("route", route), ("status", status)],
    }
}

/// `requests.{scheme}.{host}.{port}.{verb}.{status}`, or `requests` with all of them.
fn requests<'t>(value: impl Fn(&str) -> &'t str) -> Automatic<'t> {
    let (scheme, host, port) = (value("url.scheme"), value("client.name"), value("server.port"));
    let (method, status) = (value("method"), value("status"));
    let status = if status.ends_with("_ERROR") { NO_ANSWER } else { status };
    Automatic {
        name: "requests",
        path: vec![scheme, host, port, method, status],
        tags: vec![
            ("host", host),
            ("method", method),
            ("port", port),
            ("scheme", scheme),
            ("status", status),
        ],
    }
}

/// `health_check.{name}.{outcome}`, or `health_check` with name and outcome.
fn health_check<'t>(value: impl Fn(&str) -> &'t str) -> Automatic<'t> {
    let (name, outcome) = (value("check"), value("outcome"));
    Automatic {
        name: "health_check",
        path: vec![name, outcome],
        tags: vec![("name", name), ("outcome", outcome)],
    }
}

/// `version.{hash}`, or `version` with it; the version where the commit is not known.
fn version<'t>(value: impl Fn(&str) -> &'t str) -> Automatic<'t> {
    let commit = value("commit");
    let version = if commit == "none" { value("version") } else { commit };
    Automatic { name: "version", path: vec![version], tags: vec![("version", version)] }
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
    fn calls_checks_and_the_build_are_what_c2cwsgiutils_has_of_them() {
        let keys = |name, own: &[(&str, &str)]| {
            let key = |use_tags| key(name, tags(own), None, use_tags);
            assert_eq!(key(false).tags, []);
            (key(false).parts.join(" "), key(true).parts.join(" "), key(true).tags)
        };
        let call = |status| {
            keys(
                "http.client.requests",
                &[
                    ("client.name", "shop"),
                    ("method", "GET"),
                    ("server.port", "80"),
                    ("status", status),
                    ("url.scheme", "http"),
                ],
            )
        };
        let (path, name, own) = call("404");
        assert_eq!((&*path, &*name), ("requests http shop 80 GET 404", "requests"));
        let expected = [
            ("host", "shop"),
            ("method", "GET"),
            ("port", "80"),
            ("scheme", "http"),
            ("status", "404"),
        ];
        assert_eq!(own, tags(&expected));
        assert_eq!(call("IO_ERROR").0, "requests http shop 80 GET 999");
        assert_eq!(call("CLIENT_ERROR").0, "requests http shop 80 GET 999");
        let check = [("check", "db/main"), ("outcome", "failure")];
        let (path, name, own) = keys("health.check.results", &check);
        assert_eq!((&*path, &*name), ("health_check db/main failure", "health_check"));
        assert_eq!(own, tags(&[("name", "db/main"), ("outcome", "failure")]));
        let build = |commit| keys(APPLICATION_INFO, &[("commit", commit), ("version", "1.2.3")]);
        let (path, name, own) = build("0af1");
        assert_eq!((&*path, &*name), ("version 0af1", "version"));
        assert_eq!(own, tags(&[("version", "0af1")]));
        assert_eq!(build("none").0, "version 1.2.3");
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

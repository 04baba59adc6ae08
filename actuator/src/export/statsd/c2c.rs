//! The keys of c2cwsgiutils: which of its automatic metrics a series is, and its path.

use super::naming::Told;
use crate::meter::Tag;

/// The path of a metric, and its tags where tags are used.
pub(super) struct Key {
    pub(super) parts: Vec<String>,
    pub(super) tags: Vec<Tag>,
}

/// What c2cwsgiutils calls a request that no route took.
const NOT_FOUND: &str = "_not_found";
/// The uris of `http.server.requests` that are no routes.
const NO_ROUTES: [&str; 4] = ["NOT_FOUND", "REDIRECTION", "UNKNOWN", "_overflow_"];

/// The key of a series: that of c2cwsgiutils where it has the same, else the name, and the tags by
/// their keys and values.
pub(super) fn key(name: &str, tags: Vec<Tag>, told: Told, use_tags: bool) -> Key {
    if name == "http.server.requests" {
        return route(&tags, use_tags);
    }
    let mut parts: Vec<String> = name.split('.').map(str::to_owned).collect();
    match told {
        Told::Active => parts.push("active".to_owned()),
        Told::Duration => parts.push("duration".to_owned()),
        Told::Count | Told::Value | Told::Sample => {}
    }
    if use_tags {
        return Key { parts, tags };
    }
    let mut tags = tags;
    tags.sort();
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
    use crate::export::statsd::naming::{Naming, Style};

    fn written(name: &str, tags: &[(&str, &str)], use_tags: bool, told: Told) -> String {
        let style = Style::C2c { tags: use_tags };
        let naming =
            Naming { style, prefix: "shop.".to_owned(), tags: vec![Tag::new("env", "prod")] };
        let tags = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        let named = naming.name(name, tags, told);
        format!("{}{}", named.before, named.after)
    }

    #[test]
    fn requests_are_routes_as_c2cwsgiutils_writes_them() {
        let request = |uri, use_tags| {
            let tags = [("method", "GET"), ("outcome", "X"), ("status", "404"), ("uri", uri)];
            written("http.server.requests", &tags, use_tags, Told::Sample)
        };
        assert_eq!(request("/orders/{id}", false), "shop.route.GET._orders__id_.404|#env:prod");
        assert_eq!(request("NOT_FOUND", false), "shop.route.GET._not_found.404|#env:prod");
        assert_eq!(
            request("/orders/{id}", true),
            "shop.route|#env:prod,group:4,method:GET,route:/orders/{id},status:404"
        );
    }

    #[test]
    fn other_meters_keep_their_names() {
        let tags = [("url", "http://x"), ("pool", "db")];
        let active = |use_tags| written("jobs.import", &tags, use_tags, Told::Active);
        assert_eq!(active(true), "shop.jobs.import.active|#env:prod,pool:db,url:http://x");
        assert_eq!(
            active(false),
            "shop.jobs.import.active.pool.db.url.http___x|#env:prod"
        );
    }
}

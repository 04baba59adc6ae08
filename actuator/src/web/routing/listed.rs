//! What axum tells of a router of its own: nothing but its text for debugging. Patterns and methods
//! are in it, and no promise that it stays as it is; what cannot be read is not known.
//!
//! ```text
//! Router { path_router: PathRouter { routes: {RouteId(0): MethodRouter(MethodRouter { get:
//! BoxedHandler, …, allow_header: Bytes(b"GET,HEAD") })}, node: Node { paths: {RouteId(0):
//! "/hello"} } }, …
//! ```

use std::{borrow::Cow, collections::BTreeMap};

use crate::model::mapping::Mapping;

/// How axum marks the routes that it adds for nested services.
const PRIVATE: &str = "__private__axum";

/// The routes in the text of a router, by their patterns.
pub(super) fn routes(router: &str) -> Vec<Mapping> {
    let Some((endpoints, paths)) = parts(router) else { return Vec::new() };
    let of_endpoint = |text: &str| {
        let (id, endpoint) = text.split_once("): ")?;
        Some((id.to_owned(), methods(endpoint)))
    };
    let mut endpoints: BTreeMap<String, Vec<Cow<'static, str>>> =
        endpoints.split("RouteId(").skip(1).filter_map(of_endpoint).collect();
    let mut routes: Vec<Mapping> = each_path(paths)
        .filter(|(_, pattern)| !pattern.contains(PRIVATE))
        .map(|(id, pattern)| {
            let methods = endpoints.remove(id).unwrap_or_default();
            Mapping { methods, ..Mapping::of_any_method(pattern) }
        })
        .collect();
    routes.sort_by(|a, b| a.pattern.cmp(&b.pattern));
    routes
}

/// The methods in the text of a method router; none for all of them.
pub(super) fn methods(router: &str) -> Vec<Cow<'static, str>> {
    let allowed = router.split_once("allow_header: Bytes(b\"");
    let allowed = allowed.and_then(|(_, text)| text.split_once('"')).map_or("", |(text, _)| text);
    // HEAD is there wherever GET is.
    let names = allowed.split(',').filter(|name| !matches!(*name, "" | "HEAD"));
    names.map(|name| name.to_owned().into()).collect()
}

/// The text of the endpoints, and that of the paths with what is behind it.
fn parts(router: &str) -> Option<(&str, &str)> {
    let (_, text) = router.split_once("routes: {")?;
    text.split_once("}, node: Node { paths: {")
}

/// `RouteId(0): "/hello"`, separated by commas.
fn each_path(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (id, path) = rest.strip_prefix("RouteId(")?.split_once("): \"")?;
        let (path, behind) = path.split_once('"')?;
        rest = behind.strip_prefix(", ").unwrap_or(behind);
        Some((id, path))
    })
}

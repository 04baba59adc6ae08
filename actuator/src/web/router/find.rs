//! From a path to what it names: the discovery page, an endpoint, or nothing.

use super::Management;
use crate::{
    model::{call::Listener, endpoint::SharedEndpoint},
    web::{
        path,
        refusal::Refusal,
        target::{Below, Operations, segments_of},
    },
};

/// An endpoint, what stands below its path, and the additional path by which it was found.
pub(super) type Found<'m, 'r> = (&'m SharedEndpoint, Below<'m, 'r>, Option<&'m str>);

/// What a path names.
pub(super) enum Named<'m, 'r> {
    /// The discovery page.
    Index,
    /// An endpoint.
    Endpoint(Found<'m, 'r>),
    /// Nothing.
    Nothing(Refusal),
}

/// A path outside the base path at which an endpoint answers (`/livez`).
#[derive(Clone, Debug)]
pub(crate) struct MountedPath {
    /// The path, with a leading slash.
    pub path: String,
    /// The listener on which it answers.
    pub listener: Listener,
    /// The endpoint that answers, exposed or not.
    pub endpoint: SharedEndpoint,
    /// Whether the endpoint's reads stand at and below the path, found by their selectors.
    /// Otherwise exactly this path answers, with the endpoint's first read.
    pub below: bool,
}

impl MountedPath {
    /// The raw segments below this path, if a request's path is one that it serves.
    fn rest<'r>(&self, full_path: &'r str) -> Option<&'r str> {
        let rest = full_path.strip_prefix(self.path.as_str())?;
        if rest.is_empty() {
            return Some(rest);
        }
        rest.strip_prefix('/').filter(|_| self.below)
    }
}

impl Management {
    /// What a path names.
    pub(super) fn find<'m, 'r>(&'m self, full_path: &'r str) -> Named<'m, 'r> {
        if self.is_index(full_path) {
            return Named::Index;
        }
        self.find_endpoint(full_path).map_or_else(Named::Nothing, Named::Endpoint)
    }

    /// The endpoint of a path, and the decoded segments below it.
    fn find_endpoint<'m, 'r>(&'m self, full_path: &'r str) -> Result<Found<'m, 'r>, Refusal> {
        let mounted =
            self.mounted.iter().find_map(|mounted| Some((mounted, mounted.rest(full_path)?)));
        if let Some((mounted, rest)) = mounted {
            let operations = if mounted.below { Operations::Reads } else { Operations::First };
            let segments = if full_path == mounted.path {
                Vec::new()
            } else {
                path::segments(rest)
                    .map_err(|_| Refusal::bad_request("the path cannot be decoded"))?
            };
            return Ok((&mounted.endpoint, Below { operations, segments }, Some(&mounted.path)));
        }
        let not_found = || Refusal::not_found(full_path);
        let below = full_path
            .strip_prefix(self.base_path.as_str())
            .and_then(|below| below.strip_prefix('/'))
            .ok_or_else(not_found)?;
        let mut segments = path::segments(below)
            .map_err(|_| Refusal::bad_request("the path cannot be decoded"))?;
        let found = self
            .endpoints
            .iter()
            .find_map(|exposed| Some((exposed, segments_of(exposed.path(), &segments)?)));
        let (exposed, own) = found.ok_or_else(not_found)?;
        segments.drain(..own);
        let operations = Operations::Exposed(exposed);
        Ok((exposed.endpoint(), Below { operations, segments }, None))
    }

    /// The page is at the base path without a slash; at the root, where there is none, at `/`.
    fn is_index(&self, full_path: &str) -> bool {
        let page = if self.base_path.is_empty() { "/" } else { &self.base_path };
        self.discovery && full_path == page
    }
}

//! What the service did on its way up, and what its binary is made of.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.startup.capacity" Number "2048" "How many steps of the start are kept; 0: none, and the endpoint startup does not exist.";
    "management.endpoint.sbom.application.location" Text "" "File with the bill of materials of the application, in place of the one of the build; with optional: before it, it may be missing.";
    "management.endpoint.sbom.application.media-type" Text "" "Media type of that file; found out by default.";
    "management.endpoint.sbom.additional.*.location" Text "" "File with a further bill of materials under this id; with optional: before it, it may be missing.";
    "management.endpoint.sbom.additional.*.media-type" Text "" "Media type of that file; found out by default.";
    "actuator.compat.c2c.versions.enabled" Bool "false" "Whether the packages of the build are also served as c2cwsgiutils' versions.json.";
    "actuator.compat.c2c.versions.path" Text "/c2c/versions.json" "Where c2cwsgiutils' versions.json is served.";
};

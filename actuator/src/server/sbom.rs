//! The bills of materials of a service: files that settings name, and its own packages.

use std::sync::Arc;

use super::further::Ground;
use crate::{
    endpoint::{Mount, SbomEndpoint},
    model::endpoint::SharedEndpoint,
    sbom::{Build, BuildFacts, Sboms},
};

/// The endpoint, unless there is nothing to show.
pub(super) fn endpoint(ground: &Ground<'_>) -> Option<SharedEndpoint> {
    let build = Build::find(facts(ground)).map(Arc::new);
    let sboms = Sboms::new(ground.basics.config.sbom.clone(), build);
    (!sboms.is_empty()).then(|| Arc::new(SbomEndpoint::new(sboms)) as SharedEndpoint)
}

/// Documents of the build for older clients.
pub(super) fn mounts(ground: &Ground<'_>) -> Vec<Mount> {
    let build = Build::find(facts(ground)).map(Arc::new);
    build.map(|build| ground.basics.config.versions.mounts(&build)).unwrap_or_default()
}

fn facts(ground: &Ground<'_>) -> BuildFacts {
    let known = ground.facts.map(|declared| declared.facts);
    BuildFacts {
        name: ground.application.to_owned(),
        version: ground.version.map(str::to_owned),
        group: known.and_then(|facts| facts.build.group),
        time: known.map(|facts| facts.build.time),
        commit: known
            .and_then(|facts| facts.git)
            .map(|git| (git.commit_id, git.tags.first().copied())),
        lock: known.and_then(|facts| facts.sbom),
        executable: std::env::current_exe().ok(),
    }
}

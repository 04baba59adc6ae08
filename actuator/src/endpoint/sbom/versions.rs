//! `versions.json` as c2cwsgiutils serves it: the commit, and the version of each package.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use crate::{
    endpoint::{Mount, health_view::mounted_path},
    model::{
        call::{Call, Listener},
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        problem::Problem,
        reply::Reply,
    },
    sbom::Build,
    settings::SettingsReader,
    support::open_file::blocking,
};

const PREFIX: &str = "actuator.compat.c2c.versions";
const OPERATIONS: &[Operation] = &[Operation::read(&[]).producing(Produces::Resource)];

/// Where it is served; nowhere by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct VersionsViewSettings {
    path: Option<String>,
}

impl VersionsViewSettings {
    /// Reads it; what is bad is remembered by the reader.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let is_on = reader.value_or(&format!("{PREFIX}.enabled"), false);
        let mut path = || mounted_path(reader, &format!("{PREFIX}.path"), "/c2c/versions.json");
        Self { path: is_on.then(&mut path) }
    }

    /// The document of a build, on the application's port and on a management port of its own.
    pub(crate) fn mounts(&self, build: &Arc<Build>) -> Vec<Mount> {
        let Some(path) = &self.path else { return Vec::new() };
        let endpoint = Arc::new(VersionsView { build: Arc::clone(build) });
        let mount = |listener| Mount {
            endpoint: endpoint.clone(),
            listener,
            path: path.clone(),
            below: false,
            setting: format!("{PREFIX}.path"),
        };
        [Listener::Application, Listener::Management].map(mount).into()
    }
}

/// The document.
#[derive(Debug)]
struct VersionsView {
    build: Arc<Build>,
}

#[derive(Serialize)]
struct Document<'b> {
    main: Main,
    packages: BTreeMap<&'b str, &'b str>,
}

/// What is not known is not there.
#[derive(Serialize)]
struct Main {
    #[serde(skip_serializing_if = "Option::is_none")]
    git_hash: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git_tag: Option<&'static str>,
}

fn write(build: &Build) -> Result<Vec<u8>, String> {
    let (packages, _) = build.packages()?;
    let (git_hash, git_tag) = build.facts.commit.unzip();
    // Of several versions of one package the last one is shown: there is a place for one only.
    let versions = packages.packages.iter().map(|package| (&*package.name, &*package.version));
    let main = Main { git_hash, git_tag: git_tag.flatten() };
    let document = Document { main, packages: versions.collect() };
    serde_json::to_vec(&document).map_err(|error| error.to_string())
}

impl Endpoint for VersionsView {
    fn id(&self) -> &'static str {
        "sbom"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        let build = Arc::clone(&self.build);
        Box::pin(async move {
            let written = blocking(move || Ok(write(&build))).await;
            let written = written.map_err(|error| Problem::internal(error.to_string()))?;
            let body = written.map_err(Problem::internal)?.into();
            let content_type = "application/json";
            Ok(Reply::Document { status: 200, content_type, headers: [].as_slice().into(), body })
        })
    }
}

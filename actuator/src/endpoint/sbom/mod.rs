//! `sbom`: which bills of materials there are, and each of them in ranges.

mod cyclonedx;
mod media_type;
mod versions;

use std::{
    io,
    path::Path,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use serde::Serialize;

use super::logfile::FileContent;
use crate::{
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::{Reply, Resource, ResourceContent},
    },
    sbom::{Build, Sbom, SbomFile, Sboms},
    support::{host::open_regular, open_file::blocking},
};

const ONE: usize = 1;
const OPERATIONS: [Operation; 2] = [
    Operation::read(&[]).doing("The ids of the bills of materials."),
    Operation::read(&[Selector::One("id")])
        .producing(Produces::Octets)
        .doing("A bill of materials, under its own media type.")
        .taking(&[Parameter::path("id", Shape::Text, "One of the ids.")]),
];

pub(crate) use versions::VersionsViewSettings;

/// The `sbom` endpoint.
#[derive(Debug)]
pub(crate) struct SbomEndpoint {
    sboms: Sboms,
    /// The document of the build, once somebody has asked for it.
    built: Arc<OnceLock<Result<Bytes, String>>>,
}

#[derive(Serialize)]
struct IdsDescriptor<'s> {
    ids: Vec<&'s str>,
}

impl SbomEndpoint {
    /// The endpoint of these.
    pub(crate) fn new(sboms: Sboms) -> Self {
        Self { sboms, built: Arc::default() }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        if call.operation != ONE {
            return Reply::json(&IdsDescriptor { ids: self.sboms.ids().collect() });
        }
        match self.sboms.get(call.selector(0)?) {
            None => Ok(Reply::NotFound),
            Some(Sbom::File(file)) => {
                let file = file.clone();
                // It was there when the service started; a file that is gone is told so by 404.
                let opened = blocking(move || Ok(open(&file).ok())).await;
                let opened = opened.map_err(|error| Problem::internal(error.to_string()))?;
                Ok(opened.map_or(Reply::NotFound, Reply::Resource))
            }
            Some(Sbom::Build(build)) => self.of_build(Arc::clone(build)).await,
        }
    }

    /// The document of this program, which is written only once, and not by a worker.
    async fn of_build(&self, build: Arc<Build>) -> EndpointResult {
        let built = Arc::clone(&self.built);
        let document = blocking(move || Ok(built.get_or_init(|| write(&build)).clone())).await;
        let document = document.map_err(|error| Problem::internal(error.to_string()))?;
        let content = document.map_err(Problem::internal)?;
        Ok(Reply::Resource(Resource {
            media_type: media_type::CYCLONEDX.into(),
            length: content.len() as u64,
            start: 0,
            file_name: None,
            content: Arc::new(Written(content)),
        }))
    }
}

fn write(build: &Build) -> Result<Bytes, String> {
    let (packages, origin) = build.packages()?;
    cyclonedx::document(&build.facts, &packages, origin).map(Bytes::from)
}

/// Opens the file of this moment, and finds out what it is.
fn open(known: &SbomFile) -> io::Result<Resource> {
    let path: &Path = &known.path;
    let file = open_regular(path, true)?;
    let length = file.metadata()?.len();
    let media_type = match &known.media_type {
        Some(media_type) => media_type.clone().into(),
        None => media_type::of(&file, path)?.into(),
    };
    let content = Arc::new(FileContent::new(file));
    Ok(Resource { media_type, length, start: 0, file_name: None, content })
}

/// A document in memory.
struct Written(Bytes);

impl ResourceContent for Written {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.0.len());
        let to = from.saturating_add(max).min(self.0.len());
        let part = self.0.slice(from..to);
        Box::pin(std::future::ready(Ok(part)))
    }
}

impl Endpoint for SbomEndpoint {
    fn id(&self) -> &'static str {
        "sbom"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What the program is made of: its packages, their licences, and what needs what."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

//! `logfiles`: the log file and its archives, listed and downloaded.

use std::sync::Arc;

use serde::Serialize;

use super::logfile::FileContent;
use crate::{
    logging::{ListedFile, LogFiles},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::{Reply, Resource},
        schema::{Member, Schema},
    },
    support::{open_file::blocking, time::iso_instant},
};

const OPERATIONS: [Operation; 2] = [
    Operation::read(&[]).doing("The files of the log.").answering(&[Answer::of(FILES)]),
    Operation::read(&[Selector::One("id")])
        .producing(Produces::Resource)
        .doing("One of the files, or a part of it.")
        .taking(&[Parameter::path("id", Shape::Text, "The id of a file, as the list has it.")])
        .answering(&[
            Answer::document("*/*", Schema::Any),
            Answer::part("*/*"),
            Answer::not_found("There is no such file."),
            Answer::no_part(),
        ]),
];
const FILES: Schema = Schema::Named(
    "LogFiles",
    &Schema::Object(&[Member::new(
        "files",
        Schema::List(&Schema::Object(&[
            Member::new("id", Schema::Text),
            Member::new("name", Schema::Text),
            Member::new("size", Schema::Integer),
            Member::new("modified", Schema::Instant),
            Member::new("current", Schema::Boolean),
            Member::new("compressed", Schema::Boolean),
        ])),
    )]),
);

/// Lists log files, and sends one.
#[derive(Debug)]
pub(crate) struct LogfilesEndpoint {
    files: Arc<LogFiles>,
}

#[derive(Serialize)]
struct LogfilesDescriptor {
    files: Vec<FileDescriptor>,
}

#[derive(Serialize)]
struct FileDescriptor {
    id: String,
    name: String,
    size: u64,
    modified: String,
    current: bool,
    compressed: bool,
}

impl From<ListedFile> for FileDescriptor {
    fn from(file: ListedFile) -> Self {
        Self {
            modified: iso_instant(file.modified),
            id: file.id,
            name: file.name,
            size: file.bytes,
            current: file.is_current,
            compressed: file.is_compressed,
        }
    }
}

impl LogfilesEndpoint {
    /// The endpoint of these files.
    pub(crate) fn new(files: LogFiles) -> Self {
        Self { files: Arc::new(files) }
    }

    async fn list(&self) -> EndpointResult {
        let files = Arc::clone(&self.files);
        let listed = blocking(move || Ok(files.list())).await;
        let listed = listed.map_err(|error| Problem::internal(error.to_string()))?;
        Reply::json(&LogfilesDescriptor { files: listed.into_iter().map(Into::into).collect() })
    }

    async fn download(&self, id: String) -> EndpointResult {
        let files = Arc::clone(&self.files);
        // What cannot be opened is not there: why, is nothing for a guest to know.
        let opened = blocking(move || {
            let (listed, file) = files.open(&id)?;
            let length = file.metadata()?.len();
            Ok((listed, length, file))
        });
        let Ok((listed, length, file)) = opened.await else { return Ok(Reply::NotFound) };
        Ok(Reply::Resource(Resource {
            media_type: media_type(&listed.name).into(),
            length,
            start: 0,
            file_name: Some(listed.name),
            content: Arc::new(FileContent::new(file)),
        }))
    }
}

impl Endpoint for LogfilesEndpoint {
    fn id(&self) -> &'static str {
        "logfiles"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The files of the log: the one that is written, and those before it."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            if call.operation == 0 {
                return self.list().await;
            }
            self.download(call.selector(0)?.to_owned()).await
        })
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "gz")) => "application/gzip",
        Some((_, "zst")) => "application/zstd",
        Some((_, "xz")) => "application/x-xz",
        Some((_, "bz2")) => "application/x-bzip2",
        _ => "text/plain;charset=UTF-8",
    }
}

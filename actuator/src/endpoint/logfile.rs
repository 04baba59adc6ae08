//! `logfile`: the log, from a file or from memory, to be served in ranges.

use std::{
    fs::File,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

use crate::{
    logging::LogSource,
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        problem::Problem,
        reply::{Reply, Resource, ResourceContent},
        schema::Schema,
    },
    support::{
        host::open_regular,
        open_file::{OpenFile, blocking},
    },
};

const MEDIA_TYPE: &str = "text/plain;charset=UTF-8";
const OPERATIONS: [Operation; 1] = [Operation::read(&[])
    .producing(Produces::Resource)
    .doing("The log, or a part of it.")
    .answering(&[
        Answer::document(MEDIA_TYPE, Schema::Text),
        Answer::part(MEDIA_TYPE),
        Answer::not_found("The file of the log is not there, or cannot be read."),
        Answer::no_part(),
    ])];

/// Serves the log. Bytes are sent as they are, without recoding.
#[derive(Debug)]
pub(crate) struct LogfileEndpoint {
    source: LogSource,
    follow_links: bool,
    /// Why the file could not be shown the last time.
    trouble: Arc<Mutex<Option<String>>>,
}

impl LogfileEndpoint {
    /// The endpoint of this log; whether its file may be a link.
    pub(crate) fn new(source: LogSource, follow_links: bool) -> Self {
        Self { source, follow_links, trouble: Arc::default() }
    }

    async fn answer(&self) -> EndpointResult {
        match &self.source {
            LogSource::Ring(ring) => {
                let snapshot = ring.snapshot();
                Ok(Reply::Resource(Resource {
                    media_type: MEDIA_TYPE.into(),
                    length: snapshot.end,
                    start: snapshot.start,
                    file_name: None,
                    content: Arc::new(snapshot),
                }))
            }
            LogSource::File(path) => {
                let (path, follow_links) = (path.clone(), self.follow_links);
                let trouble = Arc::clone(&self.trouble);
                let opened = blocking(move || {
                    let opened = open(&path, follow_links);
                    tell(&path, &opened, &trouble);
                    Ok(opened.ok())
                })
                .await;
                let opened = opened.map_err(|error| Problem::internal(error.to_string()))?;
                Ok(opened.map_or(Reply::NotFound, Reply::Resource))
            }
        }
    }
}

impl Endpoint for LogfileEndpoint {
    fn id(&self) -> &'static str {
        "logfile"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The log as it is written: its file, or what is kept of it in memory."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer())
    }
}

/// Opens the file of this very moment, so that a rotated file is never served from an old
/// handle. Fails if it is missing, unreadable, a link, or no regular file.
fn open(path: &Path, follow_links: bool) -> io::Result<Resource> {
    let file = open_regular(path, follow_links)?;
    let length = file.metadata()?.len();
    let content = Arc::new(FileContent::new(file));
    Ok(Resource { media_type: MEDIA_TYPE.into(), length, start: 0, file_name: None, content })
}

/// Says once why the file cannot be shown, whoever asks for it each second.
fn tell(path: &Path, opened: &io::Result<Resource>, trouble: &Mutex<Option<String>>) {
    let now = opened.as_ref().err().map(ToString::to_string);
    let before = {
        let mut kept = trouble.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *kept, now.clone())
    };
    if let Some(why) = now.filter(|now| before.as_ref() != Some(now)) {
        let remedy = if why.contains("link") {
            "; set actuator.logfile.follow-links=true if it is meant to be"
        } else {
            ""
        };
        tracing::warn!(
            target: "actuator::logfile",
            "the log file {} is not shown: {why}{remedy}", path.display()
        );
    }
}

/// The content of a file that is open.
pub(super) struct FileContent(OpenFile);

impl FileContent {
    /// The content of this file.
    pub(super) fn new(file: File) -> Self {
        Self(OpenFile::new(file))
    }
}

impl ResourceContent for FileContent {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(self.0.read(from, max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logging::{LogLine, LogRing};

    fn append(ring: &LogRing, text: &str) {
        ring.append(&LogLine { level: tracing::Level::INFO, target: "t", request_id: None, text });
    }

    async fn resource(source: LogSource) -> Option<Resource> {
        match LogfileEndpoint::new(source, false).invoke(Call::new(0)).await.unwrap() {
            Reply::Resource(resource) => Some(resource),
            Reply::NotFound => None,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_missing_file_and_a_folder_are_not_found() {
        let folder = std::env::temp_dir();
        assert!(resource(LogSource::File(folder.join("actuator-no-such-file"))).await.is_none());
        assert!(resource(LogSource::File(folder)).await.is_none());
    }

    #[tokio::test]
    async fn each_call_reads_the_file_that_has_the_name_now() {
        let path = std::env::temp_dir().join(format!("actuator-rotated-{}", std::process::id()));
        let source = LogSource::File(path.clone());
        for text in ["before rotation", "after"] {
            std::fs::remove_file(&path).ok();
            std::fs::write(&path, text).unwrap();
            let resource = resource(source.clone()).await.unwrap();
            assert_eq!((resource.start, resource.length), (0, text.len() as u64));
            assert_eq!(resource.content.read(2, 3).await.unwrap(), text.as_bytes()[2..5]);
            assert_eq!(resource.content.read(1_000, 3).await.unwrap(), "");
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn the_ring_is_served_under_absolute_offsets() {
        let ring = Arc::new(LogRing::new(4_096));
        for _ in 0..1_000 {
            append(&ring, "grüß\n");
        }
        append(&ring, "x\n");
        let resource = resource(LogSource::Ring(ring)).await.unwrap();
        assert!(resource.start > 0 && resource.start % 7 == 0, "{}", resource.start);
        assert_eq!(resource.length, 7_002);
        assert_eq!(resource.content.read(6_993, 100).await.unwrap(), "grüß\nx\n".as_bytes());
    }
}

//! `/actuator/info`: what is known about the build, the process and the application.
//!
//! Members as recorded from Spring Boot 4.1.0 and 3.5.14; `rust` stands where `java` would.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::{
    info::{
        Application, BuildFacts, FixedInfo, GitFacts, GitMode, HostFacts, InfoRegistry, RustFacts,
    },
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        reply::Reply,
        schema::{Member, Schema},
    },
    support::time::iso_instant,
};

const OPERATIONS: [Operation; 1] = [Operation::read(&[])
    .doing("What is known of build, process and application.")
    .answering(&[Answer::of(INFO)])];
/// Settings and sources add members of their own.
const INFO: Schema = Schema::Named(
    "Info",
    &Schema::Open(&[
        Member::optional("git", Schema::Map(&Schema::Any)),
        Member::optional("build", Schema::Map(&Schema::Any)),
        Member::optional("rust", Schema::Map(&Schema::Any)),
        Member::optional("os", Schema::Map(&Schema::Any)),
        Member::optional("process", Schema::Map(&Schema::Any)),
        Member::optional("ssl", Schema::Map(&Schema::Any)),
    ]),
);

/// The endpoint `info`.
#[derive(Debug)]
pub struct InfoEndpoint {
    subject: Arc<InfoRegistry>,
}

impl InfoEndpoint {
    /// Serves what this registry knows.
    pub fn new(subject: Arc<InfoRegistry>) -> Self {
        Self { subject }
    }
}

impl Endpoint for InfoEndpoint {
    fn id(&self) -> &'static str {
        "info"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What this service is, and what it was built from."
    }

    fn invoke<'a>(&'a self, _call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            let provided = self.subject.provided().await;
            Reply::json(&InfoDescriptor { fixed: self.subject.fixed(), provided })
        })
    }
}

/// The document: settings, sections and provided members side by side.
struct InfoDescriptor<'i> {
    fixed: &'i FixedInfo,
    provided: Vec<(&'i str, Value)>,
}

impl Serialize for InfoDescriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fixed = self.fixed;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &fixed.properties {
            map.serialize_entry(name, value)?;
        }
        if let Some((git, mode)) = &fixed.git {
            map.serialize_entry("git", &GitDescriptor::new(git, *mode))?;
        }
        if let Some(build) = &fixed.build {
            map.serialize_entry("build", &BuildDescriptor::from(build))?;
        } else if let Some(application) = &fixed.application {
            map.serialize_entry("build", &BuildDescriptor::from(application))?;
        }
        if let Some(rust) = &fixed.rust {
            map.serialize_entry("rust", &RustDescriptor::from(rust))?;
        }
        if let Some(os) = &fixed.os {
            map.serialize_entry("os", &OsDescriptor::from(os))?;
        }
        if let Some(process) = &fixed.process {
            map.serialize_entry("process", &ProcessDescriptor::from(process))?;
        }
        for (name, value) in &self.provided {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct GitDescriptor<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'f str>,
    commit: CommitDescriptor<'f>,
    /// Texts, as in `git.properties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dirty: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<RemoteDescriptor<'f>>,
}

impl GitDescriptor<'_> {
    fn new(facts: &GitFacts, mode: GitMode) -> Self {
        let is_full = mode == GitMode::Full;
        let id = if is_full {
            CommitIdDescriptor::Full { full: facts.commit_id, abbrev: facts.commit_id_abbrev }
        } else {
            CommitIdDescriptor::Simple(facts.commit_id_abbrev)
        };
        let url = facts.remote_url.filter(|_| is_full);
        Self {
            branch: facts.branch,
            commit: CommitDescriptor { id, time: facts.commit_time },
            tags: is_full.then(|| facts.tags.join(",")),
            // Recorded only if the derive asks for it, so shown in either mode.
            dirty: facts.dirty.map(|dirty| if dirty { "true" } else { "false" }),
            remote: url.map(|url| RemoteDescriptor { origin: OriginDescriptor { url } }),
        }
    }
}

#[derive(Serialize)]
struct CommitDescriptor<'f> {
    id: CommitIdDescriptor<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'f str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CommitIdDescriptor<'f> {
    Simple(&'f str),
    Full { full: &'f str, abbrev: &'f str },
}

#[derive(Serialize)]
struct RemoteDescriptor<'f> {
    origin: OriginDescriptor<'f>,
}

#[derive(Serialize)]
struct OriginDescriptor<'f> {
    url: &'f str,
}

#[derive(Serialize)]
struct BuildDescriptor<'f> {
    name: &'f str,
    version: &'f str,
    artifact: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'f str>,
}

impl From<&BuildFacts> for BuildDescriptor<'_> {
    fn from(facts: &BuildFacts) -> Self {
        Self {
            name: facts.name,
            version: facts.version,
            artifact: facts.artifact,
            group: facts.group,
            authors: (!facts.authors.is_empty()).then(|| facts.authors.replace(':', ", ")),
            time: Some(facts.time),
        }
    }
}

impl<'f> From<&'f Application> for BuildDescriptor<'f> {
    fn from(application: &'f Application) -> Self {
        let Application { name, version } = application;
        Self { name, version, artifact: name, group: None, authors: None, time: None }
    }
}

/// The compiler and its options.
#[derive(Serialize)]
pub(super) struct RustDescriptor<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'f str>,
    profile: &'f str,
    features: &'f [&'f str],
}

impl From<&RustFacts> for RustDescriptor<'_> {
    fn from(facts: &RustFacts) -> Self {
        let RustFacts { version, target, profile, features } = *facts;
        Self { version, target, profile, features }
    }
}

#[derive(Serialize)]
struct OsDescriptor<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'f str>,
    arch: &'f str,
}

impl<'f> From<&'f HostFacts> for OsDescriptor<'f> {
    fn from(facts: &'f HostFacts) -> Self {
        let (name, version) = (facts.os_name.as_deref(), facts.os_version.as_deref());
        Self { name, version, arch: &facts.arch }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProcessDescriptor<'f> {
    pid: u32,
    /// -1 if unknown.
    parent_pid: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'f str>,
    cpus: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    working_directory: Option<&'f str>,
}

impl<'f> From<&'f HostFacts> for ProcessDescriptor<'f> {
    fn from(facts: &'f HostFacts) -> Self {
        Self {
            pid: facts.pid,
            parent_pid: facts.parent_pid.map_or(-1, i64::from),
            owner: facts.owner.as_deref(),
            cpus: facts.cpus,
            start_time: facts.start_time.map(iso_instant),
            working_directory: facts.working_directory.as_deref(),
        }
    }
}

#[cfg(test)]
#[path = "info_tests.rs"]
mod tests;

//! What the program is made of, as far as the lock file and the manifests of the packages tell.
//!
//! The lock file knows every package of the workspace, for each target and for its tests. What is
//! left of it here is what the package that is being compiled reaches through dependencies that are
//! neither for tests nor for build scripts, on the target that is compiled for. Features cannot be
//! told apart: what another member of the workspace switches on is there too.

mod cfg;
mod graph;
mod lock;
mod manifest;
#[cfg(test)]
mod property_tests;
mod sources;

use std::{
    env,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use self::{cfg::Target, graph::Graph, lock::Lock};

/// A lock file with more packages is not read.
const MAX_PACKAGES: usize = 5_000;
/// The longest description of a package, in bytes.
const MAX_DESCRIPTION: usize = 200;

/// The packages of the program.
#[derive(Debug)]
pub(crate) struct Sbom {
    /// As `cargo auditable` writes them (`{"packages":[…]}`), with licences, checksums, descriptions
    /// and authors.
    pub(crate) json: String,
    /// The lock file, whose change makes it wrong.
    pub(crate) lock: PathBuf,
}

impl Sbom {
    /// Reads it for the package with the manifest in `folder`; `target` is the triple. `None` without
    /// a lock file that knows the package.
    pub(super) fn read(folder: &Path, target: Option<&str>) -> Option<Self> {
        let (name, version) =
            (env::var("CARGO_PKG_NAME").ok()?, env::var("CARGO_PKG_VERSION").ok()?);
        let args: Vec<String> =
            env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let target = Target::new(target.unwrap_or_default(), &args);
        folder.ancestors().find_map(|folder_of_lock| {
            let path = folder_of_lock.join("Cargo.lock");
            let lock = Lock::parse(&std::fs::read_to_string(&path).ok()?);
            if lock.packages.len() > MAX_PACKAGES {
                return None;
            }
            let root = lock.local(&name, &version)?;
            let graph = Graph::walk(&lock, root, folder, folder_of_lock, &target);
            Some(Self { json: graph_json(&lock, &graph), lock: path })
        })
    }
}

fn graph_json(lock: &Lock, graph: &Graph) -> String {
    let packages: Vec<Value> = graph
        .nodes
        .iter()
        .filter_map(|node| {
            let package = lock.packages.get(node.package)?;
            let mut json = Map::new();
            let mut put = |key: &str, value: Value| json.insert(key.to_owned(), value);
            put("name", json!(package.name));
            put("version", json!(package.version));
            put("source", json!(source(package.source.as_deref())));
            if let Some(checksum) = &package.checksum {
                put("checksum", json!(checksum));
            }
            if node.is_build_only {
                put("kind", json!("build"));
            }
            if node.is_root {
                put("root", json!(true));
            }
            if let Some(license) = &node.about.license {
                put("license", json!(license));
            }
            if let Some(description) = &node.about.description {
                put("description", json!(shortened(description)));
            }
            if !node.about.authors.is_empty() {
                put("authors", json!(node.about.authors));
            }
            if !node.dependencies.is_empty() {
                put("dependencies", json!(node.dependencies));
            }
            Some(Value::Object(json))
        })
        .collect();
    json!({ "packages": packages }).to_string()
}

/// As `cargo auditable` names sources; of others the address, without what it may hold of secrets.
fn source(source: Option<&str>) -> String {
    match source {
        None => "local".to_owned(),
        Some("registry+https://github.com/rust-lang/crates.io-index") => "crates.io".to_owned(),
        Some(other) => {
            let (scheme, rest) = other.split_once("://").unwrap_or(("", other));
            let host_at = rest.split('/').next().and_then(|host| host.rfind('@'));
            let rest = host_at.and_then(|at| rest.get(at + 1..)).unwrap_or(rest);
            if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
        }
    }
}

fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.get(..text.floor_char_boundary(MAX_DESCRIPTION)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_as_cargo_auditable_does_and_hold_no_credentials() {
        assert_eq!(source(None), "local");
        assert_eq!(
            source(Some("registry+https://github.com/rust-lang/crates.io-index")),
            "crates.io"
        );
        assert_eq!(
            source(Some("git+https://user:pw@git.example/shop?rev=1#abc")),
            "git+https://git.example/shop?rev=1#abc"
        );
    }

    #[test]
    fn a_long_description_is_one_short_line() {
        assert_eq!(shortened(" two\n  lines "), "two lines");
        assert_eq!(shortened(&"é".repeat(300)).len(), MAX_DESCRIPTION);
    }
}

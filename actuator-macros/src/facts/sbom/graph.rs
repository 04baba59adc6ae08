//! From a package to all that it is built with.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    cfg::Target,
    lock::Lock,
    manifest::{About, Dependency, Manifest},
    sources::{self, Sources},
};

/// What is reached; the first node is the package itself.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
}

/// A package that is reached.
#[derive(Debug)]
pub(super) struct Node {
    /// Its number in the lock file.
    pub(super) package: usize,
    pub(super) is_root: bool,
    /// It runs in the compiler: a procedural macro, or what only such are made of.
    pub(super) is_build_only: bool,
    is_proc_macro: bool,
    pub(super) about: About,
    /// The numbers of other nodes.
    pub(super) dependencies: Vec<usize>,
}

/// What the walk knows.
struct Walk<'w> {
    lock: &'w Lock,
    target: &'w Target,
    sources: Sources,
    /// The folder of the workspace, and its manifest.
    workspace: (&'w Path, Option<Manifest>),
    /// The folders of its members, by their number in the lock file.
    folders: BTreeMap<usize, PathBuf>,
}

impl Graph {
    /// Follows the dependencies of `root`, whose manifest is in `folder`.
    pub(super) fn walk(
        lock: &Lock,
        root: usize,
        folder: &Path,
        workspace: &Path,
        target: &Target,
    ) -> Self {
        let mut walk = Walk {
            lock,
            target,
            sources: Sources::of_cargo(),
            workspace: (workspace, sources::manifest_in(workspace)),
            folders: BTreeMap::from([(root, folder.to_path_buf())]),
        };
        let mut numbers = BTreeMap::from([(root, 0)]);
        let mut nodes: Vec<Node> = Vec::new();
        let mut order = vec![root];
        while let Some(&package) = order.get(nodes.len()) {
            let (mut node, dependencies) = walk.visit(package);
            for dependency in dependencies {
                let number = *numbers.entry(dependency).or_insert_with(|| {
                    order.push(dependency);
                    order.len() - 1
                });
                if !node.dependencies.contains(&number) {
                    node.dependencies.push(number);
                }
            }
            node.is_root = package == root;
            nodes.push(node);
        }
        let mut graph = Self { nodes };
        graph.mark();
        graph
    }

    /// Marks what is in the program itself, from the root on.
    fn mark(&mut self) {
        let mut waiting = vec![0];
        while let Some(number) = waiting.pop() {
            let Some(node) = self.nodes.get_mut(number) else { continue };
            if node.is_build_only && !node.is_proc_macro {
                node.is_build_only = false;
                waiting.extend(&node.dependencies);
            }
        }
    }
}

impl Walk<'_> {
    /// A package, and the numbers of those it needs.
    fn visit(&mut self, package: usize) -> (Node, Vec<usize>) {
        let manifest = match self.folders.get(&package) {
            Some(folder) => sources::manifest_in(folder),
            None => self.lock.packages.get(package).and_then(|known| self.sources.manifest(known)),
        };
        let workspace = self.workspace.1.as_ref();
        let node = Node {
            package,
            is_root: false,
            is_build_only: true,
            is_proc_macro: manifest.as_ref().is_some_and(|manifest| manifest.is_proc_macro),
            about: manifest.as_ref().map(|m| m.about_in(workspace)).unwrap_or_default(),
            dependencies: Vec::new(),
        };
        let mut dependencies = self.lock.dependencies(package);
        // Without a manifest it is not known which of them are for tests, or for other targets.
        if let Some(manifest) = &manifest {
            dependencies.retain(|dependency| self.needs(package, manifest, *dependency));
        }
        (node, dependencies)
    }

    /// Whether the manifest of `package` names `dependency`; where the folder of that is, is kept.
    fn needs(&mut self, package: usize, manifest: &Manifest, dependency: usize) -> bool {
        let Some(wanted) = self.lock.packages.get(dependency) else { return false };
        let (root, workspace) = &self.workspace;
        let inherited = |named: &Dependency| -> Option<Dependency> {
            if !named.is_inherited {
                return None;
            }
            workspace.as_ref()?.workspace_dependency(named).cloned()
        };
        let mut is_needed = false;
        for named in &manifest.dependencies {
            let from = inherited(named);
            let known = from.as_ref().unwrap_or(named);
            let is_for_target =
                named.target.as_deref().is_none_or(|target| self.target.takes(target));
            if known.name() != wanted.name || !is_for_target {
                continue;
            }
            is_needed = true;
            let Some(path) = known.path.as_ref().filter(|_| wanted.source.is_none()) else {
                continue;
            };
            let base = match (&from, self.folders.get(&package)) {
                (None, Some(folder)) => folder.clone(),
                _ => root.to_path_buf(),
            };
            self.folders.entry(dependency).or_insert_with(|| base.join(path));
        }
        is_needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This library's own lock file, through the eyes of one of its examples.
    fn walk(name: &str, folder: &str) -> (Lock, Graph) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = std::fs::read_to_string(workspace.join("Cargo.lock")).unwrap();
        let lock = Lock::parse(&text);
        let root = lock.packages.iter().position(|package| package.name == name).unwrap();
        let target = Target::new("x86_64-unknown-linux-gnu", &[]);
        let graph = Graph::walk(&lock, root, &workspace.join(folder), workspace, &target);
        (lock, graph)
    }

    #[test]
    fn what_is_for_tests_and_for_other_targets_is_not_reached() {
        let (lock, graph) = walk("quickstart", "examples/quickstart");
        let name = |node: &Node| lock.packages[node.package].name.as_str();
        let names: Vec<&str> = graph.nodes.iter().map(name).collect();
        assert!(graph.nodes[0].is_root && names[0] == "quickstart");
        for wanted in ["actuator", "actuator-macros", "axum", "tokio", "serde", "syn"] {
            assert!(names.contains(&wanted), "{wanted} in {names:?}");
        }
        for other in ["testkit", "trybuild", "proptest", "rcgen", "windows-sys", "winapi"] {
            assert!(!names.contains(&other), "{other} in {names:?}");
        }
    }

    #[test]
    fn macros_and_what_only_they_are_made_of_run_in_the_compiler() {
        let (lock, graph) = walk("quickstart", "examples/quickstart");
        let of = |name: &str| {
            graph.nodes.iter().find(|node| lock.packages[node.package].name == name).unwrap()
        };
        for name in ["actuator-macros", "syn", "quote"] {
            assert!(of(name).is_build_only, "{name}");
        }
        for name in ["actuator", "serde", "axum"] {
            assert!(!of(name).is_build_only, "{name}");
        }
        assert_eq!(of("actuator").about.license.as_deref(), Some("MIT OR Apache-2.0"));
        assert_eq!(of("axum").about.license.as_deref(), Some("MIT"));
    }
}

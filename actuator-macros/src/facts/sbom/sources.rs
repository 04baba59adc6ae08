//! Where the manifests of downloaded packages are: in cargo's folder of unpacked sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{lock::Package, manifest::Manifest};

/// The folders of unpacked packages, one for each registry.
#[derive(Debug)]
pub(super) struct Sources(Vec<PathBuf>);

impl Sources {
    /// Those of the cargo that compiles.
    pub(super) fn of_cargo() -> Self {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
        let folders = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
        let folders = folders.into_iter().flatten().filter_map(Result::ok);
        let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
        folders.sort();
        Self(folders)
    }

    /// The manifest of a package from a registry, if it is there.
    pub(super) fn manifest(&self, package: &Package) -> Option<Manifest> {
        let is_from_registry =
            |source: &String| source.starts_with("registry+") || source.starts_with("sparse+");
        package.source.as_ref().filter(|source| is_from_registry(source))?;
        let name = format!("{}-{}", package.name, package.version);
        self.0.iter().find_map(|folder| manifest_in(&folder.join(&name)))
    }
}

/// The manifest in a folder.
pub(super) fn manifest_in(folder: &Path) -> Option<Manifest> {
    Some(Manifest::parse(&fs::read_to_string(folder.join("Cargo.toml")).ok()?))
}

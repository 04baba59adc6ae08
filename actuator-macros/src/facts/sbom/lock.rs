//! `Cargo.lock`, which cargo writes line by line in one form only.

use std::collections::BTreeMap;

/// The packages of a lock file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    pub(super) packages: Vec<Package>,
    /// The numbers of the packages of a name: this runs unoptimised, and each is looked for often.
    by_name: BTreeMap<String, Vec<usize>>,
}

/// One of them.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// `registry+https://…`, `git+https://…`; `None` for a package of the workspace.
    pub(super) source: Option<String>,
    /// SHA-256 of what was downloaded, in hexadecimal digits.
    pub(super) checksum: Option<String>,
    /// `name`, `name version` or `name version (source)`, as far as it takes to be clear.
    dependencies: Vec<String>,
}

impl Lock {
    /// Reads one; what is not known is passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut packages: Vec<Package> = Vec::new();
        let mut in_package = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                in_package = line == "[[package]]";
                if in_package {
                    packages.push(Package::default());
                }
                continue;
            }
            let Some(package) = packages.last_mut().filter(|_| in_package) else { continue };
            if let Some((key, value)) = line.split_once(" = ") {
                let text = value.trim_matches('"').to_owned();
                match key {
                    "name" => package.name = text,
                    "version" => package.version = text,
                    "source" => package.source = Some(text),
                    "checksum" => package.checksum = Some(text),
                    _ => {}
                }
            } else if let Some(text) = line.strip_prefix('"') {
                package.dependencies.push(text.trim_end_matches(['"', ',']).to_owned());
            }
        }
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, package) in packages.iter().enumerate() {
            by_name.entry(package.name.clone()).or_default().push(number);
        }
        Self { packages, by_name }
    }

    /// The package of the workspace.
    pub(super) fn local(&self, name: &str, version: &str) -> Option<usize> {
        self.packages.iter().position(|package| {
            package.name == name && package.version == version && package.source.is_none()
        })
    }

    /// What a package depends on, by number.
    pub(super) fn dependencies(&self, package: usize) -> Vec<usize> {
        let dependencies = self.packages.get(package).map(|package| &package.dependencies);
        dependencies.into_iter().flatten().filter_map(|text| self.find(text)).collect()
    }

    fn find(&self, text: &str) -> Option<usize> {
        let mut words = text.splitn(3, ' ');
        let (name, version, source) = (words.next()?, words.next(), words.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        let is_meant = |number: &&usize| {
            self.packages.get(**number).is_some_and(|package| {
                version.is_none_or(|version| package.version == version)
                    && source.is_none_or(|source| package.source.as_deref() == Some(source))
            })
        };
        self.by_name.get(name)?.iter().find(is_meant).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_as_much_as_it_takes() {
        let lock = Lock::parse(
            r#"
version = 4

[[package]]
name = "shop"
version = "0.1.0"
dependencies = [
 "log",
 "rand 0.8.5",
]

[[package]]
name = "log"
version = "0.4.22"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "abc"

[[package]]
name = "rand"
version = "0.9.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "rand"
version = "0.8.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = [
 "log 0.4.22 (registry+https://github.com/rust-lang/crates.io-index)",
]

[metadata]
name = "not a package"
"#,
        );
        assert_eq!(lock.packages.len(), 4);
        assert_eq!(lock.local("shop", "0.1.0"), Some(0));
        assert_eq!(lock.local("log", "0.4.22"), None);
        assert_eq!(lock.dependencies(0), [1, 3]);
        assert_eq!(lock.dependencies(3), [1]);
        assert_eq!(lock.packages[1].checksum.as_deref(), Some("abc"));
    }
}

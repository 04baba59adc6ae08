//! The packages of a build, in the form in which `cargo auditable` embeds them in executables
//! (<https://github.com/rust-secure-code/cargo-auditable>, `cargo-auditable.schema.json`). What
//! `#[derive(ActuatorInfo)]` embeds is the same with some members more.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All of them.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Packages {
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// `crates.io`, `local`, `git`, `registry`, or an address.
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) kind: PackageKind,
    /// Whether it is the one that was built.
    #[serde(default)]
    pub(crate) root: bool,
    /// Its dependencies, as indices.
    #[serde(default)]
    pub(crate) dependencies: Vec<usize>,
    /// SHA-256 of what was downloaded, in hexadecimal digits.
    #[serde(default)]
    pub(crate) checksum: Option<String>,
    /// An SPDX expression.
    #[serde(default)]
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
}

/// Where a package runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PackageKind {
    /// It is in the program.
    #[default]
    Runtime,
    /// It runs while the program is built: build scripts and procedural macros.
    #[serde(other)]
    Build,
}

impl Packages {
    /// Reads them. Indices that lead nowhere are left out, and so are dependencies that would close
    /// a circle: who draws a tree would not come to an end.
    ///
    /// # Errors
    /// It is not of this form.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut packages: Self = serde_json::from_slice(json)?;
        packages.open_circles();
        Ok(packages)
    }

    /// The package that was built; `None` if there is none at all.
    pub(crate) fn root(&self) -> Option<&Package> {
        self.packages.iter().find(|package| package.root).or_else(|| self.packages.first())
    }

    /// Takes over what `other` knows of the same packages: checksums, licences, descriptions.
    pub(crate) fn enrich(&mut self, other: &Self) {
        let known: BTreeMap<(&str, &str), &Package> =
            other.packages.iter().map(|p| ((&*p.name, &*p.version), p)).collect();
        for package in &mut self.packages {
            let Some(known) = known.get(&(&*package.name, &*package.version)) else { continue };
            package.checksum = package.checksum.take().or_else(|| known.checksum.clone());
            package.license = package.license.take().or_else(|| known.license.clone());
            package.description = package.description.take().or_else(|| known.description.clone());
            if package.authors.is_empty() {
                package.authors.clone_from(&known.authors);
            }
        }
    }

    fn open_circles(&mut self) {
        let edges: Vec<Vec<usize>> =
            self.packages.iter().map(|package| package.dependencies.clone()).collect();
        let mut seen = vec![Seen::No; edges.len()];
        for package in &mut self.packages {
            package.dependencies.clear();
        }
        for start in 0..edges.len() {
            // Without recursion: a chain may be as long as the list.
            let mut way = vec![(start, 0)];
            while let Some((from, next)) = way.last_mut() {
                let from = *from;
                if *next == 0 && seen.get(from) != Some(&Seen::No) {
                    way.pop();
                    continue;
                }
                mark(&mut seen, from, Seen::OnTheWay);
                let Some(&to) = edges.get(from).and_then(|edges| edges.get(*next)) else {
                    mark(&mut seen, from, Seen::Yes);
                    way.pop();
                    continue;
                };
                *next += 1;
                let is_new = seen.get(to) == Some(&Seen::No);
                if to == from || !(is_new || seen.get(to) == Some(&Seen::Yes)) {
                    continue;
                }
                if let Some(package) = self.packages.get_mut(from)
                    && !package.dependencies.contains(&to)
                {
                    package.dependencies.push(to);
                }
                if is_new {
                    way.push((to, 0));
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    OnTheWay,
    Yes,
}

fn mark(seen: &mut [Seen], package: usize, state: Seen) {
    if let Some(place) = seen.get_mut(package) {
        *place = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(dependencies: &[&[usize]]) -> Packages {
        let packages = dependencies.iter().enumerate().map(|(number, dependencies)| {
            serde_json::json!({
                "name": format!("p{number}"), "version": "1.0.0", "source": "crates.io",
                "dependencies": dependencies,
            })
        });
        let json = serde_json::json!({ "packages": packages.collect::<Vec<_>>(), "format": 8 });
        Packages::parse(json.to_string().as_bytes()).unwrap()
    }

    fn edges(packages: &Packages) -> Vec<&[usize]> {
        packages.packages.iter().map(|package| package.dependencies.as_slice()).collect()
    }

    #[test]
    fn circles_are_opened_and_what_leads_nowhere_is_left_out() {
        assert_eq!(edges(&packages(&[&[1], &[2], &[0]])), [&[1][..], &[2], &[]]);
        assert_eq!(edges(&packages(&[&[0, 7, 1, 1], &[]])), [&[1][..], &[]]);
        let diamond: [&[usize]; 4] = [&[1, 2], &[3], &[3], &[]];
        assert_eq!(edges(&packages(&diamond)), diamond);
        let twice: [&[usize]; 4] = [&[2, 1], &[2, 3], &[1], &[0]];
        assert_eq!(edges(&packages(&twice)), [&[2, 1][..], &[3], &[1], &[]]);
    }

    #[test]
    fn a_chain_as_long_as_it_may_be_is_followed() {
        let chain: Vec<Vec<usize>> = (1..100_000).map(|next| vec![next]).collect();
        let chain: Vec<&[usize]> = chain.iter().map(Vec::as_slice).collect();
        assert_eq!(edges(&packages(&chain)).len(), chain.len());
    }

    #[test]
    fn what_cargo_auditable_writes_is_read_and_the_lock_file_adds_what_it_does_not_know() {
        let auditable = br#"{"packages":[
            {"name":"shop","version":"0.1.0","source":"local","dependencies":[1],"root":true},
            {"name":"syn","version":"2.0.0","source":"crates.io","kind":"build"}],"format":1}"#;
        let mut packages = Packages::parse(auditable).unwrap();
        assert_eq!(packages.root().unwrap().name, "shop");
        assert_eq!(packages.packages[1].kind, PackageKind::Build);
        let lock = br#"{"packages":[{"name":"syn","version":"2.0.0","source":"crates.io",
            "license":"MIT","checksum":"abc"}]}"#;
        packages.enrich(&Packages::parse(lock).unwrap());
        assert_eq!(packages.packages[1].license.as_deref(), Some("MIT"));
        assert_eq!(packages.packages[1].checksum.as_deref(), Some("abc"));
        assert_eq!(packages.packages[0].license, None);
    }
}

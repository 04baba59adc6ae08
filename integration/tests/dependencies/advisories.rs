//! Known holes of dependencies: `integration/advisories.tsv` is what `RustSec`'s advisory-db (public
//! domain, CC0) says of versions, in one line each, so that a bare machine can check it without a
//! network. `make advisories DB=path/to/advisory-db` renews it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use semver::{Version, VersionReq};

use crate::{deny, packages};

/// What is known of some versions of a crate.
struct Advisory {
    id: String,
    package: String,
    /// Versions that do not have it.
    patched: Vec<VersionReq>,
    unaffected: Vec<VersionReq>,
    /// `unmaintained` and the like; empty for a hole.
    informational: String,
    title: String,
}

impl Advisory {
    fn is_about(&self, package: &str, version: &Version) -> bool {
        let safe = self.patched.iter().chain(&self.unaffected);
        self.package == package && !safe.into_iter().any(|versions| versions.matches(version))
    }
}

#[test]
fn no_dependency_has_a_known_hole() {
    let advisories = advisories();
    assert!(advisories.len() > 1_000, "{} advisories", advisories.len());
    let deny = deny();
    let accepted: Vec<&str> = deny["advisories"]["ignore"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["id"].as_str())
        .collect();
    let mut found = Vec::new();
    let packages: Vec<_> = packages()
        .into_iter()
        .filter(|package| package["source"].is_string())
        .map(|package| {
            let text = |member: &str| package[member].as_str().unwrap().to_owned();
            (text("name"), text("version").parse::<Version>().unwrap())
        })
        .collect();
    println!("{} packages of the registry, {} advisories", packages.len(), advisories.len());
    for (package, version) in &packages {
        let about = advisories.iter().filter(|advisory| advisory.is_about(package, version));
        for advisory in about.filter(|advisory| !accepted.contains(&advisory.id.as_str())) {
            let kind =
                if advisory.informational.is_empty() { "hole" } else { &advisory.informational };
            found
                .push(format!("{package} {version}: {} ({kind}): {}", advisory.id, advisory.title));
        }
    }
    assert!(
        found.is_empty(),
        "update these, or accept them with a reason in deny.toml [advisories]:\n{}",
        found.join("\n")
    );
}

#[test]
fn versions_are_judged_as_rustsec_says() {
    let advisories = advisories();
    let about = |package: &str, version: &str, id: &str| {
        let version = version.parse().unwrap();
        advisories.iter().any(|advisory| advisory.id == id && advisory.is_about(package, &version))
    };
    // ANSI escapes of callers in the log.
    assert!(about("tracing-subscriber", "0.3.19", "RUSTSEC-2025-0055"));
    assert!(!about("tracing-subscriber", "0.3.20", "RUSTSEC-2025-0055"));
    assert!(!about("tracing", "0.1.0", "RUSTSEC-2025-0055"));
    // A flood of CONTINUATION frames; there are patches of two lines.
    assert!(
        about("h2", "0.3.25", "RUSTSEC-2024-0332") && about("h2", "0.4.3", "RUSTSEC-2024-0332")
    );
    assert!(!about("h2", "0.3.26", "RUSTSEC-2024-0332"));
}

fn file() -> PathBuf {
    actuator_integration::workspace().join("integration/advisories.tsv")
}

fn advisories() -> Vec<Advisory> {
    let text = fs::read_to_string(file()).unwrap();
    let versions = |text: &str| -> Vec<VersionReq> {
        let each = text.split('|').filter(|versions| !versions.is_empty());
        each.map(|versions| versions.parse().unwrap()).collect()
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, package, patched, unaffected, informational, title] = columns[..] else {
                panic!("six columns: {line}");
            };
            Advisory {
                id: id.to_owned(),
                package: package.to_owned(),
                patched: versions(patched),
                unaffected: versions(unaffected),
                informational: informational.to_owned(),
                title: title.to_owned(),
            }
        })
        .collect()
}

/// `make advisories` runs it: writes the file anew from a checkout of advisory-db.
#[test]
fn the_file_is_renewed_where_a_checkout_is_named() {
    let Some(db) = env::var_os("ADVISORY_DB") else { return };
    let mut lines = Vec::new();
    let mut folders = vec![Path::new(&db).join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(line) = line(&fs::read_to_string(path).unwrap()) {
                lines.push(line);
            }
        }
    }
    lines.sort();
    let newest = lines.iter().filter_map(|line| line.split('\t').next()).max().unwrap_or_default();
    let mut text = format!(
        "# RustSec's advisory-db, public domain (CC0), up to {newest}: `make advisories`\n"
    );
    for line in &lines {
        writeln!(text, "{line}").unwrap();
    }
    fs::write(file(), text).unwrap();
}

/// The line of an advisory: its head is TOML, its title the first heading. One that was withdrawn
/// has none.
fn line(text: &str) -> Option<String> {
    let (head, rest) = text.strip_prefix("```toml\n")?.split_once("```")?;
    let head: toml::Table = head.parse().unwrap();
    let advisory = head["advisory"].as_table()?;
    if advisory.contains_key("withdrawn") {
        return None;
    }
    let word = |name: &str| advisory.get(name).and_then(toml::Value::as_str).unwrap_or_default();
    let versions = |name: &str| {
        let list = head.get("versions").and_then(|versions| versions.get(name)?.as_array());
        let list = list.into_iter().flatten().filter_map(toml::Value::as_str);
        list.collect::<Vec<_>>().join("|")
    };
    let title = rest.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    let title = title.replace('\t', " ");
    let title =
        if title.contains(" was removed from ") { "It was malicious, and removed" } else { &title };
    let (patched, unaffected) = (versions("patched"), versions("unaffected"));
    let (id, package, informational) = (word("id"), word("package"), word("informational"));
    Some(format!("{id}\t{package}\t{patched}\t{unaffected}\t{informational}\t{}", title.trim()))
}

//! A list of packages as CycloneDX 1.6 (ECMA-424, <https://cyclonedx.org/docs/1.6/json/>).
//!
//! The same build gives the same bytes: the time is that of the build, which knows
//! `SOURCE_DATE_EPOCH`, and the serial number is made of the content.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::sbom::{BuildFacts, Origin, Package, PackageKind, Packages};

/// What a package URL leaves as it is (ECMA-427).
const PURL: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b':').remove(b'/');
/// The licences of Rust packages that are one SPDX id. Others, and expressions, are written as
/// names: the admin server's view shows ids and names only.
const IDS: [&str; 16] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "GPL-3.0-only",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// The document.
///
/// # Errors
/// There are no packages.
pub(super) fn document(
    facts: &BuildFacts,
    packages: &Packages,
    origin: Origin,
) -> Result<Vec<u8>, String> {
    let root = packages.root().ok_or("the list of packages is empty")?;
    let refs = refs(packages);
    let is_root = |package: &Package| std::ptr::eq(package, root);
    let with_refs = || packages.packages.iter().zip(&refs);
    let root_ref = with_refs().find(|(package, _)| is_root(package));
    let root_ref = root_ref.map(|(_, name)| name.as_str()).unwrap_or_default();
    let mut components: Vec<Component<'_>> = with_refs()
        .filter(|(package, _)| !is_root(package))
        .map(|(package, name)| Component::new(package, name))
        .collect();
    components.sort_by(|a, b| a.bom_ref.cmp(b.bom_ref));
    let mut dependencies: Vec<Dependency<'_>> =
        with_refs().map(|(package, name)| Dependency::new(package, name, &refs)).collect();
    // The root is the first: that is where the tree of the admin server begins.
    dependencies.sort_by_key(|dependency| (dependency.name != root_ref, dependency.name));
    let mut component = Component::new(root, root_ref);
    component.kind = "application";
    (component.name, component.group, component.scope) = (&facts.name, facts.group, None);
    component.version = facts.version.as_deref().unwrap_or(&root.version);
    let mut document = Document {
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: String::new(),
        version: 1,
        metadata: Metadata::new(facts.time, component, origin),
        components,
        dependencies,
        compositions: [Composition::new(root_ref, origin)],
    };
    let unnamed = serde_json::to_vec(&document).map_err(|error| error.to_string())?;
    document.serial_number = format!("urn:uuid:{}", uuid_of(&unnamed));
    serde_json::to_vec(&document).map_err(|error| error.to_string())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'d> {
    bom_format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    serial_number: String,
    version: u32,
    metadata: Metadata<'d>,
    components: Vec<Component<'d>>,
    dependencies: Vec<Dependency<'d>>,
    compositions: [Composition<'d>; 1],
}

#[derive(Serialize)]
struct Metadata<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'d str>,
    lifecycles: [Lifecycle; 1],
    tools: Tools,
    component: Component<'d>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Lifecycle {
    phase: &'static str,
}

#[derive(Serialize)]
struct Tools {
    components: [Tool; 1],
}

#[derive(Serialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: &'static str,
}

impl<'d> Metadata<'d> {
    fn new(timestamp: Option<&'d str>, component: Component<'d>, origin: Origin) -> Self {
        let source = match origin {
            Origin::Executable => "cargo-auditable",
            Origin::Lock => "Cargo.lock",
        };
        let mut properties = vec![Property { name: "actuator:sbom:source", value: source }];
        if origin == Origin::Lock {
            // Some may not have been linked; nothing that was is missing.
            properties.push(Property { name: "actuator:sbom:approximate", value: "true" });
        }
        let tool = Tool { kind: "library", name: "actuator", version: env!("CARGO_PKG_VERSION") };
        Self {
            timestamp,
            lifecycles: [Lifecycle { phase: "build" }],
            tools: Tools { components: [tool] },
            component,
            properties,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Component<'d> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    bom_ref: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'d str>,
    name: &'d str,
    version: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash<'d>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenseChoice<'d>>,
    purl: String,
}

#[derive(Serialize)]
struct Hash<'d> {
    alg: &'static str,
    content: &'d str,
}

#[derive(Serialize)]
struct LicenseChoice<'d> {
    license: License<'d>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum License<'d> {
    Id(&'d str),
    Name(Cow<'d, str>),
}

impl<'d> Component<'d> {
    fn new(package: &'d Package, bom_ref: &'d str) -> Self {
        let scope = match package.kind {
            PackageKind::Runtime => "required",
            PackageKind::Build => "excluded",
        };
        let is_sha256 =
            |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let checksum = package.checksum.as_deref().filter(is_sha256);
        let license = package.license.as_deref().filter(|license| !license.is_empty());
        Self {
            kind: "library",
            bom_ref,
            publisher: Some(package.authors.join(", ")).filter(|authors| !authors.is_empty()),
            group: None,
            name: &package.name,
            version: &package.version,
            description: package.description.as_deref().filter(|text| !text.is_empty()),
            scope: Some(scope),
            hashes: checksum.map(|content| Hash { alg: "SHA-256", content }).into_iter().collect(),
            licenses: license.map(license_choice).into_iter().collect(),
            purl: purl(package),
        }
    }
}

fn license_choice(text: &str) -> LicenseChoice<'_> {
    let license = if IDS.contains(&text) {
        License::Id(text)
    } else if text.contains('/') {
        // The form of packages from before SPDX expressions: "MIT/Apache-2.0".
        License::Name(text.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ").into())
    } else {
        License::Name(text.into())
    };
    LicenseChoice { license }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'d> {
    #[serde(rename = "ref")]
    name: &'d str,
    /// Also if it is empty: the admin server's tree wants it everywhere.
    depends_on: Vec<&'d str>,
}

impl<'d> Dependency<'d> {
    fn new(package: &Package, name: &'d str, refs: &'d [String]) -> Self {
        let depends_on = package.dependencies.iter().filter_map(|index| refs.get(*index));
        let mut depends_on: Vec<&str> = depends_on.map(String::as_str).collect();
        depends_on.sort_unstable();
        Self { name, depends_on }
    }
}

#[derive(Serialize)]
struct Composition<'d> {
    aggregate: &'static str,
    dependencies: [&'d str; 1],
}

impl<'d> Composition<'d> {
    fn new(root: &'d str, origin: Origin) -> Self {
        let aggregate = match origin {
            Origin::Executable => "complete",
            Origin::Lock => "unknown",
        };
        Self { aggregate, dependencies: [root] }
    }
}

/// A name for each package: its package URL, and a number behind it where two have the same.
fn refs(packages: &Packages) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let named = packages.packages.iter().map(|package| {
        let purl = purl(package);
        let mut name = purl.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{purl}#{number}");
            number += 1;
        }
        name
    });
    named.collect()
}

/// The package URL: `pkg:cargo/name@version`, with where it is from unless that is crates.io.
fn purl(package: &Package) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, PURL).to_string();
    let mut purl = format!("pkg:cargo/{}@{}", encoded(&package.name), encoded(&package.version));
    let source = package.source.as_str();
    // Writing to a String cannot fail.
    if source.starts_with("git+") {
        let (address, commit) = source.split_once('#').unwrap_or((source, ""));
        let address = address.split('?').next().unwrap_or_default();
        let at = if commit.is_empty() { "" } else { "@" };
        let _ = write!(purl, "?vcs_url={}", encoded(&format!("{address}{at}{commit}")));
    } else if let Some((_, address)) = source.split_once('+') {
        let _ = write!(purl, "?repository_url={}", encoded(address));
    }
    purl
}

/// A UUID that is made of content (version 8 of RFC 9562).
fn uuid_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let mut number = digest.iter().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
    number = number & !(0xf << 76) | 0x8 << 76;
    number = number & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
#[path = "cyclonedx_tests.rs"]
mod tests;

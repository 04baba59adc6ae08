//! Facts that were read while compiling, as `#[derive(ActuatorInfo)]` records them.
//!
//! Plain constants: the macro has read and checked everything, nothing is parsed at run time.

use crate::model::source::Source;

/// A type that carries the facts of its crate; made by `#[derive(ActuatorInfo)]`.
///
/// Derive it once, on any type without generics, in the crate of the program: name, version,
/// commit, compiler and features are read while compiling, and shown by `/actuator/info`. No
/// build script is needed; cargo compiles the crate again when the commit changes.
///
/// ```
/// #[derive(actuator::ActuatorInfo)]
/// struct Shop;
/// ```
///
/// Options stand in `#[actuator(…)]` on the type: `git = simple` (branch, commit and tags, the
/// default), `git = full` (the remote's address too, without credentials), `git = off`; `dirty`
/// (whether tracked files differed; not kept right by cargo when they change elsewhere);
/// `group = "com.example"`; `crate = ::path` for a renamed dependency.
#[diagnostic::on_unimplemented(
    message = "`{Self}` carries no facts of its build",
    note = "add `#[derive(actuator::ActuatorInfo)]` to `{Self}`"
)]
pub trait ActuatorInfo {
    /// The facts of the crate that holds the type.
    const FACTS: Facts;
}

/// What was known when a crate was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Name, version and time.
    pub build: BuildFacts,
    /// The commit; `None` without a repository that tracks the manifest.
    pub git: Option<GitFacts>,
    /// The compiler and its options.
    pub rust: RustFacts,
    /// The packages that the lock file knows, as JSON; `None` without a lock file, and where
    /// `#[actuator(sbom = off)]` leaves them out.
    pub sbom: Option<&'static str>,
}

/// What was built, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildFacts {
    /// The package's name.
    pub name: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The name of the binary, or of the library.
    pub artifact: &'static str,
    /// The group to which the package belongs, if `#[actuator(group = "…")]` gives one.
    pub group: Option<&'static str>,
    /// The authors of the manifest, separated by `:`; empty if it names none.
    pub authors: &'static str,
    /// When the crate was compiled, or what `SOURCE_DATE_EPOCH` says: ISO 8601, UTC.
    pub time: &'static str,
}

/// The commit that was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GitFacts {
    /// The branch; `None` if the checkout was detached.
    pub branch: Option<&'static str>,
    /// The full id, in hexadecimal digits.
    pub commit_id: &'static str,
    /// The abbreviated id.
    pub commit_id_abbrev: &'static str,
    /// When it was committed: ISO 8601, UTC.
    pub commit_time: Option<&'static str>,
    /// The tags that pointed at the commit.
    pub tags: &'static [&'static str],
    /// Whether tracked files differed from the commit; `None` unless asked for.
    pub dirty: Option<bool>,
    /// The address of the remote `origin`, without credentials; `None` unless asked for.
    pub remote_url: Option<&'static str>,
}

/// The compiler and its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RustFacts {
    /// The version of rustc: `1.95.0`.
    pub version: Option<&'static str>,
    /// The target triple.
    pub target: Option<&'static str>,
    /// The folder name of cargo's profile: `debug` for `dev` and `test`, `release`, or a custom
    /// profile's name.
    pub profile: &'static str,
    /// The enabled features of the crate that holds the type.
    pub features: &'static [&'static str],
}

/// The facts of one crate and where they were declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsDeclaration {
    /// The facts.
    pub facts: Facts,
    /// The type that derives them.
    pub source: Source,
}

/// What the compiler has to watch because the facts were read from it. Only generated code makes
/// one, in a constant that nobody uses.
#[derive(Clone, Copy, Debug)]
pub struct Tracked {
    /// A variable.
    pub variable: Option<&'static str>,
    /// Files.
    pub files: &'static [&'static [u8]],
}

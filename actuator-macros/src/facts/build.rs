//! Facts of the build: what it is called and when it was made.
//!
//! Name, version and authors are left to `env!` in the generated code, which reads them exactly
//! and tracks them. Only what needs thought is read here.

use std::{env, time::SystemTime};

use proc_macro2::Span;

use super::time;
use crate::problem::Problems;

/// The variable by which reproducible builds say what time it is
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub(crate) const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// Facts of the build.
#[derive(Debug)]
pub(crate) struct BuildFacts {
    /// The variable that holds the artifact's name: the binary's, or the library's.
    pub(crate) artifact_variable: &'static str,
    /// When this crate was compiled, or what `SOURCE_DATE_EPOCH` says.
    pub(crate) time: String,
}

impl BuildFacts {
    /// Reads the clock, or the variable that stands in for it.
    pub(super) fn read(problems: &mut Problems) -> Self {
        let artifact_variable = if env::var_os("CARGO_BIN_NAME").is_some() {
            "CARGO_BIN_NAME"
        } else {
            "CARGO_CRATE_NAME"
        };
        let seconds = match env::var(SOURCE_DATE_EPOCH) {
            Ok(text) => given_seconds(&text, problems),
            Err(_) => now(),
        };
        Self { artifact_variable, time: time::instant(seconds) }
    }
}

/// The specification asks to fail on a malformed value, rather than to build something that is
/// not reproducible.
fn given_seconds(text: &str, problems: &mut Problems) -> u64 {
    text.trim().parse().ok().filter(|seconds| *seconds < LAST_SECOND).unwrap_or_else(|| {
        problems.push(
            Span::call_site(),
            format!(
                "the environment variable {SOURCE_DATE_EPOCH} is \"{}\", expected seconds since \
                 1970, for example {SOURCE_DATE_EPOCH}=1787302900; correct or unset it",
                text.escape_debug()
            ),
        );
        0
    })
}

/// The first second of the year 10000, which the format cannot say.
const LAST_SECOND: u64 = 253_402_300_800;

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

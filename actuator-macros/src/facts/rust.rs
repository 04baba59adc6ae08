//! Facts of the compiler: version, target, profile and features.
//!
//! A macro runs inside the compiler, whose own arguments say what no variable does: cargo sets
//! `TARGET`, `PROFILE` and `CARGO_FEATURE_*` for build scripts only.

use std::{collections::BTreeSet, env, path::Path, process::Command};

/// Facts of the compiler.
#[derive(Debug)]
pub(crate) struct RustFacts {
    /// `1.95.0`; unknown if the compiler does not say.
    pub(crate) version: Option<String>,
    /// The target triple; unknown if neither arguments nor compiler say.
    pub(crate) target: Option<String>,
    /// The folder name of cargo's profile: `debug`, `release`, or the custom profile's.
    pub(crate) profile: Option<String>,
    /// Every feature that the manifest knows, enabled or not. Generated code asks the compiler
    /// for each.
    pub(crate) known_features: BTreeSet<String>,
}

impl RustFacts {
    /// Reads the compiler's arguments and asks it for its version.
    pub(super) fn read() -> Self {
        // Arguments that are not UTF-8 are paths that say nothing here.
        let args: Vec<String> =
            env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let verbose_version = verbose_version().unwrap_or_default();
        let line = |name: &str| {
            verbose_version.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
        };
        Self {
            version: line("release: "),
            target: option(&args, "--target").map(triple).or_else(|| line("host: ")),
            profile: option(&args, "--out-dir").and_then(profile),
            known_features: known_features(&args),
        }
    }
}

/// The answer of `rustc -vV`. The program that runs this is the compiler, except in an editor.
fn verbose_version() -> Option<String> {
    let current = env::current_exe().ok()?;
    let rustc = match current.file_stem().and_then(|name| name.to_str()) {
        Some("rustc") => current.into_os_string(),
        _ => env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
    };
    let output = Command::new(rustc).arg("-vV").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The value of `--name value` or `--name=value`.
fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(index, arg)| {
        let rest = arg.strip_prefix(name)?;
        if rest.is_empty() {
            return args.get(index + 1).map(String::as_str);
        }
        rest.strip_prefix('=')
    })
}

/// A custom target is given as a file: its name is the target's.
fn triple(target: &str) -> String {
    let file = Path::new(target);
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some(name) if file.extension().is_some_and(|kind| kind == "json") => name.to_owned(),
        _ => target.to_owned(),
    }
}

/// Cargo writes to `…/<profile>/deps` and `…/<profile>/examples`.
fn profile(out_dir: &str) -> Option<String> {
    let out_dir = Path::new(out_dir);
    let last = out_dir.file_name()?;
    if last != "deps" && last != "examples" {
        return None;
    }
    Some(out_dir.parent()?.file_name()?.to_str()?.to_owned())
}

/// The names in `--check-cfg cfg(feature, values("a", "b"))`, which cargo passes for each feature
/// of the manifest, implicit ones too, and in `--cfg feature="a"`.
fn known_features(args: &[String]) -> BTreeSet<String> {
    args.iter()
        .filter_map(|arg| {
            let arg = arg.strip_prefix("--check-cfg=").unwrap_or(arg);
            let arg = arg.strip_prefix("--cfg=").unwrap_or(arg);
            arg.strip_prefix("cfg(feature, values(").or_else(|| arg.strip_prefix("feature="))
        })
        // Names stand between quotes; a feature's name cannot hold one.
        .flat_map(|list| list.split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &[&str]) -> Vec<String> {
        line.iter().map(|arg| (*arg).to_owned()).collect()
    }

    #[test]
    fn features_are_those_that_cargo_declares_or_enables() {
        let args = args(&[
            "rustc",
            "--cfg",
            "feature=\"default\"",
            "--check-cfg",
            "cfg(docsrs,test)",
            "--check-cfg",
            "cfg(feature, values(\"c++20\", \"default\"))",
        ]);
        assert_eq!(known_features(&args).into_iter().collect::<Vec<_>>(), ["c++20", "default"]);
    }

    #[test]
    fn target_and_profile_stand_in_the_arguments() {
        let args =
            args(&["rustc", "--target", "/specs/tiny.json", "--out-dir=/t/tiny/release/deps"]);
        assert_eq!(option(&args, "--target").map(triple).as_deref(), Some("tiny"));
        assert_eq!(option(&args, "--out-dir").and_then(profile).as_deref(), Some("release"));
        assert_eq!(profile("/t/debug/build/x"), None);
        assert_eq!(triple("x86_64-unknown-linux-gnu"), "x86_64-unknown-linux-gnu");
    }
}

//! Whatever stands in the files of packages.

use std::fmt::Write as _;

use proptest::{prelude::*, sample::select};

use super::{
    cfg::Target,
    lock::Lock,
    manifest::{Dependency, Manifest},
};

/// Mostly texts of this form, a regular expression; else any characters.
fn odd_text(form: &'static str) -> impl Strategy<Value = String> {
    let any = prop::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter);
    prop_oneof![1 => any, 3 => form]
}

fn linux() -> Target {
    Target::new("x86_64-unknown-linux-gnu", &["--cfg".to_owned(), "mine".to_owned()])
}

/// What is known of it.
const KNOWN: &[(&str, bool)] =
    &[("unix", true), ("windows", false), ("mine", true), ("target_os = \"macos\"", false)];

/// An expression, and its value for that target.
fn expression() -> impl Strategy<Value = (String, bool)> {
    let leaf = select(KNOWN).prop_map(|(text, value)| (text.to_owned(), value));
    leaf.prop_recursive(5, 24, 4, |inner| {
        let not = inner.clone().prop_map(|(text, value)| (format!("not({text})"), !value));
        let many = (prop::collection::vec(inner, 0..4), any::<bool>());
        let many = many.prop_map(|(inner, is_all)| {
            let texts: Vec<&str> = inner.iter().map(|(text, _)| &**text).collect();
            let mut values = inner.iter().map(|(_, value)| *value);
            let value = if is_all { values.all(|v| v) } else { values.any(|v| v) };
            (format!("{}({} )", if is_all { "all" } else { "any" }, texts.join(" , ")), value)
        });
        prop_oneof![not, many]
    })
}

proptest! {
    #[test]
    fn the_condition_of_a_table_is_true_or_false_or_not_known(
        odd in odd_text("(cfg)?((all|any|not|unix|mine|[a-z_]{0,5}) ?([(),=\"]| )){0,12}"),
        known in expression(),
    ) {
        let _ = linux().takes(&odd);
        let _ = linux().takes(&format!("cfg({odd})"));
        prop_assert_eq!(linux().takes(&format!("cfg({})", known.0)), known.1, "{}", known.0);
        let _ = Target::new(&odd, std::slice::from_ref(&odd)).takes("cfg(unix)");
    }

    #[test]
    fn a_lock_file_is_read_as_far_as_it_can_be(
        text in odd_text(
            "((\\[\\[package\\]\\]|\\[[a-z]{0,3}\\]|name = \"[a-c]\"|version = \"[0-9.]{0,3}\"|source = \"x\"|\
             checksum = |dependencies = \\[| \"[a-c]?( [0-9.]{0,3}( \\(x\\))?)?\",?|\\])\n){0,24}",
        ),
        packages in prop::collection::btree_map("[a-z]{1,6}", "[0-9]\\.[0-9]", 1..6),
    ) {
        let lock = Lock::parse(&text);
        prop_assert!(lock.packages.len() <= text.lines().count());
        for package in 0..=lock.packages.len() {
            prop_assert!(lock.dependencies(package).iter().all(|known| *known < lock.packages.len()));
        }
        let mut written = String::from("version = 4\n");
        let names: Vec<String> = packages.keys().map(|name| format!(" \"{name}\",\n")).collect();
        for (name, version) in &packages {
            let names = names.concat();
            let _ = write!(
                written,
                "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [\n{names}]\n"
            );
        }
        let lock = Lock::parse(&written);
        let read = lock.packages.iter().map(|package| (package.name.clone(), package.version.clone()));
        prop_assert!(read.eq(packages.clone()));
        prop_assert_eq!(lock.dependencies(0), (0..packages.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_manifest_is_read_as_far_as_it_can_be(
        text in odd_text(
            "((\\[(package|workspace\\.package|dependencies|dependencies\\.[a-c]|target\\.'cfg\\(unix\\)'\\.dependencies|[a-c.'\"]{0,5})\\]?|\
             (name|license|description|authors|[a-c]|\"[a-c.]\")(\\.workspace)? ?= ?(true|\"[a-c\\\\#]{0,4}\"?|'[a-c]{0,3}'?|\
             \"\"\"[a-c\"]{0,3}|\\{ ?(path|package|workspace) = \"[a-c]\",? ?\\}?|\\[\"[a-c<@]{0,4}\",?\\]?))\n){0,12}",
        ),
        license in "[A-Za-z0-9. -]{1,12}",
        dependencies in prop::collection::btree_set("[a-z][a-z0-9_-]{0,6}", 0..6),
    ) {
        let manifest = Manifest::parse(&text);
        prop_assert!(manifest.dependencies.len() <= text.lines().count());
        let _ = manifest.about_in(Some(&manifest));
        for dependency in &manifest.dependencies {
            let _ = (dependency.name(), manifest.workspace_dependency(dependency));
        }
        let mut written = format!("[package]\nlicense = {license:?} # why\n[dependencies]\n");
        for (number, name) in dependencies.iter().enumerate() {
            let _ = match number % 3 {
                0 => writeln!(written, "{name} = \"1\""),
                1 => writeln!(written, "{name} = {{ version = \"1\", features = [\n  \"a\",\n] }}"),
                _ => writeln!(written, "\"{name}\".workspace = true"),
            };
        }
        let manifest = Manifest::parse(&written);
        prop_assert_eq!(manifest.about.license.as_deref(), Some(&*license));
        let read = manifest.dependencies.iter().map(Dependency::name);
        prop_assert!(read.eq(dependencies.iter().map(|name| &**name)), "{}", written);
    }
}

#[test]
fn a_condition_that_is_nested_without_end_is_not_known_and_ends_no_compiler() {
    for (open, inner) in [("all(", ""), ("not(", "windows"), ("any(", "unix,")] {
        let nested = format!("cfg({}{inner}{})", open.repeat(50_000), ")".repeat(50_000));
        assert!(linux().takes(&nested), "what is not known is taken");
    }
}

//! Whatever functions and files are called.

use proptest::prelude::*;

use super::names::{demangle, is_rust, module_of, short_file, split};
use crate::support::odd_text::odd_text;

proptest! {
    #[test]
    fn a_path_is_taken_apart_without_loss(
        path in odd_text("([a-z]{0,3}|::|<|>|->|\\{|\\}|\\(|\\)|\\[|\\]| as |,|::\\{\\{closure\\}\\}){0,16}"),
    ) {
        let (scope, name) = split(&path);
        prop_assert!(path.ends_with(name), "{}", path);
        prop_assert!(path.contains(scope) && scope.len() + name.len() <= path.len(), "{}", path);
        prop_assert!(!name.is_empty() || path.is_empty() || path.ends_with("::"), "{}", path);
    }

    #[test]
    fn a_symbol_is_readable_or_none_of_rusts(
        symbol in odd_text("_ZN([0-9]{1,3}[a-z$.0-9]{0,9}){0,5}(17h[0-9a-f]{16})?E?|_R[a-zA-Z0-9_]{0,40}"),
        names in prop::collection::vec("[a-z]{1,9}", 1..5),
    ) {
        if let Some(readable) = demangle(&symbol) {
            // Generic arguments are written out where they are meant again.
            prop_assert!(readable.len() <= 1_000_000);
        }
        let written: Vec<String> =
            names.iter().map(|name| format!("{}{name}", name.len())).collect();
        let mangled = format!("_ZN{}17h0123456789abcdefE", written.concat());
        prop_assert_eq!(demangle(&mangled), Some(names.join("::")));
    }

    #[test]
    fn a_file_loses_the_folders_of_the_machine(
        odd in odd_text("(/|[a-z]{1,3}|/src/|/library/|/registry/src/|-[0-9]|\\.rs|/mod|lib|main|\\./){0,10}\0?"),
        machine in "(/m[a-z]{6}){1,3}",
        file in "[a-z]{1,5}(/[a-z]{1,5}){0,2}\\.rs",
    ) {
        let short = short_file(&odd).into_owned();
        prop_assert!(short.len() <= odd.len());
        prop_assert!(!short.starts_with('/') || !odd.starts_with('/'), "{} of {}", short, odd);
        let _ = (is_rust(&odd), module_of(&odd), module_of(&short));
        let own = format!("{machine}/shop/src/{file}");
        prop_assert_eq!(short_file(&own), format!("shop/src/{file}"));
        let package = format!("shop-1.2.3/src/{file}");
        let fetched = format!("{machine}/registry/src/x/{package}");
        prop_assert_eq!(short_file(&fetched), package.as_str());
        let module = module_of(&package);
        prop_assert!(module.is_some_and(|module| module.starts_with("shop")));
    }
}

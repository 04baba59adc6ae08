//! What functions and files are called where people read them.

use std::{borrow::Cow, path::Path};

/// What a function belongs to, and its own name, of a demangled path:
/// `tokio::runtime::park::Inner` and `park`. Closures and generic arguments stay with the function
/// that they are of.
pub(super) fn split(path: &str) -> (&str, &str) {
    let mut end = path.len();
    while let Some(at) = last_separator(path.get(..end).unwrap_or_default()) {
        let name = path.get(at + 2..).unwrap_or_default();
        if !name.starts_with(['{', '<']) {
            return (own_type(path.get(..at).unwrap_or_default()), name);
        }
        end = at;
    }
    ("", path)
}

/// `<shop::Till>`, as newer symbols have it, is `shop::Till`; `<A as B>` stays.
fn own_type(scope: &str) -> &str {
    let inner = scope.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inner.filter(|inner| !inner.contains(" as ") && !inner.contains('>')).unwrap_or(scope)
}

/// The module that a file is, for functions whose debug information has only their bare name, as
/// that of inlined ones has where it is reduced to lines.
pub(super) fn module_of(file: &str) -> Option<String> {
    let (package, path) = match file.split_once("/src/") {
        Some((package, path)) => (last(package), path),
        None => ("crate", file.strip_prefix("src/")?),
    };
    // `tokio-1.54.1` is the package `tokio`.
    let version = package.match_indices('-').find(|(at, _)| {
        package.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    let package = version.and_then(|(at, _)| package.get(..at)).unwrap_or(package);
    let path = path.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let mut module = package.replace('-', "_");
    for part in path.split('/').filter(|part| !matches!(*part, "lib" | "main" | "mod")) {
        module.push_str("::");
        module.push_str(part);
    }
    Some(module)
}

/// The last `::` that is in no brackets.
fn last_separator(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    let mut depth = 0_i32;
    let mut found = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            // Not the arrow of `fn() -> T`.
            b'>' if at.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b'-') => {
                depth -= 1;
            }
            b')' | b']' | b'}' => depth -= 1,
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => found = Some(at),
            _ => {}
        }
    }
    found
}

/// The readable path of a function of Rust, without its hash; `None` if it is none of Rust's.
pub(super) fn demangle(symbol: &str) -> Option<String> {
    rustc_demangle::try_demangle(symbol).ok().map(|name| format!("{name:#}"))
}

/// A source file below the folder of its package: the folders of the machine on which it was
/// compiled say nothing, and may say too much.
pub(super) fn short_file(path: &str) -> Cow<'_, str> {
    let path = path.trim_end_matches('\0');
    if let Some((_, library)) = path.rsplit_once("/library/")
        && is_rust(path)
    {
        // The standard library: /rustc/<commit>/library/std/src/thread/mod.rs
        return library.trim_start_matches('/').into();
    }
    if let Some((_, below)) = path.rsplit_once("/registry/src/")
        && let Some((_, package)) = below.split_once('/')
    {
        return package.trim_start_matches('/').into();
    }
    if !path.starts_with('/') {
        return path.trim_start_matches("./").into();
    }
    let Some(at) = path.rfind("/src/") else { return last(path).into() };
    let below = path.get(at..).unwrap_or_default();
    match last(path.get(..at).unwrap_or_default()) {
        "" => below.trim_start_matches('/').into(),
        package => format!("{package}{below}").into(),
    }
}

/// Whether a file is one of Rust's.
pub(super) fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

/// What stands behind the last slash.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_before_the_function_with_its_closures_and_types() {
        let cases = [
            ("tokio::runtime::park::Inner::park", ("tokio::runtime::park::Inner", "park")),
            ("shop::main::{{closure}}", ("shop", "main::{{closure}}")),
            ("shop::run::{closure#0}::{closure#1}", ("shop", "run::{closure#0}::{closure#1}")),
            (
                "<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once",
                ("<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>", "call_once"),
            ),
            ("shop::call::<fn(u8) -> a::B, c::D>", ("shop", "call::<fn(u8) -> a::B, c::D>")),
            ("<shop::Till>::open", ("shop::Till", "open")),
            ("main", ("", "main")),
            ("{{closure}}", ("", "{{closure}}")),
            ("a::>b", ("a", ">b")),
            ("", ("", "")),
        ];
        for (path, expected) in cases {
            assert_eq!(split(path), expected, "{path}");
        }
    }

    #[test]
    fn a_hash_is_left_out_and_what_is_not_rusts_is_told() {
        let symbol = "_ZN4shop4till4open17h0123456789abcdefE";
        assert_eq!(demangle(symbol).as_deref(), Some("shop::till::open"));
        assert_eq!(demangle("epoll_wait"), None);
        assert_eq!(demangle("_ZNSt6vectorIiSaIiEE9push_backEOi"), None);
    }

    #[test]
    fn a_file_tells_its_module() {
        let cases = [
            ("tokio-1.54.1/src/runtime/park.rs", Some("tokio::runtime::park")),
            ("async-nats-0.1.0/src/lib.rs", Some("async_nats")),
            ("std/src/thread/mod.rs", Some("std::thread")),
            ("src/till.rs", Some("crate::till")),
            ("src/main.rs", Some("crate")),
            ("shop/src/till/open.rs", Some("shop::till::open")),
            ("till.rs", None),
            ("nptl/pthread_create.c", None),
        ];
        for (file, expected) in cases {
            assert_eq!(module_of(file).as_deref(), expected, "{file}");
        }
    }

    #[test]
    fn a_file_is_named_below_its_package() {
        let cases = [
            ("/rustc/e22c616e/library/std/src/thread/mod.rs", "std/src/thread/mod.rs"),
            (
                "/build/.cargo/registry/src/registry-6f17d22bba15001f/tokio-1.54.1/src/lib.rs",
                "tokio-1.54.1/src/lib.rs",
            ),
            ("src/main.rs", "src/main.rs"),
            ("/build/shop/src/till/open.rs", "shop/src/till/open.rs"),
            ("/build/shop/benches/till.rs", "till.rs"),
            ("/src/main.rs", "src/main.rs"),
            ("./nptl/pthread_create.c", "nptl/pthread_create.c"),
            ("", ""),
        ];
        for (path, expected) in cases {
            assert_eq!(short_file(path), expected, "{path}");
        }
    }
}

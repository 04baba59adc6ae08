//! The invariants of `ARCHITECTURE.md`, read from the sources.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use std::{
    fs,
    path::{Path, PathBuf},
};

const SUBJECTS: &[&str] = &[
    "audit",
    "cache",
    "certs",
    "custom",
    "env",
    "exchange",
    "health",
    "info",
    "limits",
    "logging",
    "memory",
    "meter",
    "migration",
    "sbom",
    "scheduling",
    "security",
    "session",
    "startup",
    "task",
    "thread",
];

/// A source file without its tests and comments, and where it lives.
struct Source {
    /// Relative to `src`, with slashes.
    path: String,
    text: String,
    code: String,
}

fn sources(root: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    collect(root, &mut files);
    files.sort();
    assert!(files.len() > 10, "the sources are not where this test looks: {}", root.display());
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            let code = product
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            Source { path, text, code }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn runtime() -> Vec<Source> {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn product(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| !source.path.contains("test") && !source.path.contains("fake_"))
}

/// Whether the code uses the crate `name`: as a path or in a `use`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
            || code[..at].ends_with(" ::")
    })
}

#[test]
fn each_library_is_named_only_in_its_rooms() {
    let rooms: &[(&str, &[&str])] = &[
        ("tikv_jemalloc_ctl", &["profile/heap/jemalloc.rs"]),
        ("axum", &["web/", "server/", "macros.rs"]),
        ("hyper", &["web/", "server/"]),
        ("hyper_util", &["server/listener/"]),
        ("listenfd", &["server/listener/inherited.rs"]),
        ("http", &["client/", "web/", "server/"]),
        ("reqwest", &["admin/", "client/reqwest.rs", "client/mod.rs", "support/outgoing/"]),
        ("rustls", &["support/outgoing/", "server/tls/"]),
        ("tokio_rustls", &["support/outgoing/", "server/tls/"]),
        ("sysinfo", &["support/host"]),
        ("rustix", &["support/host"]),
        ("inventory", &["registry/", "__private.rs"]),
        ("croner", &["scheduling/cron.rs"]),
        ("jiff", &["scheduling/cron.rs"]),
        ("metrics", &["facade/"]),
        ("toml", &["settings/format/"]),
        ("saphyr_parser", &["settings/format/yaml/"]),
        (
            "sqlx",
            &[
                "health/builtin/database/",
                "meter/builtin/pool/",
                "migration/",
                "support/database/",
                "web/errors/database/",
            ],
        ),
        ("tower_sessions_core", &["session/tower_store.rs", "server/session_store.rs"]),
        ("bb8", &["meter/builtin/pool/bb8.rs"]),
        ("deadpool", &["meter/builtin/pool/deadpool.rs"]),
        ("moka", &["cache/moka.rs", "meter/builtin/cache/"]),
        ("quick_cache", &["cache/quick_cache.rs", "meter/builtin/cache/quick_cache.rs"]),
        ("redis", &["health/builtin/"]),
        ("opentelemetry_proto", &["export/otlp/"]),
        ("prost", &["export/otlp/"]),
        ("addr2line", &["profile/symbols.rs"]),
        ("framehop", &["thread/stacks/unwind.rs"]),
        ("libc", &["thread/stacks/capture.rs"]),
        ("object", &["profile/"]),
        ("rustc_demangle", &["profile/names.rs"]),
        ("argon2", &["security/password/"]),
        ("bcrypt", &["security/password/"]),
        ("subtle", &["security/compare.rs"]),
        ("hmac", &["security/compare.rs"]),
        ("getrandom", &["security/compare.rs"]),
    ];
    let mut found = Vec::new();
    let sources = runtime();
    for source in product(&sources) {
        for (name, allowed) in rooms {
            let at_home = allowed.iter().any(|room| source.path.starts_with(room));
            if !at_home && names_crate(&source.code, name) {
                found.push(format!("{} names {name}", source.path));
            }
        }
        for place in ["/proc", "/sys"] {
            let named = source.code.contains(&format!("\"{place}"));
            if named && !source.path.starts_with("support/host") {
                found.push(format!("{} names {place}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The groups of `use crate::{…};`.
fn crate_imports(code: &str) -> String {
    code.match_indices("use crate::{")
        .filter_map(|(at, _)| code[at..].split_once(';'))
        .map(|(group, _)| group)
        .collect()
}

#[test]
fn no_subject_names_another_and_none_names_the_floors_above() {
    let above = [
        "server",
        "web",
        "admin",
        "client",
        "facade",
        "webhook",
        "probe",
        "export",
        "sentry",
        "endpoint",
        "exposition",
    ];
    let mut found = Vec::new();
    let sources = runtime();
    for source in product(&sources) {
        let Some((room, _)) = source.path.split_once('/') else { continue };
        // The facade of the `metrics` crate is an edge of one subject.
        let subject = if room == "facade" { "meter" } else { room };
        if !SUBJECTS.contains(&subject) {
            continue;
        }
        let others = SUBJECTS.iter().chain(&above);
        for other in others.filter(|other| **other != room && **other != subject) {
            let imported = crate_imports(&source.code);
            if source.code.contains(&format!("crate::{other}::"))
                || imported.contains(&format!("    {other}::"))
                || imported.contains(&format!("crate::{{{other}::"))
            {
                found.push(format!("{} names {other}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn web_knows_no_concrete_endpoint_and_no_subject_beside_those_it_records_for() {
    let sources = runtime();
    let found: Vec<_> = product(&sources)
        .filter(|source| source.path.starts_with("web/"))
        .filter(|source| {
            source.code.contains("crate::endpoint")
                || source.code.contains("    endpoint::{") && source.code.contains("HealthEndpoint")
        })
        .map(|source| &source.path)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// What a process has once: the slot of its errors, the handler of a signal, the list of tasks that
/// are spawned where nothing of a service is at hand.
const OF_PROCESS: [&str; 4] =
    ["__private.rs", "sentry/slot.rs", "task/registry.rs", "thread/stacks/capture.rs"];

#[test]
fn only_the_handler_of_a_signal_is_unsafe_and_each_of_its_blocks_says_why_it_is_not() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in
        ["actuator/src", "actuator-macros/src", "backends", "benches", "examples", "testkit"]
    {
        collect(&repository.join(folder), &mut files);
    }
    let word = concat!("uns", "afe");
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let is_home = file.ends_with("actuator/src/thread/stacks/capture.rs");
        for (index, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let is_used = code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word);
            let is_allowed = code.contains(&format!("allow({word}_code"));
            // The proof stands within the comment before the statement.
            let before = lines[index.saturating_sub(14)..index].iter();
            let is_proven = before.clone().any(|line| line.contains("// SAFETY: "));
            if is_used && !(is_home && is_proven) || is_allowed && !is_home {
                found.push(format!("{}:{}", file.display(), index + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn state_is_static_only_where_the_process_has_it_once() {
    let sources = runtime();
    let found: Vec<_> = product(&sources)
        .filter(|source| !source.path.starts_with("logging/"))
        .filter(|source| !OF_PROCESS.contains(&source.path.as_str()))
        .filter(|source| {
            source.code.lines().map(str::trim_start).any(|line| {
                (line.starts_with("static ") || line.starts_with("pub(crate) static "))
                    && ["Mutex", "RwLock", "Once", "Atomic", "Lazy"]
                        .iter()
                        .any(|t| line.contains(t))
            })
        })
        .map(|source| &source.path)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_file_says_what_it_is_and_is_short_enough_to_read() {
    let mut found = Vec::new();
    let macros = Path::new(env!("CARGO_MANIFEST_DIR")).join("../actuator-macros/src");
    for source in runtime().iter().chain(&sources(&macros)) {
        if !source.text.starts_with("//! ") {
            found.push(format!("{} does not start with //!", source.path));
        }
        let lines = source.code.lines().count();
        if lines > 400 {
            found.push(format!("{} has {lines} lines of code", source.path));
        }
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            if source.code.contains(word) {
                found.push(format!("{} holds {word}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn features_switch_modules_and_nothing_inside_them() {
    let sources = runtime();
    let mut found = Vec::new();
    for source in &sources {
        let lines: Vec<&str> = source.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let next = lines.get(index + 1).map_or("", |line| line.trim_start());
            let module = ["mod ", "pub mod ", "pub use ", "pub(crate) mod ", "pub(crate) use "];
            if line.trim_start().starts_with("#[cfg(feature")
                && !module.iter().any(|start| next.starts_with(start))
            {
                found.push(format!("{}:{}", source.path, index + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_known_trap_has_a_test_that_is_named_after_it() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["actuator", "actuator-macros", "examples", "ui-tests"] {
        collect(&repository.join(folder), &mut files);
    }
    let mut tests = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let name = pair[1].strip_prefix("async ").unwrap_or(pair[1]);
            let is_test = pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test");
            if let Some(name) = name.strip_prefix("fn trap_").filter(|_| is_test) {
                tests.push(name.to_owned());
            }
        }
    }
    let wanted = (1..=12).map(|n| format!("sba_{n:02}_"));
    let wanted = wanted.chain((1..=25).map(|n| format!("seed_{n:02}_")));
    let missing: Vec<String> =
        wanted.filter(|prefix| !tests.iter().any(|name| name.starts_with(prefix))).collect();
    assert!(missing.is_empty(), "no test is named trap_… {missing:?}");
}

/// The names of the library's features.
fn features() -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let (_, features) = manifest.split_once("\n[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let is_name = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
    let names = features.lines().filter(is_name).filter_map(|line| Some(line.split_once(" =")?.0));
    names.filter(|name| *name != "default").map(str::to_owned).collect()
}

#[test]
fn the_bench_of_idle_features_has_all_of_them() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/idle/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let is_missing = |name: &String| !manifest.contains(&format!("\"actuator/{name}\""));
    let missing: Vec<String> = features().into_iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "`everything` in benches/idle leaves out {missing:?}");
}

#[test]
fn every_feature_is_switched_on_by_a_member_so_that_the_tests_of_the_workspace_reach_it() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(repository.join(path)).unwrap();
    let manifest = read("actuator/Cargo.toml");
    let members = ["backends", "benches", "examples/heap-profile", "examples/worker"];
    let asked = members.map(|member| {
        let manifest = read(&format!("{member}/Cargo.toml"));
        let (_, asked) = manifest.split_once("\nactuator = {").unwrap();
        asked.split_once('}').unwrap().0.to_owned()
    });
    let (_, by_default) = manifest.split_once("\ndefault = [").unwrap();
    let (by_default, _) = by_default.split_once(']').unwrap();
    let is_on = |name: &str| {
        let quoted = format!("\"{name}\"");
        asked.iter().map(String::as_str).chain([by_default]).any(|list| list.contains(&quoted))
    };
    let missing: Vec<String> = features().into_iter().filter(|name| !is_on(name)).collect();
    assert!(missing.is_empty(), "`cargo test --workspace` leaves out what needs {missing:?}");
}

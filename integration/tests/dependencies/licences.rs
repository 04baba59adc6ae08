//! Licences, banned crates and sources.

use std::{collections::BTreeSet, iter::Peekable};

use crate::{deny, packages};

#[test]
fn every_licence_is_on_the_list() {
    let deny = deny();
    let allowed =
        deny["licenses"]["allow"].as_array().unwrap().iter().filter_map(toml::Value::as_str);
    let allowed: BTreeSet<&str> = allowed.collect();
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| {
            !package["license"].as_str().is_some_and(|licence| permits(licence, &allowed))
        })
        .map(|package| {
            format!("{} {}: {}", package["name"], package["version"], package["license"])
        })
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml:\n{}", refused.join("\n"));
}

#[test]
fn no_banned_crate_and_no_foreign_source_is_used() {
    let deny = deny();
    let banned =
        deny["bans"]["deny"].as_array().unwrap().iter().filter_map(|entry| entry["name"].as_str());
    let banned: BTreeSet<&str> = banned.collect();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        assert!(
            !banned.contains(name),
            "{name} is banned by deny.toml; cargo tree -i {name} shows who brings it"
        );
        // None is a package of this repository; all others come from the default registry, and
        // neither from git nor from a folder elsewhere.
        if let Some(source) = package["source"].as_str() {
            assert!(source.starts_with("registry+"), "{name} comes from {source}");
        }
    }
}

/// Whether the licences of `allowed` suffice for an SPDX expression.
fn permits(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    // A slash is how crates said OR before SPDX expressions.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let permitted = any_of(&mut words, allowed);
    permitted && words.next().is_none()
}

fn any_of<'a>(
    words: &mut Peekable<impl Iterator<Item = &'a str>>,
    allowed: &BTreeSet<&str>,
) -> bool {
    let mut permitted = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        permitted |= all_of(words, allowed);
    }
    permitted
}

fn all_of<'a>(
    words: &mut Peekable<impl Iterator<Item = &'a str>>,
    allowed: &BTreeSet<&str>,
) -> bool {
    let mut permitted = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        permitted &= one(words, allowed);
    }
    permitted
}

fn one<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>, allowed: &BTreeSet<&str>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let permitted = any_of(words, allowed);
        return words.next() == Some(")") && permitted;
    }
    let mut licence = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(licence.as_str())
}

#[test]
fn licence_expressions_are_read_as_spdx_says() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Unicode-3.0"]);
    for permitted in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "MIT AND ISC",
    ] {
        assert!(permits(permitted, &allowed), "{permitted}");
    }
    for refused in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(GPL-3.0 OR Apache-2.0) AND MIT",
        "MIT WITH exception",
        "MIT ISC",
        "",
    ] {
        assert!(!permits(refused, &allowed), "{refused}");
    }
}

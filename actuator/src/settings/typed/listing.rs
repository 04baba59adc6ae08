//! The library's own settings as groups, in the way in which Spring groups its own.

use std::collections::{BTreeMap, HashSet};

use super::{
    place::{Items, Place},
    shown::{Shown, ShownGroup, camel_case},
};
use crate::settings::{
    Property, SettingKind, Settings,
    catalog::{self, Entry},
    name::{self, Spelling},
    store,
};

/// Prefixes that are longer than [`prefix_length`] would make them.
const PREFIXES: &[&str] = &[
    "management.endpoints.web",
    "management.endpoints.web.cors",
    "management.otlp.metrics.export",
    "management.prometheus.metrics.export",
    "management.prometheus.metrics.export.pushgateway",
    "management.statsd.metrics.export",
    "management.trace.http",
    "spring.boot.admin.client",
    "spring.boot.admin.client.instance",
];
/// What they are read into, for those who look at types.
const TYPE_NAME: &str = "actuator";

/// All known settings but `info.*`: those that are set, with their places, and the defaults of the
/// others. Groups of which nothing is known are left out.
pub fn own_settings(settings: &Settings) -> Vec<ShownGroup> {
    let mut groups = BTreeMap::new();
    let mut seen = HashSet::new();
    for source in settings.sources() {
        for (canonical, property) in source.by_canonical_name() {
            let Some((base, entry)) = known(canonical) else { continue };
            if seen.insert(base.to_owned()) {
                let shown = shown(base, entry, property, settings);
                insert(&mut groups, &segments(base, entry.name), shown);
            }
        }
    }
    for entry in catalog::entries().filter(|entry| is_listed(entry)) {
        if entry.name.contains('*') || entry.default.is_empty() || seen.contains(entry.name) {
            continue;
        }
        insert(&mut groups, &segments(entry.name, entry.name), default(entry));
    }
    let group = |(prefix, values)| ShownGroup { prefix, type_name: TYPE_NAME.to_owned(), values };
    groups.into_iter().map(group).collect()
}

fn is_listed(entry: &Entry) -> bool {
    !entry.has_no_effect() && !entry.name.starts_with("info.")
}

/// The name without its index, and what is known of it.
fn known(canonical: &str) -> Option<(&str, &'static Entry)> {
    let base = name::indexed(canonical).map_or(canonical, |(base, _)| base);
    let entry = catalog::entries().find(|entry| entry.name == base);
    let entry = entry
        .or_else(|| catalog::canonical(canonical, Spelling::Dotted).map(|(_, entry)| entry))?;
    let base = if entry.kind == SettingKind::List { base } else { canonical };
    is_listed(entry).then_some((base, entry))
}

fn shown(name: &str, entry: &Entry, property: &Property, settings: &Settings) -> Shown {
    let value = |text: &str, property| Shown::of(name, text, property, entry.kind, false);
    if entry.kind != SettingKind::List {
        return value(&property.value, property);
    }
    let item = |text: &str, property| Shown::of(name, text, property, SettingKind::Text, false);
    let place = Place::new(name, settings);
    Shown::List(match place.items() {
        Some(Items::Text(property)) => {
            store::split(&property.value).iter().map(|text| item(text, property)).collect()
        }
        Some(Items::Places(places)) => {
            let properties = places.iter().filter_map(Place::property);
            properties.map(|property| item(&property.value, property)).collect()
        }
        Some(Items::Gap(_)) | None => Vec::new(),
    })
}

fn default(entry: &Entry) -> Shown {
    if entry.kind != SettingKind::List {
        return Shown::default(entry.name, entry.default, entry.kind, false);
    }
    let texts = store::split(entry.default);
    let item = |text: &String| Shown::default(entry.name, text, SettingKind::Text, false);
    Shown::List(texts.iter().map(item).collect())
}

/// A segment of a name, and whether somebody chose it.
type Segment<'n> = (&'n str, bool);

/// The segments of a name; what a `*` at the end of the pattern stands for is one.
fn segments<'n>(name: &'n str, pattern: &str) -> Vec<Segment<'n>> {
    let mut rest = name;
    let mut segments = Vec::new();
    let mut patterns = pattern.split('.').peekable();
    while let Some(pattern) = patterns.next() {
        let (segment, more) = match rest.split_once('.') {
            Some(parts) if patterns.peek().is_some() => parts,
            _ => (rest, ""),
        };
        segments.push((segment, pattern == "*"));
        rest = more;
    }
    segments
}

/// How many of the segments are the prefix of the group.
fn prefix_length(segments: &[Segment<'_>]) -> usize {
    let words: Vec<&str> = segments.iter().map(|(segment, _)| *segment).collect();
    let listed = (1..words.len()).rev().find(|length| {
        words.get(..*length).is_some_and(|words| PREFIXES.contains(&words.join(".").as_str()))
    });
    let by_family = match words.as_slice() {
        ["management", "endpoint" | "health", ..] => 3,
        ["management" | "spring" | "actuator", ..] => 2,
        _ => 1,
    };
    listed.unwrap_or(by_family).min(words.len().saturating_sub(1))
}

/// Puts a value to its place in its group.
fn insert(groups: &mut BTreeMap<String, Shown>, segments: &[Segment<'_>], value: Shown) {
    let length = prefix_length(segments);
    let Some((prefix, path)) = segments.split_at_checked(length) else { return };
    let prefix: Vec<&str> = prefix.iter().map(|(segment, _)| *segment).collect();
    let group = groups.entry(prefix.join(".")).or_insert_with(|| Shown::Group(Vec::new()));
    let path: Vec<String> = path
        .iter()
        .map(|(segment, chosen)| if *chosen { (*segment).to_owned() } else { camel_case(segment) })
        .collect();
    put(group, &path, value);
}

/// Puts a value into a tree. A name that has a value has nothing below it.
fn put(tree: &mut Shown, path: &[String], value: Shown) {
    let (Shown::Group(members), Some((first, rest))) = (tree, path.split_first()) else { return };
    let at = members.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
        members.push((first.clone(), Shown::Absent));
        members.len() - 1
    });
    let Some((_, member)) = members.get_mut(at) else { return };
    if rest.is_empty() {
        if *member == Shown::Absent {
            *member = value;
        }
        return;
    }
    if *member == Shown::Absent {
        *member = Shown::Group(Vec::new());
    }
    put(member, rest, value);
}

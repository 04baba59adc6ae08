//! The documents of the project: every link in them leads to a file that is there, and to a heading
//! in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

/// All documents, by their path below the root of the workspace.
fn documents() -> BTreeMap<PathBuf, String> {
    let root = root();
    let folders = [root.clone(), root.join("docs")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    files
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&root).unwrap().to_owned(), prose(&text))
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    let parts = text.split("```").step_by(2);
    parts.collect::<Vec<_>>().join("\n")
}

/// The targets of the links in a text, but those to other sites.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    targets.filter(|target| !target.contains("://"))
}

/// The names by which the headings of a text are linked, as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    headings
        .map(|line| {
            let name = anchor(line.trim_start_matches('#').trim());
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 { name } else { format!("{name}-{}", *times - 1) }
        })
        .collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The path without `..`.
fn settled(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut settled, component| {
        match component {
            Component::ParentDir => assert!(settled.pop(), "{}", path.display()),
            other => settled.push(other),
        }
        settled
    })
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_exist() {
    let documents = documents();
    let mut dead = Vec::new();
    let mut alive = 0;
    for (from, text) in &documents {
        for link in links(text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => from.clone(),
                file => settled(&from.parent().unwrap().join(file)),
            };
            let there = root().join(&target).exists()
                && (heading.is_empty()
                    || documents.get(&target).is_none_or(|text| anchors(text).contains(heading)));
            if there { alive += 1 } else { dead.push(format!("{}: {link}", from.display())) }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(alive > 100, "links are found: {alive}");
}

#[test]
fn every_page_is_named_in_the_readme() {
    let documents = documents();
    let readme: BTreeSet<PathBuf> = links(&documents[Path::new("README.md")])
        .map(|link| settled(Path::new(link.split('#').next().unwrap())))
        .collect();
    let lost: Vec<_> = documents
        .keys()
        .filter(|page| page.starts_with("docs") && !readme.contains(*page))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

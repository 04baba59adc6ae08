//! What a selection selects, and what it says when it selects nothing.

use super::*;

fn candidate(path: &str, level: u32, tags: &[&str]) -> Candidate {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    let options = CheckOptions { level, tags, ..options() };
    Candidate { path: path.into(), options: Arc::new(options) }
}

fn options() -> CheckOptions {
    crate::health::options::WantedOptions::default().decide()
}

fn all() -> [Candidate; 4] {
    [
        candidate("brokers/primary", 1, &["net"]),
        candidate("brokers/secondary", 2, &[]),
        candidate("db", 1, &["net", "sql"]),
        candidate("ping", 0, &[]),
    ]
}

fn select(max_level: Option<u32>, checks: &[&str], tags: &[&str]) -> Result<Vec<String>, String> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let selection = Selection { max_level, checks: owned(checks), tags: owned(tags) };
    let candidates = all();
    selection.among(&candidates).map_err(|error| error.to_string())?;
    let selected = candidates.into_iter().filter(|c| selection.selects(&c.path, &c.options));
    Ok(selected.map(|candidate| candidate.path.to_string()).collect())
}

#[test]
fn level_names_and_tags_all_have_to_fit() {
    let everything = ["brokers/primary", "brokers/secondary", "db", "ping"];
    assert_eq!(select(None, &[], &[]).unwrap(), everything);
    assert_eq!(select(Some(1), &[], &[]).unwrap(), ["brokers/primary", "db", "ping"]);
    assert_eq!(select(Some(0), &[], &[]).unwrap(), ["ping"]);
    assert_eq!(select(None, &["brokers"], &[]).unwrap(), ["brokers/primary", "brokers/secondary"]);
    assert_eq!(select(Some(1), &["brokers"], &[]).unwrap(), ["brokers/primary"]);
    assert_eq!(select(None, &[], &["net", "gpu"]).unwrap(), ["brokers/primary", "db"]);
    assert_eq!(
        select(Some(9), &["db", "ping"], &["sql"]).unwrap_err(),
        "check 'ping' has none of the tags sql"
    );
}

#[test]
fn a_name_that_selects_nothing_is_told_with_the_reason() {
    for (max_level, checks, tags, reason) in [
        (None, &["dd"][..], &[][..], "there is no check 'dd' here; did you mean 'db'?"),
        (None, &["nothing-like-it"], &[], "there is no check 'nothing-like-it' here"),
        (
            Some(1),
            &["brokers/secondary", "db"],
            &[],
            "check 'brokers/secondary' has level 2, which is above max_level=1",
        ),
        (None, &["ping"], &["sql", "net"], "check 'ping' has none of the tags sql, net"),
        (Some(0), &[], &["sql"], "no check is selected by max_level=0 and tag=sql"),
        (
            None,
            &["x", "brokers/first"],
            &[],
            "there is no check 'x' here; there is no check 'brokers/first' here",
        ),
    ] {
        assert_eq!(select(max_level, checks, tags).unwrap_err(), reason);
    }
}

#[test]
fn nothing_of_nothing_is_an_error_too() {
    assert!(Selection::default().among(&[]).is_err());
}

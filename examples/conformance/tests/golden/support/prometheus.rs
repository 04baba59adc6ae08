//! Compares what Prometheus reads: families that both applications have must have the same header
//! lines, the same labels and numbers of the same form; what changes from run to run is left out.

use std::collections::BTreeMap;

use super::comparison::Found;

/// Families that both applications have, without what the formats append.
const FAMILIES: &[&str] = &[
    "application_ready_time_seconds",
    "application_started_time_seconds",
    "disk_free_bytes",
    "disk_total_bytes",
    "http_server_requests_active_seconds",
    "http_server_requests_active_seconds_max",
    "http_server_requests_seconds",
    "http_server_requests_seconds_max",
    "process_cpu_time_ns",
    "process_cpu_usage",
    "process_files_max_files",
    "process_files_open_files",
    "process_start_time_seconds",
    "process_uptime_seconds",
    "ssl_chain_expiry_seconds",
    "system_cpu_count",
    "system_cpu_usage",
    "system_load_average_1m",
];

/// A family as it stands in a text.
#[derive(Debug, Default, PartialEq)]
struct Family {
    /// The lines above the samples, in their order.
    head: Vec<String>,
    /// By the name of the sample: names of labels, and whether the number has a fraction.
    samples: BTreeMap<String, (Vec<String>, bool)>,
}

/// Everything in which one text differs from the recorded one, of which there may be the
/// beginning only.
pub fn compare_texts(recorded: &str, is_trimmed: bool, actual: &str) -> Found {
    let mut found = Found::new();
    let (was, is) = (families(recorded, &mut found), families(actual, &mut found));
    let ends = |text: &str| text.trim_end_matches('\n').ends_with("# EOF");
    if !is_trimmed && ends(recorded) != ends(actual) {
        found.push(("end".to_owned(), "only one of them ends with # EOF".to_owned()));
    }
    if was.len() > 1 && !has_words(recorded) && has_words(actual) {
        found.push(("help".to_owned(), "there are descriptions".to_owned()));
    }
    for (name, was) in was.iter().filter(|(name, _)| is_shared(name)) {
        match is.get(name) {
            None => found.push((name.clone(), "is missing".to_owned())),
            Some(is) if is != was => {
                found.push((name.clone(), format!("was {was:?} and is {is:?}")));
            }
            Some(_) => {}
        }
    }
    found
}

/// Of protobuf, the recordings have the beginning. Its length is that of its labels.
pub fn compare_messages(recorded: &[u8], actual: &[u8]) -> Found {
    let Some(first) = recorded.get(2..) else { return Found::new() };
    if actual.windows(first.len()).any(|bytes| bytes == first) {
        return Found::new();
    }
    vec![(String::new(), "no message begins like the recorded one".to_owned())]
}

/// Whether any family is described.
fn has_words(text: &str) -> bool {
    let described = |line: &str| line.starts_with("# HELP ") && !line.ends_with("  ");
    text.lines().any(described)
}

fn is_shared(name: &str) -> bool {
    FAMILIES.contains(&name.strip_suffix("_total").unwrap_or(name))
}

fn families(text: &str, found: &mut Found) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(comment) = line.strip_prefix("# ") {
            comment.split(' ').nth(1).unwrap_or_default().clone_into(&mut current);
            // What is described is the same, the words are not.
            let end = if line.starts_with("# HELP ") { 3 } else { 4 };
            let head = line.split(' ').take(end).collect::<Vec<_>>().join(" ");
            families.entry(current.clone()).or_default().head.push(head);
            continue;
        }
        let Some(sample) = sample(line) else {
            found.push(("line".to_owned(), format!("is no sample: {line}")));
            continue;
        };
        let family = families.entry(current.clone()).or_default();
        family.samples.insert(sample.0, (sample.1, sample.2));
    }
    families
}

/// The name, the names of the labels, and whether the number has a fraction.
fn sample(line: &str) -> Option<(String, Vec<String>, bool)> {
    let (series, number) = line.rsplit_once(' ')?;
    number.parse::<f64>().ok()?;
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    // Values of the recordings hold neither commas nor quotes.
    let labels = labels.strip_suffix('}')?.split(',').filter(|label| !label.is_empty());
    let labels = labels.map(|label| Some(label.split_once("=\"")?.0.to_owned()));
    Some((name.to_owned(), labels.collect::<Option<_>>()?, number.contains('.')))
}

#[test]
fn what_differs_is_found_and_what_changes_is_not() {
    let recorded = "# HELP system_cpu_count x\n# TYPE system_cpu_count gauge\nsystem_cpu_count 8.0\n\
        # HELP jvm_info y\n# TYPE jvm_info gauge\njvm_info{a=\"b\"} 1\n";
    let differences = |actual: &str| compare_texts(recorded, false, actual);
    assert_eq!(differences(&recorded.replace("8.0", "2.5").replace(" x", " z")), []);
    for (from, to) in
        [(" 8.0", " 8"), ("cpu_count 8", "cpu_count{a=\"b\"} 8"), ("gauge", "counter")]
    {
        let found = differences(&recorded.replacen(from, to, 1));
        assert_eq!(found.len(), 1, "{to}: {found:?}");
    }
    assert_eq!(differences("")[0].1, "is missing");
    assert_eq!(differences(&format!("{recorded}# EOF\n"))[0].0, "end");
    let undescribed = recorded.replace(" x", "  ").replace(" y", "  ");
    assert_eq!(compare_texts(&undescribed, false, recorded)[0].0, "help");
}

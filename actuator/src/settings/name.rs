//! The spellings of a setting's name, after Spring's relaxed binding.

use std::borrow::Cow;

/// How a name is written where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `management.endpoint.health.show-details`, in kebab, camel or snake case.
    Dotted,
    /// `MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETAILS`: an underscore is a dot, a dash, or an index.
    Variable,
}

/// The name without any spelling: lower case, no dashes, no underscores, indices as segments.
pub fn uniform(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | ']' => {}
            '[' => text.push('.'),
            c => text.extend(c.to_lowercase()),
        }
    }
    text
}

/// The name of a setting that no catalog knows: dotted names as they are, variables as Spring
/// reads them (`INFO_APP_NAME` is `info.app.name`).
pub fn as_written(name: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Dotted => without_map_brackets(name).into_owned(),
        Spelling::Variable => {
            let name = name.to_lowercase().replace('_', ".");
            name.trim_end_matches('.').to_owned()
        }
    }
}

/// What is left of `name` behind `prefix.`, whatever the spelling of the prefix.
pub fn below<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let segments = prefix.split('.').count();
    let (end, _) = name.match_indices('.').nth(segments - 1)?;
    let (head, rest) = name.split_at_checked(end)?;
    let rest = rest.strip_prefix('.').filter(|rest| !rest.is_empty())?;
    (head == prefix || uniform(head) == uniform(prefix)).then_some(rest)
}

/// `web[2]` is `web` and 2.
pub fn indexed(name: &str) -> Option<(&str, usize)> {
    let (base, index) = name.strip_suffix(']')?.rsplit_once('[')?;
    Some((base, index.parse().ok()?))
}

/// Matches a name against a pattern of the catalog and gives its canonical spelling.
///
/// A `*` in the pattern stands for one segment or more, which keep their spelling. With `indexed`,
/// one index may follow.
pub fn canonical(name: &str, spelling: Spelling, pattern: &str, indexed: bool) -> Option<String> {
    let segments: Vec<Cow<'_, str>> = match spelling {
        Spelling::Dotted => split_dotted(name),
        Spelling::Variable => {
            name.trim_end_matches('_').split('_').map(|s| s.to_lowercase().into()).collect()
        }
    };
    let pattern: Vec<&str> = pattern.split('.').collect();
    let mut out = Vec::new();
    let index = matches(&segments, &pattern, spelling, indexed, &mut out)?;
    Some(out.join(".") + &index)
}

/// Puts the canonical segments into `out` and gives the index, empty if there is none.
fn matches(
    segments: &[Cow<'_, str>],
    pattern: &[&str],
    spelling: Spelling,
    indexed: bool,
    out: &mut Vec<String>,
) -> Option<String> {
    let Some((head, rest)) = pattern.split_first() else {
        return match segments {
            [] => Some(String::new()),
            [index] if indexed => index_of(index),
            _ => None,
        };
    };
    // One segment for a literal; several words of a variable may make up one (`SHOW_DETAILS`).
    let most = if *head == "*" || spelling == Spelling::Variable { segments.len() } else { 1 };
    for count in 1..=most.min(segments.len()) {
        let (taken, left) = segments.split_at_checked(count)?;
        if *head != "*" && uniform(&taken.concat()) != uniform(head) {
            continue;
        }
        let depth = out.len();
        out.push((*head).to_owned());
        if let Some(found) = matches(left, rest, spelling, indexed, out) {
            // Only now: to put together what does not match takes the square of a long name.
            if let Some(text) = out.get_mut(depth).filter(|text| *text == "*") {
                *text = join(taken);
            }
            return Some(found);
        }
        out.truncate(depth);
    }
    None
}

/// Puts segments together again: `["tags", "[0]"]` is `tags[0]`. An empty one, from a double
/// underscore, is Rust's path separator: `LOGGING_LEVEL_SHOP__DB` is `shop::db`.
fn join(segments: &[Cow<'_, str>]) -> String {
    let mut text = String::new();
    for segment in segments {
        if segment.is_empty() {
            text.push_str("::");
            continue;
        }
        if !text.is_empty() && !text.ends_with("::") && !segment.starts_with('[') {
            text.push('.');
        }
        text.push_str(segment);
    }
    text
}

fn index_of(segment: &str) -> Option<String> {
    let digits = segment.strip_prefix('[').and_then(|s| s.strip_suffix(']')).unwrap_or(segment);
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| format!("[{digits}]"))
}

/// `a.b[0]` is `a`, `b`, `[0]`; `a[b.c]` is `a`, `b.c`.
fn split_dotted(name: &str) -> Vec<Cow<'_, str>> {
    let name = without_map_brackets(name);
    let mut segments = Vec::new();
    for part in name.split('.') {
        match part.find('[').and_then(|at| part.split_at_checked(at)) {
            Some((head, index)) if !head.is_empty() => {
                segments.push(Cow::Owned(head.to_owned()));
                segments.push(Cow::Owned(index.to_owned()));
            }
            _ => segments.push(Cow::Owned(part.to_owned())),
        }
    }
    segments
}

/// Spring writes map keys with special characters as `map[key]`; only numbers are indices.
fn without_map_brackets(name: &str) -> Cow<'_, str> {
    if !name.contains('[') {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((head, tail)) = rest.split_once('[') {
        text.push_str(head);
        let Some((key, after)) = tail.split_once(']') else {
            // Nothing behind this one is closed either.
            text.push('[');
            rest = tail;
            break;
        };
        if let Some(index) = index_of(key) {
            text.push_str(&index);
        } else {
            text.push('.');
            // One within another begins a segment too: the name is read again, and stays the same.
            text.push_str(&key.replace('[', "."));
        }
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_name_is_the_same_name() {
        let pattern = "management.endpoint.health.show-details";
        for (name, spelling) in [
            ("management.endpoint.health.show-details", Spelling::Dotted),
            ("management.endpoint.health.showDetails", Spelling::Dotted),
            ("management.endpoint.health.show_details", Spelling::Dotted),
            ("MANAGEMENT_ENDPOINT_HEALTH_SHOWDETAILS", Spelling::Variable),
            ("MANAGEMENT_ENDPOINT_HEALTH_SHOW_DETAILS", Spelling::Variable),
        ] {
            assert_eq!(
                canonical(name, spelling, pattern, false).as_deref(),
                Some(pattern),
                "{name}"
            );
        }
        let other = "management.endpoint.health.show.details";
        assert_eq!(canonical(other, Spelling::Dotted, pattern, false), None);
    }

    #[test]
    fn map_keys_keep_their_spelling_and_lists_their_index() {
        let level = |name, spelling| canonical(name, spelling, "logging.level.*", false);
        assert_eq!(
            level("logging.level.shop::my_db", Spelling::Dotted).as_deref(),
            Some("logging.level.shop::my_db")
        );
        assert_eq!(
            level("LOGGING_LEVEL_ROOT", Spelling::Variable).as_deref(),
            Some("logging.level.root")
        );
        assert_eq!(
            level("LOGGING_LEVEL_SHOP__DB", Spelling::Variable).as_deref(),
            Some("logging.level.shop::db")
        );
        assert_eq!(
            level("logging.level[a.b]", Spelling::Dotted).as_deref(),
            Some("logging.level.a.b")
        );
        let url = |name, spelling| canonical(name, spelling, "admin.url", true);
        assert_eq!(url("ADMIN_URL_0_", Spelling::Variable).as_deref(), Some("admin.url[0]"));
        assert_eq!(url("ADMIN_URL_12", Spelling::Variable).as_deref(), Some("admin.url[12]"));
        assert_eq!(url("admin.url[3]", Spelling::Dotted).as_deref(), Some("admin.url[3]"));
        assert_eq!(url("ADMIN_URL_X", Spelling::Variable), None);
    }

    #[test]
    fn a_wildcard_in_the_middle_leaves_the_rest_to_the_pattern() {
        let pattern = "management.endpoint.health.group.*.show-details";
        let name = "MANAGEMENT_ENDPOINT_HEALTH_GROUP_X_SHOW_DETAILS";
        assert_eq!(
            canonical(name, Spelling::Variable, pattern, false).as_deref(),
            Some("management.endpoint.health.group.x.show-details")
        );
    }
}

//! Text comparison for messages: which known name was meant?

/// The candidate nearest to `name` by edit distance, if one is near enough to be a likely typo.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.len() / 3 + 1;
    candidates
        .into_iter()
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether a path of names is `ancestor` or stands below it: `db/primary` is below `db`, `db2` is
/// not.
pub fn is_at_or_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_only_when_it_is_near() {
        let names = ["server.port", "server.address"];
        assert_eq!(nearest("server.prot", names), Some("server.port"));
        assert_eq!(nearest("completely.else", names), None);
    }
}

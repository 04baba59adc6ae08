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

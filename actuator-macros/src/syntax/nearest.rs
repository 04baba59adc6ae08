//! Which known word was meant by a misspelt one?

/// The candidate nearest to `word` by edit distance, if one is near enough to be a likely typo.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = word.len() / 3 + 1;
    candidates
        .into_iter()
        .map(|candidate| (strsim::levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_foreign_one_finds_none() {
        assert_eq!(nearest("tiemout", ["name", "timeout"]), Some("timeout"));
        assert_eq!(nearest("colour", ["name", "timeout"]), None);
    }
}

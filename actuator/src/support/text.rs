//! Texts for messages: which known name was meant, and how much of a long one is shown.

/// The candidate nearest to `name` by edit distance, if one is near enough to be a likely typo.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.len() / 3 + 1;
    let length = name.chars().count();
    // Callers choose names, and a long one would be compared for long, with each candidate.
    let is_alike = |other: &&str| other.chars().count().abs_diff(length) <= limit;
    candidates
        .into_iter()
        .filter(is_alike)
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The candidate that differs in a letter or two: where names that are not known may well be right.
pub fn almost<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest(name, candidates).filter(|candidate| strsim::levenshtein(name, candidate) <= 2)
}

/// Whether a path of names is `ancestor` or stands below it: `db/primary` is below `db`, `db2` is
/// not.
pub fn is_at_or_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The beginning of a text: at most `max` bytes, cut between characters.
pub fn shortened(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or_default()
}

/// The last word of a type's name, without its parameters: `a::b::Error<c::D>` is `Error`, as
/// Spring shows classes; of a box only that is known.
pub fn simple_type_name(name: &'static str) -> &'static str {
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    name.rsplit_once("::").map_or(name, |(_, name)| name)
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

    #[test]
    fn a_name_of_a_megabyte_is_not_compared_with_each_short_one() {
        let (long, names) = ("x".repeat(1_000_000), vec!["x".repeat(1_000); 1_000]);
        assert_eq!(nearest(&long, names.iter().map(String::as_str)), None);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(
            (shortened("für", 2), shortened("für", 3), shortened("für", 99)),
            ("f", "fü", "für")
        );
    }

    #[test]
    fn error_types_are_named_as_spring_names_classes() {
        assert_eq!(simple_type_name("std::io::error::Error"), "Error");
        assert_eq!(simple_type_name("alloc::boxed::Box<dyn core::error::Error>"), "Box");
        assert_eq!(simple_type_name("u8"), "u8");
    }
}

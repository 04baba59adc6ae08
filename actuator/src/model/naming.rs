//! Names for what components bring by themselves: checks, meters.

/// The paths of what is of one kind: `kind` for the only one, else `kind/<name>` for each, where a
/// component without a name is called by its key. What would be called alike is numbered.
pub fn names(kind: &str, found: &[(Option<&str>, &str)]) -> Vec<String> {
    if let [_] = found {
        return vec![kind.to_owned()];
    }
    let mut paths: Vec<String> = Vec::with_capacity(found.len());
    for (name, key) in found {
        // A slash would make a composite of its own.
        let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(key);
        let path = format!("{kind}/{}", name.replace('/', "-"));
        let numbered = (2_u32..).map(|number| format!("{path}-{number}"));
        let free = std::iter::once(path.clone()).chain(numbered).find(|path| !paths.contains(path));
        paths.extend(free);
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_name_of_its_kind_and_several_their_own() {
        assert_eq!(names("db", &[]), Vec::<String>::new());
        assert_eq!(names("db", &[(Some("orders"), "postgres")]), ["db"]);
        assert_eq!(
            names("db", &[(Some("orders"), "postgres"), (None, "mysql"), (Some(" "), "sqlite")]),
            ["db/orders", "db/mysql", "db/sqlite"]
        );
    }

    #[test]
    fn names_that_occur_twice_are_numbered_and_make_no_composites() {
        assert_eq!(
            names("db", &[(None, "mysql"), (None, "mysql"), (Some("a/b"), "x"), (None, "mysql")]),
            ["db/mysql", "db/mysql-2", "db/a-b", "db/mysql-3"]
        );
    }
}

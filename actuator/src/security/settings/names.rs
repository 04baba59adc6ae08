//! Names in settings: of endpoints, and of those that settings describe one by one.

use std::collections::BTreeSet;

use crate::settings::SettingsReader;

/// Ids are compared without case and punctuation (`http-exchanges` is `httpexchanges`).
pub fn comparable(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The names for which one of `<prefix>.<name>.<member>` is set.
pub fn described(
    reader: &mut SettingsReader<'_>,
    prefix: &str,
    members: &[&str],
) -> BTreeSet<String> {
    let name_of = |key: &str| {
        let (name, member) = key.rsplit_once('.')?;
        members.contains(&member).then(|| name.to_owned())
    };
    reader.map(prefix).iter().filter_map(|(key, _)| name_of(key)).collect()
}

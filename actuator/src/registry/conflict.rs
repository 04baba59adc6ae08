//! Two declarations of one kind and name refuse the start, naming both places.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind};

/// A name that something claims.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The kind, as people call it: "health check".
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The place: `src/main.rs:12`, or "registered at run time".
    pub place: String,
}

/// Refuses if a name is claimed twice within its kind; every conflict is named.
pub fn refuse_conflicts(claims: impl IntoIterator<Item = Claim>) -> Result<(), Error> {
    let mut places: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
    for claim in claims {
        places.entry((claim.kind, claim.name)).or_default().push(claim.place);
    }
    let conflicts: Vec<String> = places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|((kind, name), mut places)| {
            places.sort();
            format!("{kind} \"{name}\" is declared at {}", places.join(" and at "))
        })
        .collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Declaration,
        format!(
            "names are taken twice; rename or remove one of each:\n  - {}",
            conflicts.join("\n  - ")
        ),
    ))
}

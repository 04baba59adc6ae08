//! Two declarations of one kind and name refuse the start, naming both places; so do two meters
//! of one name that are of different kinds.

use std::collections::BTreeMap;

use crate::{
    error::{Error, ErrorKind},
    meter::site::MeterDeclaration,
};

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

/// Refuses if meters of one name are of different kinds. Meters of one name and kind share it: the
/// same tags are the same series.
pub fn refuse_kinds<'m>(
    meters: impl IntoIterator<Item = &'m MeterDeclaration>,
) -> Result<(), Error> {
    let mut by_name: BTreeMap<&str, Vec<&MeterDeclaration>> = BTreeMap::new();
    for meter in meters {
        let known = by_name.entry(meter.name).or_default();
        if known.iter().all(|known| known.kind != meter.kind) {
            known.push(meter);
        }
    }
    let conflicts: Vec<String> = by_name
        .into_iter()
        .filter(|(_, meters)| meters.len() > 1)
        .map(|(name, meters)| {
            let places: Vec<String> = meters
                .iter()
                .map(|meter| format!("a {} at {}", meter.kind, meter.source))
                .collect();
            format!("meter \"{name}\" is {}", places.join(" and "))
        })
        .collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Declaration,
        format!(
            "meters of one name are of one kind; rename one of each:\n  - {}",
            conflicts.join("\n  - ")
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meter::site::MeterKind, model::source::Source};

    fn meter(name: &'static str, kind: MeterKind, line: u32) -> MeterDeclaration {
        MeterDeclaration {
            name,
            kind,
            source: Source { package: "shop", path: "shop::f", file: "src/main.rs", line },
            description: "",
            base_unit: None,
            tags: &[],
            percentiles: &[],
            histogram: false,
            objectives: &[],
        }
    }

    #[test]
    fn meters_of_one_name_and_two_kinds_are_refused_with_their_places() {
        let shared = [meter("a", MeterKind::Timer, 1), meter("a", MeterKind::Timer, 2)];
        assert!(refuse_kinds(&shared).is_ok());
        let other = [meter("a", MeterKind::Counter, 3), meter("b", MeterKind::Gauge, 4)];
        let refused = refuse_kinds(shared.iter().chain(&other)).unwrap_err().to_string();
        assert!(
            refused.ends_with(
                "meter \"a\" is a timer at src/main.rs:1 and a counter at src/main.rs:3"
            ),
            "{refused}"
        );
    }
}

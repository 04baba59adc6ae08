//! Which families a scrape consists of, under which names, and in which order.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::naming::{Suffix, family_name};
use crate::meter::{Family, MeterKind, Series};

/// All parts, sorted by name.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What this was made of: the families, and whether their unit was known.
    sources: Vec<(Arc<Family>, bool)>,
    pub(super) parts: Vec<Part>,
}

/// A family of the output. A timer is two of them, since what is the largest is no part of a
/// summary.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) family: Arc<Family>,
    pub(super) role: Role,
    /// Without `_total` and `_info`, which not all formats append to it.
    pub(super) name: Box<str>,
}

/// What of a meter a family shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// How often.
    Counter,
    /// How much.
    Gauge,
    /// A gauge that is always 1; what it says is in its labels.
    Info,
    /// How often and how much in all, how the values are spread.
    Distribution,
    /// The largest value of late.
    Max,
}

/// A meter for whose samples there is no name left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) name: String,
    /// The name that is taken.
    pub(super) sample: String,
    /// The meter that has it.
    pub(super) other: String,
}

impl Role {
    /// What is appended to the family's name in all samples and formats but `OpenMetrics`, which
    /// appends it to the samples only.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Info => "_info",
            Self::Gauge | Self::Distribution | Self::Max => "",
        }
    }

    /// Whether the series has a sample in such a family.
    pub(super) fn is_of(self, series: &Series) -> bool {
        match series {
            Series::Counter(_) | Series::FunctionCounter(_) => self == Self::Counter,
            Series::Gauge(_) | Series::FunctionGauge(_) => {
                matches!(self, Self::Gauge | Self::Info)
            }
            Series::FunctionTimer(_) => self == Self::Distribution,
            Series::Timer(_) | Series::Summary(_) | Series::LongTask(_) => {
                matches!(self, Self::Distribution | Self::Max)
            }
        }
    }

    /// All that samples and families of this role may be called, in any of the formats.
    fn claims(self, name: &str) -> Vec<String> {
        let suffixes: &[&str] = match self {
            Self::Counter => &["", "_total", "_created"],
            Self::Gauge | Self::Max => &[""],
            Self::Info => &["", "_info"],
            Self::Distribution => &["", "_count", "_sum", "_bucket", "_created"],
        };
        suffixes.iter().map(|suffix| format!("{name}{suffix}")).collect()
    }
}

impl Plan {
    /// The plan for these families, which are sorted by the names of their meters: of two that
    /// lead to the same names the first wins.
    pub(super) fn of(families: Vec<Arc<Family>>) -> (Self, Vec<LeftOut>) {
        let mut taken: HashMap<String, usize> = HashMap::new();
        let (mut parts, mut left_out) = (Vec::new(), Vec::new());
        for (index, family) in families.iter().enumerate() {
            let own = parts_of(family);
            let names: Vec<String> =
                own.iter().flat_map(|part| part.role.claims(&part.name)).collect();
            let clash = names.iter().find_map(|name| Some((name, *taken.get(name)?)));
            if let Some((sample, other)) = clash {
                left_out.push(LeftOut {
                    name: family.name().to_owned(),
                    sample: sample.clone(),
                    other: families
                        .get(other)
                        .map(|other| other.name().to_owned())
                        .unwrap_or_default(),
                });
                continue;
            }
            for name in names {
                if let Entry::Vacant(free) = taken.entry(name) {
                    free.insert(index);
                }
            }
            parts.extend(own);
        }
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        let sources = families.into_iter().map(|family| {
            let has_unit = family.base_unit().is_some();
            (family, has_unit)
        });
        (Self { sources: sources.collect(), parts }, left_out)
    }

    /// Whether nothing has changed since.
    pub(super) fn is_of(&self, families: &[Arc<Family>]) -> bool {
        self.sources.len() == families.len()
            && self.sources.iter().zip(families).all(|((known, has_unit), family)| {
                Arc::ptr_eq(known, family) && *has_unit == family.base_unit().is_some()
            })
    }
}

fn parts_of(family: &Arc<Family>) -> Vec<Part> {
    let unit = Suffix::Unit(family.base_unit());
    let part = |role, name: String| Part { family: Arc::clone(family), role, name: name.into() };
    let name = |suffix| family_name(family.name(), suffix);
    match family.kind() {
        MeterKind::Counter => vec![part(Role::Counter, name(unit))],
        MeterKind::Gauge if is_info(family.name()) => vec![part(Role::Info, name(unit))],
        MeterKind::Gauge => vec![part(Role::Gauge, name(unit))],
        MeterKind::Summary | MeterKind::Timer | MeterKind::LongTask => {
            let name =
                name(if family.kind() == MeterKind::Summary { unit } else { Suffix::Seconds });
            let max = format!("{name}_max");
            vec![part(Role::Distribution, name), part(Role::Max, max)]
        }
    }
}

/// A gauge whose last word is `info`, in Micrometer's spelling.
fn is_info(name: &str) -> bool {
    name.strip_suffix("info").is_some_and(|before| before.ends_with('.'))
}

//! From the tree of checks to the tree of their answers, seen through a group.

use std::sync::Arc;

use super::{
    contributors::{Composite, Contributor, find},
    group::HealthGroup,
    health::{Health, Status},
    runner::{Check, run_all},
};

/// What was found at a node of the tree.
#[derive(Clone, Debug)]
pub enum Finding {
    /// The answer of a check.
    Indicator(Health),
    /// The answers of several, aggregated.
    Composite {
        /// The aggregated status.
        status: Status,
        /// The answers by name, sorted; never empty.
        components: Vec<(Arc<str>, Finding)>,
    },
}

impl Finding {
    /// The status of the node.
    pub fn status(&self) -> &Status {
        match self {
            Self::Indicator(health) => health.status(),
            Self::Composite { status, .. } => status,
        }
    }
}

/// Asks the group's members at or below `names` (no name: the whole tree), and only those.
/// `None` if there is no such contributor, or no member.
pub async fn evaluate(root: &Composite, names: &[&str], group: &HealthGroup) -> Option<Finding> {
    let mut checks = Vec::new();
    let node = if names.is_empty() {
        gather_all(root, group, &mut checks);
        None
    } else {
        let found = find(root, names)?;
        gather(found, group, &mut checks);
        Some(found)
    };
    let mut answers = run_all(&checks).await.into_iter();
    match node {
        None => assemble_all(root, group, &mut answers),
        Some(found) => assemble(found, group, &mut answers),
    }
}

fn gather_all(composite: &Composite, group: &HealthGroup, checks: &mut Vec<Arc<Check>>) {
    for contributor in composite.values() {
        gather(contributor, group, checks);
    }
}

fn gather(contributor: &Contributor, group: &HealthGroup, checks: &mut Vec<Arc<Check>>) {
    match contributor {
        Contributor::Indicator(check) => {
            if group.membership.contains(check.path()) {
                checks.push(Arc::clone(check));
            }
        }
        Contributor::Composite(inner) => gather_all(inner, group, checks),
    }
}

/// Walks as [`gather_all`] did, so the answers come in the order of the checks.
fn assemble_all(
    composite: &Composite,
    group: &HealthGroup,
    answers: &mut impl Iterator<Item = Health>,
) -> Option<Finding> {
    let components: Vec<_> = composite
        .iter()
        .filter_map(|(name, contributor)| {
            Some((Arc::clone(name), assemble(contributor, group, answers)?))
        })
        .collect();
    if components.is_empty() {
        return None;
    }
    let status = group.aggregator.aggregate(components.iter().map(|(_, found)| found.status()));
    Some(Finding::Composite { status, components })
}

fn assemble(
    contributor: &Contributor,
    group: &HealthGroup,
    answers: &mut impl Iterator<Item = Health>,
) -> Option<Finding> {
    match contributor {
        Contributor::Indicator(check) => group
            .membership
            .contains(check.path())
            .then(|| answers.next())
            .flatten()
            .map(Finding::Indicator),
        Contributor::Composite(inner) => assemble_all(inner, group, answers),
    }
}

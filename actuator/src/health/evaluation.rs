//! From the tree of checks to the tree of their answers, seen through a group.

use std::{iter::Peekable, sync::Arc};

use super::{
    contributors::{Composite, Contributor, find},
    group::HealthGroup,
    health::Status,
    options::CheckOptions,
    report::CheckReport,
    runner::{Check, run_all},
};

/// What was found at a node of the tree.
#[derive(Clone, Debug)]
pub enum Finding {
    /// What is known of a check.
    Indicator(Arc<CheckReport>),
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
            Self::Indicator(report) => report.health.status(),
            Self::Composite { status, .. } => status,
        }
    }

    /// Whether it counts for the status of what holds it: only what is critical does.
    fn counts(&self) -> bool {
        match self {
            Self::Indicator(report) => report.options.critical,
            Self::Composite { components, .. } => {
                components.iter().any(|(_, found)| found.counts())
            }
        }
    }
}

/// Whether a check, by its path and options, is asked at all.
pub type Selector<'s> = &'s (dyn Fn(&str, &CheckOptions) -> bool + Send + Sync);

/// Asks the group's members at or below `names` (no name: the whole tree) that `select` lets
/// pass, and only those. `None` if there is no such contributor, or no member.
pub async fn evaluate(
    root: &Composite,
    names: &[&str],
    group: &HealthGroup,
    select: Selector<'_>,
) -> Option<Finding> {
    let checks = gather(root, names, group, select)?;
    let reports = run_all(&checks).await;
    assemble(root, names, group, &checks, &reports)
}

/// The checks that such a question asks, in the order of the tree; `None` if there is no such
/// contributor.
pub fn gather(
    root: &Composite,
    names: &[&str],
    group: &HealthGroup,
    select: Selector<'_>,
) -> Option<Vec<Arc<Check>>> {
    let view = Members { group, select };
    let mut checks = Vec::new();
    if names.is_empty() {
        view.gather_all(root, &mut checks);
    } else {
        view.gather(find(root, names)?, &mut checks);
    }
    Some(checks)
}

/// Puts together what was said by the checks that [`gather`] gave; `None` if there were none.
pub fn assemble(
    root: &Composite,
    names: &[&str],
    group: &HealthGroup,
    checks: &[Arc<Check>],
    reports: &[Arc<CheckReport>],
) -> Option<Finding> {
    let mut answers = checks.iter().zip(reports).peekable();
    if names.is_empty() {
        assemble_all(root, group, &mut answers)
    } else {
        assemble_one(find(root, names)?, group, &mut answers)
    }
}

/// A check that was asked, and what is known of it.
type Answer<'c> = (&'c Arc<Check>, &'c Arc<CheckReport>);

/// The checks that one caller asks for.
#[derive(Clone, Copy)]
struct Members<'v> {
    group: &'v HealthGroup,
    select: Selector<'v>,
}

impl Members<'_> {
    fn has(&self, check: &Check) -> bool {
        let (path, options) = (check.path(), check.options());
        self.group.has(path, options) && (self.select)(path, options)
    }

    fn gather_all(&self, composite: &Composite, checks: &mut Vec<Arc<Check>>) {
        for contributor in composite.values() {
            self.gather(contributor, checks);
        }
    }

    fn gather(&self, contributor: &Contributor, checks: &mut Vec<Arc<Check>>) {
        match contributor {
            Contributor::Indicator(check) => {
                if self.has(check) {
                    checks.push(Arc::clone(check));
                }
            }
            Contributor::Composite(inner) => self.gather_all(inner, checks),
        }
    }
}

/// Walks as [`Members::gather_all`] did, so the answers come in the order of the checks.
fn assemble_all<'c>(
    composite: &Composite,
    group: &HealthGroup,
    answers: &mut Peekable<impl Iterator<Item = Answer<'c>>>,
) -> Option<Finding> {
    let components: Vec<_> = composite
        .iter()
        .filter_map(|(name, contributor)| {
            Some((Arc::clone(name), assemble_one(contributor, group, answers)?))
        })
        .collect();
    if components.is_empty() {
        return None;
    }
    let counting = components.iter().filter(|(_, found)| found.counts());
    let status = group.aggregator.aggregate(counting.map(|(_, found)| found.status()));
    Some(Finding::Composite { status, components })
}

fn assemble_one<'c>(
    contributor: &Contributor,
    group: &HealthGroup,
    answers: &mut Peekable<impl Iterator<Item = Answer<'c>>>,
) -> Option<Finding> {
    match contributor {
        Contributor::Indicator(check) => {
            // What was not asked has no answer.
            let answer = answers.next_if(|(asked, _)| Arc::ptr_eq(asked, check));
            answer.map(|(_, report)| Finding::Indicator(Arc::clone(report)))
        }
        Contributor::Composite(inner) => assemble_all(inner, group, answers),
    }
}

//! Every check of the application, in a tree of names that can change while it runs.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{indicator::HealthIndicator, runner::Check};

/// A node of the tree.
#[derive(Clone, Debug)]
pub enum Contributor {
    /// One check.
    Indicator(Arc<Check>),
    /// Several contributors under one name.
    Composite(Arc<Composite>),
}

/// Contributors by name, sorted.
pub type Composite = BTreeMap<Arc<str>, Contributor>;

/// The tree of all checks. Readers take a snapshot, so a change never shows half.
#[derive(Debug)]
pub struct HealthContributors {
    root: RwLock<Arc<Composite>>,
    group_names: Vec<String>,
    timeout: Duration,
}

impl HealthContributors {
    /// An empty tree. A name of a group cannot become the name of a contributor, since
    /// `/health/{name}` could not tell them apart; `timeout` holds for checks without their own.
    pub fn new(group_names: Vec<String>, timeout: Duration) -> Self {
        Self { root: RwLock::default(), group_names, timeout }
    }

    /// Adds a check. A path of several names (`db/primary`) makes the composites it needs.
    pub fn register(
        &self,
        path: &str,
        indicator: Arc<dyn HealthIndicator>,
        timeout: Option<Duration>,
    ) -> Result<(), ContributorError> {
        let refuse = |reason| Err(ContributorError { path: path.to_owned(), reason });
        let names: Vec<&str> = path.split('/').collect();
        let Some((last, parents)) = names.split_last().filter(|_| names.iter().all(|n| is_name(n)))
        else {
            return refuse(Refusal::Name);
        };
        if names.first().is_some_and(|first| self.group_names.iter().any(|name| name == first)) {
            return refuse(Refusal::Group);
        }
        let check = Check::new(path.to_owned(), indicator, timeout.unwrap_or(self.timeout));
        let mut root = self.root.write().unwrap_or_else(PoisonError::into_inner);
        // Changed on a copy, so that a refusal leaves the tree as it was.
        let mut changed = Arc::clone(&root);
        let mut composite = Arc::make_mut(&mut changed);
        for parent in parents {
            let node = composite
                .entry(Arc::from(*parent))
                .or_insert_with(|| Contributor::Composite(Arc::default()));
            match node {
                Contributor::Composite(inner) => composite = Arc::make_mut(inner),
                Contributor::Indicator(_) => return refuse(Refusal::Parent),
            }
        }
        if composite.contains_key(*last) {
            return refuse(Refusal::Duplicate);
        }
        composite.insert(Arc::from(*last), Contributor::Indicator(Arc::new(check)));
        *root = changed;
        Ok(())
    }

    /// Removes a check or a whole composite; composites that it leaves empty go too. `false` if
    /// there is none at `path`.
    pub fn unregister(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        let mut root = self.root.write().unwrap_or_else(PoisonError::into_inner);
        find(&root, &names).is_some() && remove(Arc::make_mut(&mut root), &names)
    }

    /// The tree as it is now.
    pub fn snapshot(&self) -> Arc<Composite> {
        Arc::clone(&self.root.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The paths of all checks and composites, sorted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        gather_paths(&self.snapshot(), "", &mut paths);
        paths
    }
}

/// The contributor at these names, compared exactly.
pub fn find<'c>(composite: &'c Composite, names: &[impl AsRef<str>]) -> Option<&'c Contributor> {
    let (first, rest) = names.split_first()?;
    let found = composite.get(first.as_ref())?;
    match found {
        found if rest.is_empty() => Some(found),
        Contributor::Composite(inner) => find(inner, rest),
        Contributor::Indicator(_) => None,
    }
}

fn remove(composite: &mut Composite, names: &[&str]) -> bool {
    let Some((first, rest)) = names.split_first() else { return false };
    if rest.is_empty() {
        return composite.remove(*first).is_some();
    }
    let Some(Contributor::Composite(inner)) = composite.get_mut(*first) else { return false };
    let removed = remove(Arc::make_mut(inner), rest);
    if inner.is_empty() {
        composite.remove(*first);
    }
    removed
}

fn gather_paths(composite: &Composite, prefix: &str, paths: &mut Vec<String>) {
    for (name, contributor) in composite {
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}/{name}") };
        paths.push(path.clone());
        if let Contributor::Composite(inner) = contributor {
            gather_paths(inner, &path, paths);
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(char::is_control)
}

/// Why a check cannot be registered under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContributorError {
    path: String,
    reason: Refusal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Name,
    Duplicate,
    Parent,
    Group,
}

impl fmt::Display for ContributorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.reason {
            Refusal::Name => write!(
                f,
                "\"{path}\" cannot name a health check: use names without control characters, \
                 several separated by single slashes (`db` or `db/primary`)"
            ),
            Refusal::Duplicate => write!(
                f,
                "a health contributor named \"{path}\" is registered already; rename one of them"
            ),
            Refusal::Parent => write!(
                f,
                "health check \"{path}\" would stand below another check; rename one of them"
            ),
            Refusal::Group => write!(
                f,
                "health contributor \"{path}\" clashes with the group of that name; rename it, or \
                 the group in `management.endpoint.health.group.*`"
            ),
        }
    }
}

impl std::error::Error for ContributorError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Health;

    fn contributors() -> HealthContributors {
        HealthContributors::new(vec!["liveness".to_owned()], Duration::from_secs(2))
    }

    fn add(contributors: &HealthContributors, path: &str) -> Result<(), String> {
        let indicator = Arc::new(|| async { Health::up() });
        contributors.register(path, indicator, None).map_err(|error| error.to_string())
    }

    #[test]
    fn trap_seed_21_a_duplicate_check_name_is_refused() {
        let contributors = contributors();
        add(&contributors, "db/primary").unwrap();
        assert!(add(&contributors, "db/primary").unwrap_err().contains("registered already"));
        assert!(add(&contributors, "db").unwrap_err().contains("registered already"));
        assert!(add(&contributors, "db/primary/x").unwrap_err().contains("below another check"));
        assert_eq!(contributors.paths(), ["db", "db/primary"]);
    }

    #[test]
    fn names_that_no_path_can_reach_are_refused() {
        let contributors = contributors();
        for bad in ["", "/", "db/", "/db", "a//b", " ", "a\nb"] {
            assert!(add(&contributors, bad).is_err(), "{bad:?}");
        }
        assert!(add(&contributors, "liveness").unwrap_err().contains("clashes with the group"));
        assert!(contributors.paths().is_empty());
    }

    #[test]
    fn names_are_sorted_and_compared_exactly() {
        let contributors = contributors();
        for path in ["zoo", "brokers/b", "brokers/a", "Api"] {
            add(&contributors, path).unwrap();
        }
        assert_eq!(contributors.paths(), ["Api", "brokers", "brokers/a", "brokers/b", "zoo"]);
        assert!(find(&contributors.snapshot(), &["api"]).is_none());
    }

    #[test]
    fn a_check_can_be_removed_while_a_snapshot_of_it_lives_on() {
        let contributors = contributors();
        add(&contributors, "db/primary").unwrap();
        let before = contributors.snapshot();
        assert!(!contributors.unregister("db/replica"));
        assert!(contributors.unregister("db/primary"));
        assert!(!contributors.unregister("db/primary"));
        assert!(contributors.paths().is_empty());
        assert!(find(&before, &["db", "primary"]).is_some());
    }
}

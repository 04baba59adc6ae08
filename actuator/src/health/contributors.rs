//! Every check of the application, in a tree of names that can change while it runs.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use super::{
    check::HealthCheck,
    engine::{CheckObserver, Engine, EngineSettings},
    health::{Health, Status},
    options::LONGEST,
    probe::CheckProbe,
    runner::Check,
    standing::Moment,
    status_override::StatusOverride,
    transition::{HealthSubscription, HealthTransition},
};
use crate::support::application_runtime::ApplicationRuntime;

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
    /// Held while a check comes or goes with its meters and timers, so that those of one name do
    /// not mix.
    changing: Mutex<()>,
    group_names: Vec<String>,
    engine: Arc<Engine>,
}

impl HealthContributors {
    /// An empty tree. A name of a group cannot become the name of a contributor, since
    /// `/health/{name}` could not tell them apart.
    pub(crate) fn new(
        group_names: Vec<String>,
        settings: EngineSettings,
        runtime: ApplicationRuntime,
        observer: Option<Arc<dyn CheckObserver>>,
    ) -> Self {
        let engine = Arc::new(Engine::new(settings, runtime, observer));
        Self { root: RwLock::default(), changing: Mutex::default(), group_names, engine }
    }

    /// Adds a check. A path of several names (`db/primary`) makes the composites it needs.
    ///
    /// # Errors
    /// The path is taken, cannot be asked for, or the check joins a group that does not exist.
    pub fn register(&self, check: HealthCheck) -> Result<(), ContributorError> {
        let options = self.engine.options_of(&check);
        let HealthCheck { path, indicator, wanted } = check;
        let path = path.as_str();
        let refuse = |reason| Err(ContributorError { path: path.to_owned(), reason });
        let names: Vec<&str> = path.split('/').collect();
        let Some((last, parents)) = names.split_last().filter(|_| names.iter().all(|n| is_name(n)))
        else {
            return refuse(Refusal::Name);
        };
        if names.first().is_some_and(|first| self.group_names.iter().any(|name| name == first)) {
            return refuse(Refusal::Group);
        }
        let joined = wanted.groups.unwrap_or_default();
        if let Some(unknown) = joined.into_iter().find(|name| !self.group_names.contains(name)) {
            return refuse(Refusal::NoGroup(unknown));
        }
        let added = Arc::new(Check::new(path, indicator, options, Arc::clone(&self.engine)));
        let _changing = self.changing();
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
        composite.insert(Arc::from(*last), Contributor::Indicator(Arc::clone(&added)));
        *root = changed;
        drop(root);
        self.begin(&added);
        Ok(())
    }

    /// Removes a check or a whole composite; composites that it leaves empty go too. `false` if
    /// there is none at `path`.
    pub fn unregister(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        let _changing = self.changing();
        let removed = {
            let mut root = self.root.write().unwrap_or_else(PoisonError::into_inner);
            let Some(found) = find(&root, &names).cloned() else { return false };
            remove(Arc::make_mut(&mut root), &names);
            found
        };
        for check in removed.checks() {
            check.remove();
            if let Some(observer) = &self.engine.observer {
                observer.unregistered(check.path());
            }
        }
        true
    }

    /// Runs a check now, whatever is kept of it, or shares the run that is under way; `None` if
    /// there is no such check.
    pub async fn check_now(&self, path: &str) -> Option<Health> {
        let check = self.check(path)?;
        Some((*check.run().await.health).clone())
    }

    /// A stream of changes of status from now on. It loses none as long as its reader is less
    /// than 1024 behind; after that it says how many it missed.
    pub fn subscribe(&self) -> HealthSubscription {
        self.engine.transitions.subscribe()
    }

    /// Calls `listener` with each change of status from now on, one at a time and in order. It
    /// must be quick: it runs where the check ran.
    pub fn on_change(&self, listener: impl Fn(&HealthTransition) + Send + Sync + 'static) {
        self.engine.transitions.on_change(Arc::new(listener));
    }

    /// The latest changes of a check's status, the oldest first; `None` if there is no such check.
    pub fn history(&self, path: &str) -> Option<Vec<Arc<HealthTransition>>> {
        let check = self.check(path)?;
        Some(check.with_standing(|standing| (standing.history(), None)))
    }

    /// Reports a check with another status than its own until `by.until`.
    ///
    /// # Errors
    /// There is no check at `path`, or the time is over already.
    pub fn override_status(&self, path: &str, by: StatusOverride) -> Result<(), ContributorError> {
        let refuse = |reason| ContributorError { path: path.to_owned(), reason };
        let check = self.check(path).ok_or_else(|| refuse(Refusal::Missing))?;
        let now = Moment::now();
        let rest = by.until.duration_since(now.wall).ok().filter(|rest| !rest.is_zero());
        let rest = rest.filter(|rest| *rest <= LONGEST);
        let until = rest.and_then(|rest| now.instant.checked_add(rest));
        let until = until.ok_or_else(|| refuse(Refusal::Expired))?;
        let order = &self.engine.settings.order;
        check.with_standing(|standing| ((), standing.force(Arc::new(by), until, now, order)));
        check.watch_override();
        Ok(())
    }

    /// Whether this status means something here: it is built in, or `status.order` names it.
    pub(crate) fn knows_status(&self, status: &Status) -> bool {
        self.engine.settings.order.knows(status)
    }

    /// Ends an override before its time; what it was, or `None` if there is none.
    pub fn clear_override(&self, path: &str) -> Option<Arc<StatusOverride>> {
        let order = &self.engine.settings.order;
        self.check(path)?.with_standing(|standing| {
            match standing.release(false, Moment::now(), order) {
                Some((by, change)) => (Some(by), change),
                None => (None, None),
            }
        })
    }

    /// The paths of all checks and composites, sorted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        gather_paths(&self.snapshot(), "", &mut paths);
        paths
    }

    /// The tree as it is now.
    pub(crate) fn snapshot(&self) -> Arc<Composite> {
        Arc::clone(&self.root.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn check(&self, path: &str) -> Option<Arc<Check>> {
        let names: Vec<&str> = path.split('/').collect();
        match find(&self.snapshot(), &names)? {
            Contributor::Indicator(check) => Some(Arc::clone(check)),
            Contributor::Composite(_) => None,
        }
    }

    fn begin(&self, check: &Arc<Check>) {
        if let Some(observer) = &self.engine.observer {
            check.observed_by(observer.registered(CheckProbe::new(check)));
        }
        // Also where a check without a rhythm learns of the runtime.
        if self.engine.runtime().is_some() {
            check.begin();
        }
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contributor {
    /// All checks at or below it.
    fn checks(&self) -> Vec<Arc<Check>> {
        match self {
            Self::Indicator(check) => vec![Arc::clone(check)],
            Self::Composite(inner) => inner.values().flat_map(Self::checks).collect(),
        }
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

/// Why a check cannot be registered, or overridden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContributorError {
    path: String,
    reason: Refusal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    Name,
    Duplicate,
    Parent,
    Group,
    NoGroup(String),
    Missing,
    Expired,
}

impl fmt::Display for ContributorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.reason {
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
            Refusal::NoGroup(group) => write!(
                f,
                "health check \"{path}\" joins the group \"{group}\", which does not exist; \
                 groups are made at the start, by settings or by checks registered there"
            ),
            Refusal::Missing => write!(f, "there is no health check \"{path}\""),
            Refusal::Expired => write!(
                f,
                "the override of health check \"{path}\" would end before it begins, or never"
            ),
        }
    }
}

impl std::error::Error for ContributorError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn contributors() -> HealthContributors {
        HealthContributors::new(
            vec!["liveness".to_owned()],
            EngineSettings::default(),
            ApplicationRuntime::default(),
            None,
        )
    }

    fn add(contributors: &HealthContributors, path: &str) -> Result<(), String> {
        let check = HealthCheck::new(path, || async { Health::up() });
        contributors.register(check).map_err(|error| error.to_string())
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

//! The settings that are in force, and how others take their place: all at once or not at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Property, PropertySource, Settings, SourceKind, catalog,
    name::{self, Spelling},
};
use crate::error::{Error, ErrorKind, Result};

/// The name of the source of values that were set while the service runs, as Spring Cloud's.
const MANAGER: &str = "manager";
/// How many names may be set at a time.
const MAX_SET: usize = 100;
/// Longest name that may be set, in bytes.
const MAX_NAME: usize = 256;
/// Longest value that may be set, in bytes.
const MAX_VALUE: usize = 4096;

/// Looks at new settings and gives what puts them into force, or refuses.
type Prepare = dyn Fn(&Settings) -> Result<Commit> + Send + Sync;
/// Puts settings into force.
type Commit = Box<dyn FnOnce() + Send>;

/// The settings that are in force, and those who are told of others.
///
/// Nothing here waits for anything but files and its participants; call it where blocking is
/// allowed. A participant must not call [`Self::refresh`], [`Self::set`] or [`Self::remove_all`].
pub struct LiveSettings {
    current: Mutex<Arc<Settings>>,
    read_again: Box<dyn Fn() -> Result<Settings> + Send + Sync>,
    participants: Mutex<Vec<Participant>>,
    /// Held by the one change that is under way.
    flight: Mutex<Layers>,
    rounds: AtomicU64,
}

#[derive(Clone)]
struct Participant {
    prepare: Arc<Prepare>,
    /// The names that it puts into force, and all below them.
    names: Arc<[String]>,
}

/// What the settings in force are made of.
struct Layers {
    /// What was read from all places.
    read: Arc<Settings>,
    /// What was set over it, by canonical name.
    set: BTreeMap<String, String>,
}

impl LiveSettings {
    /// These settings, until others are found by `read_again`.
    pub fn new(
        settings: Arc<Settings>,
        read_again: impl Fn() -> Result<Settings> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            current: Mutex::new(Arc::clone(&settings)),
            read_again: Box::new(read_again),
            participants: Mutex::default(),
            flight: Mutex::new(Layers { read: settings, set: BTreeMap::new() }),
            rounds: AtomicU64::new(0),
        })
    }

    /// These settings, for good.
    #[cfg(test)]
    pub fn fixed(settings: Settings) -> Arc<Self> {
        Self::new(Arc::new(settings.clone()), move || Ok(settings.clone()))
    }

    /// The settings in force.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&lock(&self.current))
    }

    /// Has `prepare` take part in every change from now on: it looks at new settings and gives what
    /// puts them into force, or refuses with every bad value.
    #[allow(dead_code, reason = "typed settings of the application join with names of none")]
    pub fn join(&self, prepare: impl Fn(&Settings) -> Result<Commit> + Send + Sync + 'static) {
        self.join_for([], prepare);
    }

    /// As [`Self::join`], and says which names take effect by that: each of them, and all below it.
    /// Other known names are told to need a restart, see [`Self::waiting_for_restart`].
    pub fn join_for<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        prepare: impl Fn(&Settings) -> Result<Commit> + Send + Sync + 'static,
    ) {
        let names = names.into_iter().map(str::to_owned).collect();
        lock(&self.participants).push(Participant { prepare: Arc::new(prepare), names });
    }

    /// Reads all places again. Every participant prepares, and only if all can, all of them commit.
    /// Gives the names whose values are others now, sorted.
    ///
    /// One runs at a time; a second one waits, and reads what is there then.
    ///
    /// # Errors
    /// A place that cannot be read, or values that somebody refuses: all of them. Nothing has
    /// changed then.
    pub fn refresh(&self) -> Result<Vec<String>> {
        let mut layers = lock(&self.flight);
        self.rounds.fetch_add(1, Ordering::SeqCst);
        let read = Arc::new(quietly(|| (self.read_again)())?);
        // What is bad in the places is left out where that is wanted; what is set is refused.
        let usable = read.until_usable(|| self.prepare(&read));
        read.tell_left_out();
        let commits = usable?;
        let changed = if layers.set.is_empty() {
            self.commit(Arc::clone(&read), commits)
        } else {
            drop(commits);
            self.put(&read, &layers.set)?
        };
        layers.read = read;
        Ok(changed)
    }

    /// How many refreshes have begun to read. Who asks for one while this number stays may share
    /// the one that raises it.
    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::SeqCst)
    }

    /// Sets a value over those of all places, in the source `manager`; it is put into force as by
    /// [`Self::refresh`], but nothing is read again. Placeholders in it are plain text.
    ///
    /// # Errors
    /// A name or value that is too long or not printable, too many of them, or one that somebody
    /// refuses. Nothing has changed then.
    pub fn set(&self, name: &str, value: &str) -> Result<Vec<String>> {
        check(name, value)?;
        let mut layers = lock(&self.flight);
        let mut set = layers.set.clone();
        set.insert(canonical_name(name), value.to_owned());
        if set.len() > MAX_SET {
            return Err(refusal(format!(
                "{MAX_SET} settings are set already; remove them all before you set others"
            )));
        }
        let changed = self.put(&layers.read, &set)?;
        layers.set = set;
        Ok(changed)
    }

    /// Takes back all that was [set](Self::set), and gives it.
    ///
    /// # Errors
    /// Somebody refuses the values beneath. Nothing has changed then.
    pub fn remove_all(&self) -> Result<BTreeMap<String, String>> {
        let mut layers = lock(&self.flight);
        self.put(&layers.read, &BTreeMap::new())?;
        Ok(std::mem::take(&mut layers.set))
    }

    /// Those of the changed names that are known, but that no participant puts into force.
    pub fn waiting_for_restart(&self, changed: &[String]) -> Vec<String> {
        let participants = lock(&self.participants).clone();
        let is_live = |changed: &str| {
            let mut names = participants.iter().flat_map(|participant| participant.names.iter());
            names.any(|name| {
                changed == name
                    || name::below(changed, name).is_some()
                    || name::indexed(changed).is_some_and(|(list, _)| list == name)
            })
        };
        let known = |name: &&String| catalog::canonical(name, Spelling::Dotted).is_some();
        changed.iter().filter(known).filter(|name| !is_live(name)).cloned().collect()
    }

    /// Both phases. The caller holds the flight.
    fn put(&self, read: &Arc<Settings>, set: &BTreeMap<String, String>) -> Result<Vec<String>> {
        let next = overlaid(read, set);
        let commits = self.prepare(&next)?;
        Ok(self.commit(next, commits))
    }

    /// What puts these settings into force, if nobody refuses.
    fn prepare(&self, next: &Settings) -> Result<Vec<Commit>> {
        let participants = lock(&self.participants).clone();
        let mut commits = Vec::new();
        let mut refusals = Vec::new();
        for participant in participants {
            match quietly(|| (participant.prepare)(next)) {
                Ok(commit) => commits.push(commit),
                Err(error) => refusals.push(error.to_string()),
            }
        }
        if refusals.is_empty() {
            return Ok(commits);
        }
        refusals.dedup();
        Err(refusal(refusals.join("\n")))
    }

    /// Puts settings into force that everybody can use. Gives the names that changed.
    fn commit(&self, next: Arc<Settings>, commits: Vec<Commit>) -> Vec<String> {
        let changed = changed_names(&self.current(), &next);
        *lock(&self.current) = next;
        for commit in commits {
            // The others are not to be left behind: a half of new settings is worse than a bad part.
            if catch_unwind(AssertUnwindSafe(commit)).is_err() {
                tracing::error!(
                    target: "actuator::settings",
                    "a part of the service panicked when it took over new settings; the others \
                     have them"
                );
            }
        }
        changed
    }
}

impl fmt::Debug for LiveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSettings").finish_non_exhaustive()
    }
}

/// The settings that were read, below those that were set.
fn overlaid(read: &Arc<Settings>, set: &BTreeMap<String, String>) -> Arc<Settings> {
    if set.is_empty() {
        return Arc::clone(read);
    }
    let mut manager = PropertySource::new(MANAGER, SourceKind::Manager);
    for (name, value) in set {
        manager.insert(name, Property::text(value, "set while the service runs"));
    }
    let mut settings = Settings::clone(read);
    settings.sources.insert(0, manager);
    Arc::new(settings)
}

/// The names that have another value in one than in the other, or only in one, sorted. What is the
/// same name in several spellings is told once.
fn changed_names(old: &Settings, new: &Settings) -> Vec<String> {
    let sources = old.sources.iter().chain(&new.sources);
    let names: BTreeSet<&str> =
        sources.flat_map(PropertySource::by_canonical_name).map(|(name, _)| name).collect();
    let value =
        |settings: &Settings, name| settings.property(name).map(|found| found.value.clone());
    let mut told = BTreeSet::new();
    names
        .into_iter()
        .filter(|name| value(old, name) != value(new, name))
        .filter(|name| told.insert(name::uniform(name)))
        .map(str::to_owned)
        .collect()
}

/// The one spelling of a dotted name under which a value is set.
pub fn canonical_name(name: &str) -> String {
    catalog::canonical(name, Spelling::Dotted)
        .map_or_else(|| name::as_written(name, Spelling::Dotted), |(canonical, _)| canonical)
}

fn check(name: &str, value: &str) -> Result<()> {
    check_name(name)?;
    if value.len() > MAX_VALUE || value.contains(char::is_control) {
        return Err(refusal(format!(
            "value: expected a text of one line, at most {MAX_VALUE} bytes"
        )));
    }
    Ok(())
}

/// Refuses what cannot be the name of a setting that is set while the service runs: to be asked
/// before a name of others is compared with anything, which takes longer the longer it is.
///
/// # Errors
/// It is empty, too long, or has white space or control characters.
pub fn check_name(name: &str) -> Result<()> {
    let is_bad = |c: char| c.is_control() || c.is_whitespace();
    if name.is_empty() || name.len() > MAX_NAME || name.contains(is_bad) {
        return Err(refusal(format!(
            "name: expected the name of a setting, at most {MAX_NAME} bytes without white space"
        )));
    }
    Ok(())
}

/// A panic is a refusal: what it left half done is only what it was preparing.
fn quietly<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let panicked = |_| Err(refusal("a part of the service panicked over the new settings"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
}

fn refusal(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Setting, message)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;

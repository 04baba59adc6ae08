//! Changing levels while the process runs: setting, removing, and reverting in time. Every change
//! is logged, and told to those who listen.

use std::sync::{MutexGuard, PoisonError};

use tracing::Level;

use super::{
    alarm::Alarm,
    bounds::{MAX_OVERRIDES, is_name},
    change::{Actor, ChangeCause, LevelChange, Listening, Origin, SetLevelError, Terms},
    level::LogLevel,
    level_override::LevelOverride,
    loggers::{FIRST, Loggers, of_variable},
    settings::LevelSettings,
    state::{Entry, LoggerGroup, State},
    tree::ROOT,
};

/// The target under which changes of levels are logged.
pub(super) const OWN_TARGET: &str = "actuator::loggers";

impl Loggers {
    /// Sets initial levels and groups. A level of a group goes to its members. What was set
    /// through the API stays above them.
    pub(crate) fn configure(&self, levels: &[(String, LogLevel)], groups: &[LoggerGroup]) {
        let changing = self.changing();
        let mut state = State::clone(&self.state());
        state.begin_with(levels, groups);
        self.replace_state(state);
        self.rebuild();
        drop(changing);
    }

    /// Takes over other initial levels and groups in place of those that the settings gave before.
    /// Those that they do not name any more are what they were without settings.
    pub(crate) fn reconfigure(&self, before: &LevelSettings, now: &LevelSettings) {
        let changing = self.changing();
        let mut state = State::clone(&self.state());
        state.forget(&before.levels, &before.groups, FIRST);
        let mut of_variable = of_variable();
        of_variable.retain(|(name, _)| before.levels.iter().any(|(gone, _)| gone == name));
        state.begin_with(&of_variable, &[]);
        state.begin_with(&now.levels, &now.groups);
        self.replace_state(state);
        self.rebuild();
        drop(changing);
    }

    /// Sets levels of loggers, or of all loggers of groups, all of them or none; `None` lets them
    /// inherit again, and gives ROOT its initial level. A group is set before loggers are, so
    /// that those of its loggers that are named too get their own.
    pub(crate) fn change(
        &self,
        wanted: &[(&str, Option<LogLevel>)],
        terms: &Terms,
    ) -> Result<(), SetLevelError> {
        if !self.is_attached() {
            return Err(SetLevelError::NotAttached);
        }
        terms.check()?;
        let bad = wanted.iter().find(|(name, _)| !is_name(name));
        if let Some((name, _)) = bad {
            return Err(SetLevelError::Name((*name).to_owned()));
        }
        if terms.expires_in.is_some() && wanted.iter().all(|(_, level)| level.is_none()) {
            return Err(SetLevelError::NothingExpires);
        }
        let changing = self.changing();
        let before = self.state();
        let mut state = State::clone(&before);
        let mut wanted = wanted.to_vec();
        wanted.sort_by_key(|(name, _)| before.group(name).is_none());
        let (now, instant) = (self.shared.clock.now(), self.shared.clock.instant());
        for (name, level) in &wanted {
            let ends = terms.expires_in.filter(|_| level.is_some());
            let ends = ends.and_then(|time| instant.checked_add(time));
            state.put(terms.stamp(name, *level, now), ends, terms.origin);
        }
        if state.overrides().len() > MAX_OVERRIDES {
            return Err(SetLevelError::TooMany);
        }
        if terms.expires_in.is_some() {
            self.start_timer()?;
        }
        state.compile();
        let change = |name: &str| LevelChange {
            name: name.to_owned(),
            from: before.configured(name),
            to: state.configured(name),
            cause: ChangeCause::Set,
            expires_at: state.entry(name).and_then(|entry| entry.set.expires_at),
            expires_in: terms.expires_in.filter(|_| state.entry(name).is_some_and(has_end)),
            reason: terms.reason.clone(),
            actor: terms.actor.clone(),
            origin: terms.origin,
        };
        let changes: Vec<_> = wanted.iter().map(|(name, _)| change(name)).collect();
        self.commit(state, &changes);
        drop(changing);
        Ok(())
    }

    /// Removes overrides, so that initial levels come back; with `None` all of them. Gives how
    /// many there were. Only the reason and the actor of the terms count.
    pub(crate) fn remove(&self, name: Option<&str>, terms: &Terms) -> Result<usize, SetLevelError> {
        if !self.is_attached() {
            return Err(SetLevelError::NotAttached);
        }
        terms.check()?;
        let changing = self.changing();
        let names: Vec<String> = self
            .state()
            .overrides()
            .map(|entry| entry.set.name.clone())
            .filter(|known| name.is_none_or(|name| name == known))
            .collect();
        self.take_out(&names, ChangeCause::Removed, |_| terms.clone());
        drop(changing);
        Ok(names.len())
    }

    /// Removes the overrides whose time is over.
    pub(super) fn revert_due(&self) {
        let changing = self.changing();
        let now = self.shared.clock.instant();
        let state = self.state();
        let due = state.overrides().filter(|entry| entry.ends.is_some_and(|ends| ends <= now));
        let due: Vec<String> = due.map(|entry| entry.set.name.clone()).collect();
        self.take_out(&due, ChangeCause::Expired, |entry| {
            let reason = entry.set.reason.clone();
            Terms { reason, origin: entry.origin, ..Terms::default() }
        });
        // Also where nothing was due: the alarm went off, and somebody may have moved the rest.
        self.shared.alarm.set(self.state().next_end());
        drop(changing);
    }

    /// Takes over what a store has: overrides that are there, and names of those that are gone.
    /// What cannot be, or is over, is left out. Gives the overrides that count now.
    pub(super) fn adopt(
        &self,
        mut there: Vec<LevelOverride>,
        gone: &[String],
        cause: ChangeCause,
        origin: Option<Origin>,
    ) -> Vec<LevelOverride> {
        let changing = self.changing();
        self.take_out(gone, cause, |_| Terms { origin, ..Terms::default() });
        let (now, instant) = (self.shared.clock.now(), self.shared.clock.instant());
        let before = self.state();
        let mut state = State::clone(&before);
        let mut adopted: Vec<LevelOverride> = Vec::new();
        there.sort_by_key(|set| set.since);
        for set in there {
            let left = set.expires_at.map(|at| at.duration_since(now).unwrap_or_default());
            let is_over = left.is_some_and(|left| left.is_zero());
            let has_room = state.overrides().len() < MAX_OVERRIDES;
            if is_over || !set.is_sane() || !(has_room || state.entry(&set.name).is_some()) {
                continue;
            }
            if left.is_some() && self.start_timer().is_err() {
                continue;
            }
            adopted.push(set.clone());
            state.put_back(set, left.and_then(|left| instant.checked_add(left)), origin);
        }
        state.compile();
        let change = |set: &LevelOverride| LevelChange {
            name: set.name.clone(),
            from: before.configured(&set.name),
            to: state.configured(&set.name),
            cause,
            expires_at: set.expires_at,
            expires_in: set.expires_at.and_then(|at| at.duration_since(now).ok()),
            reason: set.reason.clone(),
            actor: actor_of(set),
            origin,
        };
        let changes: Vec<_> = adopted.iter().map(change).collect();
        if !changes.is_empty() {
            self.commit(state, &changes);
        }
        drop(changing);
        adopted
    }

    /// Calls `listener` with every change from now on, for as long as what this gives is kept. It
    /// is called one change at a time, where the change is made, and must not change levels.
    pub(crate) fn on_change(
        &self,
        listener: impl Fn(&LevelChange) + Send + Sync + 'static,
    ) -> Listening {
        self.shared.listeners.add(listener)
    }

    /// An origin of changes that nobody else has.
    pub(crate) fn origin(&self) -> Origin {
        self.shared.listeners.origin()
    }

    /// Removes overrides of these names. `changing` is held.
    fn take_out(&self, names: &[String], cause: ChangeCause, terms: impl Fn(&Entry) -> Terms) {
        let before = self.state();
        let mut state = State::clone(&before);
        let removed: Vec<_> = names.iter().filter(|name| state.remove(name)).collect();
        if removed.is_empty() {
            return;
        }
        state.compile();
        let change = |name: &str| {
            let terms = before.entry(name).map(|entry| terms(entry)).unwrap_or_default();
            LevelChange {
                name: name.to_owned(),
                from: before.configured(name),
                to: state.configured(name),
                cause,
                expires_at: None,
                expires_in: None,
                reason: terms.reason,
                actor: terms.actor,
                origin: terms.origin,
            }
        };
        let changes: Vec<_> = removed.iter().map(|name| change(name)).collect();
        self.commit(state, &changes);
    }

    /// Makes a state count, and says so. `changing` is held.
    fn commit(&self, state: State, changes: &[LevelChange]) {
        let next_end = state.next_end();
        let named: Vec<String> =
            changes.iter().flat_map(|change| state.loggers_of(&change.name)).collect();
        let named = named.iter().map(String::as_str).filter(|name| *name != ROOT);
        self.learn(|known| known.name(named, |name| state.own_level(name).is_some()));
        // Said while it can be heard: `ROOT=OFF` silences this very line.
        let is_heard = |loggers: &Self| loggers.state().lets_through(OWN_TARGET, level_of(changes));
        let said = is_heard(self);
        if said {
            changes.iter().for_each(log);
        }
        self.replace_state(state);
        self.rebuild();
        if !said && is_heard(self) {
            changes.iter().for_each(log);
        }
        self.shared.alarm.set(next_end);
        self.shared.listeners.tell(changes);
    }

    fn start_timer(&self) -> Result<(), SetLevelError> {
        let shared = std::sync::Arc::downgrade(&self.shared);
        let wake = move || {
            let Some(shared) = shared.upgrade() else { return false };
            Self { shared }.revert_due();
            true
        };
        Alarm::start(&self.shared.alarm, self.shared.clock.clone(), wake).map_err(|error| {
            tracing::error!(target: OWN_TARGET, "no thread to revert levels in time: {error}");
            SetLevelError::NoTimer
        })
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.shared.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets one level, without terms.
    #[cfg(test)]
    pub(crate) fn set(&self, name: &str, level: Option<LogLevel>) -> Result<(), SetLevelError> {
        self.change(&[(name, level)], &Terms::default())
    }
}

fn has_end(entry: &std::sync::Arc<Entry>) -> bool {
    entry.ends.is_some()
}

fn actor_of(set: &LevelOverride) -> Option<Actor> {
    let actor = set.actor.clone();
    actor.map(|name| Actor { name, claimed: set.actor_claimed })
}

/// What was kept from before the start is easily forgotten, and is said louder.
fn level_of(changes: &[LevelChange]) -> Level {
    let restored = changes.iter().any(|change| change.cause == ChangeCause::Restored);
    if restored { Level::WARN } else { Level::INFO }
}

fn log(change: &LevelChange) {
    let word = |level: Option<LogLevel>| level.map_or("inherited", LogLevel::name);
    let mut text =
        format!("Level of {}: {} -> {}", change.name, word(change.from), word(change.to));
    match change.cause {
        ChangeCause::Set => {}
        ChangeCause::Removed => text.push_str(", override removed"),
        ChangeCause::Expired => text.push_str(", override expired"),
        ChangeCause::Restored => text.push_str(", set before the start"),
        ChangeCause::Shared => text.push_str(", set by another instance"),
    }
    if let Some(actor) = &change.actor {
        let claimed = if actor.claimed { " (claimed)" } else { "" };
        text.extend([", by ", &actor.name, claimed]);
    }
    if let Some(time) = change.expires_in {
        // To the second is enough to read.
        let time = std::time::Duration::from_secs(time.as_secs().max(1));
        text.extend([", for ", &humantime::format_duration(time).to_string()]);
    }
    if let Some(reason) = &change.reason {
        text.extend([", because: ", reason]);
    }
    if change.cause == ChangeCause::Restored {
        tracing::warn!(
            target: OWN_TARGET,
            "{text}; DELETE /actuator/loggeroverrides/{} takes it back",
            change.name
        );
    } else {
        tracing::info!(target: OWN_TARGET, "{text}");
    }
}

#[cfg(test)]
mod tests;

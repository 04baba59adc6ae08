//! What happens to values that cannot be used: `actuator.settings.on-invalid`.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
};

use super::{FromSetting, Property, Settings, is_guarding, name, one_of};
use crate::error::Result;

/// The setting that says it.
pub(super) const ON_INVALID: &str = "actuator.settings.on-invalid";

/// What happens to a value that cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// It refuses the start.
    #[default]
    Fail,
    /// It is warned about, and what it would have won over is kept: the value of another place, or
    /// the default.
    WarnAndKeep,
}

impl FromSetting for OnInvalid {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("fail", Self::Fail), ("warn-and-keep", Self::WarnAndKeep)])
    }
}

/// The values that do not count, by their source and key, and what is to be said of them.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    keys: RwLock<BTreeSet<(String, String)>>,
    warnings: Mutex<Vec<String>>,
}

impl Clone for LeftOut {
    fn clone(&self) -> Self {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        Self { keys: RwLock::new(keys), warnings: Mutex::new(self.warnings().clone()) }
    }
}

impl LeftOut {
    /// Whether this value of this source does not count.
    pub(super) fn holds(&self, source: &str, key: &str) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        // Nearly always there is none, and no name has to be copied for the question.
        !keys.is_empty() && keys.contains(&(source.to_owned(), key.to_owned()))
    }

    fn warnings(&self) -> MutexGuard<'_, Vec<String>> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_be_left_out(name: &str) -> bool {
    name != ON_INVALID && !is_guarding(name)
}

impl Settings {
    /// Reads settings, once more after each time that values were left out because they cannot be
    /// used. `read` makes a reader and [finishes](super::SettingsReader::finish) it, and does
    /// nothing else that would be done twice.
    ///
    /// # Errors
    /// That of the last attempt: bad values that may not be left out, or that nobody gave.
    pub fn until_usable<T>(&self, read: impl Fn() -> Result<T>) -> Result<T> {
        loop {
            let before = self.left_out();
            match read() {
                Err(_) if self.left_out() > before => {}
                outcome => return outcome,
            }
        }
    }

    /// Logs what may be a mistake: see [`Settings::warnings`], and values that were left out.
    pub fn tell_warnings(&self) {
        for warning in self.warnings() {
            tracing::warn!(target: "actuator::settings", "{warning}");
        }
        self.tell_left_out();
    }

    /// Logs which values were left out since this was called last.
    pub fn tell_left_out(&self) {
        for warning in std::mem::take(&mut *self.left_out.warnings()) {
            tracing::warn!(target: "actuator::settings", "{warning}");
        }
    }

    /// Values that were left out, one text each, and not told yet.
    #[cfg(test)]
    pub fn left_out_warnings(&self) -> Vec<String> {
        self.left_out.warnings().clone()
    }

    /// Leaves out the values of these names, each with what is wrong with it, if that is what the
    /// operator wants. Those that decide who may do what stay, and so refuse: without a password
    /// that is written badly everybody would get in.
    pub(super) fn leave_out(&self, problems: &[(String, String)]) {
        let policy = self.property(ON_INVALID).map(|property| property.value.as_str());
        if policy.and_then(|text| OnInvalid::from_setting(text).ok())
            != Some(OnInvalid::WarnAndKeep)
        {
            return;
        }
        for (name, problem) in problems.iter().filter(|(name, _)| may_be_left_out(name)) {
            let winners = self.winners(name);
            if winners.is_empty() {
                continue;
            }
            let mut keys = self.left_out.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.extend(winners);
            self.left_out.warnings().push(format!("{problem}; it is left out"));
        }
    }

    /// The source and the keys that give this setting: one, or the items of a list.
    fn winners(&self, setting: &str) -> Vec<(String, String)> {
        let keys = self.sources.iter().map(|source| {
            let is_item = |canonical: &str| {
                name::indexed(canonical)
                    .is_some_and(|(list, _)| name::uniform(list) == name::uniform(setting))
            };
            let key = source.get_with_name(setting).map(|(key, _)| key.to_owned());
            let items = source.keys_by_canonical_name().filter(|(canonical, _)| is_item(canonical));
            let keys = key.into_iter().chain(items.map(|(_, key)| key.to_owned()));
            let keys = keys.filter(|key| !self.left_out.holds(&source.name, key));
            keys.map(|key| (source.name.clone(), key)).collect::<Vec<_>>()
        });
        keys.into_iter().find(|keys| !keys.is_empty()).unwrap_or_default()
    }

    fn left_out(&self) -> usize {
        self.left_out.keys.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether a property counts: nobody found it bad.
    pub(super) fn counts<'p>(
        &self,
        source: &str,
        (key, property): (&str, &'p Property),
    ) -> Option<&'p Property> {
        (!self.left_out.holds(source, key)).then_some(property)
    }
}

#[cfg(test)]
mod tests;

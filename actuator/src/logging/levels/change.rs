//! A change of a level as those see it who write it down: what, by whom, and why.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use super::{
    bounds::{LONGEST, MAX_ACTOR, MAX_NAME, MAX_OVERRIDES, MAX_REASON, SHORTEST, is_line},
    level::LogLevel,
    level_override::LevelOverride,
};

/// Who changes a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    /// The name.
    pub(crate) name: String,
    /// Whether it is only what the caller said.
    pub(crate) claimed: bool,
}

/// One of the services of a process, which share its loggers: each writes down what is done
/// through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(u64);

/// What may be said about a change beside the level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// After which time the level reverts by itself.
    pub(crate) expires_in: Option<Duration>,
    /// Why it is changed.
    pub(crate) reason: Option<String>,
    /// Who changes it.
    pub(crate) actor: Option<Actor>,
    /// Through which service, if through one.
    pub(crate) origin: Option<Origin>,
}

impl Terms {
    /// Whether all of it is within the bounds.
    pub(super) fn check(&self) -> Result<(), SetLevelError> {
        if self.expires_in.is_some_and(|time| !(SHORTEST..=LONGEST).contains(&time)) {
            return Err(SetLevelError::Expiry);
        }
        if self.reason.as_ref().is_some_and(|reason| !is_line(reason, MAX_REASON)) {
            return Err(SetLevelError::Reason);
        }
        if self.actor.as_ref().is_some_and(|actor| !is_line(&actor.name, MAX_ACTOR)) {
            return Err(SetLevelError::Actor);
        }
        Ok(())
    }

    /// The override that these terms make of a level.
    pub(super) fn stamp(
        &self,
        name: &str,
        level: Option<LogLevel>,
        now: SystemTime,
    ) -> LevelOverride {
        let mut set = LevelOverride::new(name, level, now);
        // A reset holds until somebody sets a level.
        let expires_in = self.expires_in.filter(|_| level.is_some());
        set.expires_at = expires_in.and_then(|time| now.checked_add(time));
        set.reason.clone_from(&self.reason);
        set.actor = self.actor.as_ref().map(|actor| actor.name.clone());
        set.actor_claimed = self.actor.as_ref().is_some_and(|actor| actor.claimed);
        set
    }
}

/// Why levels were not set. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SetLevelError {
    /// No logger can have this name.
    Name(String),
    /// There would be too many overrides.
    TooMany,
    /// The expiry is too short or too long.
    Expiry,
    /// An expiry without a level that could expire.
    NothingExpires,
    /// The reason is too long, or cannot be printed on a line.
    Reason,
    /// The same of the actor.
    Actor,
    /// The subscriber of the process is not ours and has no [`super::LoggersLayer`].
    NotAttached,
    /// The system gave no thread that could revert levels in time.
    NoTimer,
}

impl fmt::Display for SetLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "a logger's name has 1 to {MAX_NAME} bytes of printable characters without \
                 blanks; {:?} is none",
                name.chars().take(MAX_NAME).collect::<String>()
            ),
            Self::TooMany => write!(
                f,
                "there would be more than {MAX_OVERRIDES} overrides; DELETE some of \
                 /actuator/loggeroverrides first"
            ),
            Self::Expiry => {
                f.write_str("expiresIn: expected 1 second to 30 days, such as PT10M or 10m")
            }
            Self::NothingExpires => {
                f.write_str("expiresIn: a reset does not expire; send the level that is to expire")
            }
            Self::Reason => {
                write!(f, "reason: expected a line of 1 to {MAX_REASON} printable characters")
            }
            Self::Actor => {
                write!(f, "actor: expected a line of 1 to {MAX_ACTOR} printable characters")
            }
            Self::NotAttached => f.write_str(
                "the application installed its own tracing subscriber; add \
                 actuator::logging::layer() to it to make levels changeable",
            ),
            Self::NoTimer => f.write_str(
                "the system gives no thread that could revert the level; set it without expiresIn",
            ),
        }
    }
}

/// Why a level changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeCause {
    /// Somebody set or reset it.
    Set,
    /// Somebody removed its override.
    Removed,
    /// Its override ended by itself.
    Expired,
    /// Its override was kept from before the start.
    Restored,
    /// Another instance changed it, which shares the store.
    Shared,
}

/// A change of the level of a logger or a group. It happens also where the level stays and only
/// its terms change.
#[derive(Clone, Debug)]
pub(crate) struct LevelChange {
    /// The logger or group.
    pub(crate) name: String,
    /// Its own level before; `None` if it inherited.
    pub(crate) from: Option<LogLevel>,
    /// Its own level from now on.
    pub(crate) to: Option<LogLevel>,
    /// Why.
    pub(crate) cause: ChangeCause,
    /// When the new level reverts by itself.
    pub(crate) expires_at: Option<SystemTime>,
    /// How long that is from now.
    pub(crate) expires_in: Option<Duration>,
    /// The reason that was given; of an expiry the reason of what expired.
    pub(crate) reason: Option<String>,
    /// Who did it; of an expiry nobody.
    pub(crate) actor: Option<Actor>,
    /// Through which service; of an expiry the one through which it was set.
    pub(crate) origin: Option<Origin>,
}

/// Those who want to hear of changes.
#[derive(Default)]
pub(super) struct Listeners {
    listeners: Mutex<Vec<(u64, Arc<Listener>)>>,
    last: AtomicU64,
}

type Listener = dyn Fn(&LevelChange) + Send + Sync;

/// Somebody listens as long as this is kept.
#[must_use = "dropping it ends listening"]
pub(crate) struct Listening {
    number: u64,
    listeners: Weak<Listeners>,
}

impl Listeners {
    /// Calls `listener` with every change from now on.
    pub(super) fn add(
        self: &Arc<Self>,
        listener: impl Fn(&LevelChange) + Send + Sync + 'static,
    ) -> Listening {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.push((number, Arc::new(listener)));
        Listening { number, listeners: Arc::downgrade(self) }
    }

    /// An origin that nobody else has.
    pub(super) fn origin(&self) -> Origin {
        Origin(self.last.fetch_add(1, Ordering::Relaxed))
    }

    /// Tells all. One that panics does not keep others, or the change, from taking place.
    pub(super) fn tell(&self, changes: &[LevelChange]) {
        let all = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (_, listener) in all {
            for change in changes {
                // The hook of panics has said it by then.
                let _ = catch_unwind(AssertUnwindSafe(|| listener(change)));
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            let mut all = listeners.listeners.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|(number, _)| *number != self.number);
        }
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening").field("number", &self.number).finish_non_exhaustive()
    }
}

//! Certificates that change while the service runs: renewed by hand, by a tool, or by Kubernetes,
//! which swaps a link.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use super::{
    acceptor::{InForce, State},
    material::{self, Material},
    source::Stamp,
};

/// How often the files are looked at, unless the quiet period is shorter.
const LOOK: Duration = Duration::from_secs(2);
/// No more often than this, whatever a setting says.
const SHORTEST: Duration = Duration::from_millis(20);
/// How often the end of the certificate is looked at.
const DAY: Duration = Duration::from_hours(24);

/// Looks at the files from time to time, as long as somebody else has the state.
pub(super) async fn watch(state: Weak<State>) {
    let mut watch = Watch::default();
    let mut told: Option<Instant> = None;
    loop {
        let Some(there) = state.upgrade() else { return };
        if told.is_none_or(|at| at.elapsed() >= DAY) {
            there.warn_of_the_end();
            told = Some(Instant::now());
        }
        let pause = pause(there.in_force().settings.quiet);
        // Files may be on a network.
        let looked = tokio::task::spawn_blocking(move || {
            watch.look(&there);
            watch
        });
        let Ok(looked) = looked.await else { return };
        watch = looked;
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait between two looks at files that have to be left alone for `quiet`.
pub(super) fn pause(quiet: Duration) -> Duration {
    quiet.clamp(SHORTEST, LOOK)
}

/// What was seen of the files.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The state of the files when they changed last, and since when it is that.
    changed: Option<(Vec<Stamp>, Instant)>,
    /// The state that could not be used.
    refused: Option<Vec<Stamp>>,
}

impl Watch {
    /// Reads the files again if they have changed and are left alone since. Blocks.
    pub(super) fn look(&mut self, state: &State) {
        let InForce { settings, material } = state.in_force();
        if !settings.reload {
            return;
        }
        let stamp = material::stamp(&settings);
        if self.is_due(stamp, &material.stamp, settings.quiet, Instant::now()) {
            match Material::load(&settings) {
                Ok(new) => {
                    tracing::info!(target: "actuator::server", "the new certificate is {new}");
                    self.accept();
                    state.put_into_force(InForce { settings, material: Arc::new(new) });
                    state.warn_of_the_end();
                }
                Err(complaint) => {
                    if self.refuse() {
                        tracing::warn!(
                            target: "actuator::server",
                            "the changed certificate cannot be used, {material} goes on: {} ({})",
                            complaint.text, complaint.setting
                        );
                    }
                }
            }
        }
    }

    /// What was read can be used.
    pub(super) fn accept(&mut self) {
        self.refused = None;
    }

    /// It cannot; whether that is news.
    pub(super) fn refuse(&mut self) -> bool {
        let is_news = self.refused.is_none();
        self.refused = self.changed.take().map(|(stamp, _)| stamp);
        is_news
    }

    /// Whether this state of the files is new and old enough to be read.
    pub(super) fn is_due(
        &mut self,
        stamp: Vec<Stamp>,
        in_force: &[Stamp],
        quiet: Duration,
        now: Instant,
    ) -> bool {
        if stamp == in_force {
            (self.changed, self.refused) = (None, None);
            return false;
        }
        if self.refused.as_ref() == Some(&stamp) {
            return false;
        }
        let since = match &self.changed {
            Some((seen, since)) if *seen == stamp => *since,
            _ => {
                self.changed = Some((stamp, now));
                now
            }
        };
        now.saturating_duration_since(since) >= quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::tls::source::PemSource;

    #[test]
    fn files_are_read_once_they_are_left_alone() {
        let file = |path: &str| vec![PemSource::parse("x", path).unwrap().stamp()];
        let (old, half, new) = (file("/nowhere"), file("Cargo.toml"), file("/"));
        let quiet = Duration::from_secs(10);
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut watch = Watch::default();
        assert!(!watch.is_due(old.clone(), &old, quiet, after(0)));
        assert!(!watch.is_due(half.clone(), &old, quiet, after(2)));
        assert!(!watch.is_due(new.clone(), &old, quiet, after(11)), "half of it, 9 s ago");
        assert!(!watch.is_due(new.clone(), &old, quiet, after(20)));
        assert!(watch.is_due(new.clone(), &old, quiet, after(21)));
        // It was refused: not again, until it changes again.
        watch.refused = Some(new.clone());
        assert!(!watch.is_due(new, &old, quiet, after(40)));
        assert!(!watch.is_due(half.clone(), &old, quiet, after(41)));
        assert!(watch.is_due(half, &old, quiet, after(51)));
    }
}

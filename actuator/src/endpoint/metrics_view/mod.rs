//! Other documents of the same meters, for those who read another format: each on its own setting,
//! none by default. Who may read the endpoint `metrics` may read them.

mod key;
mod measured;
mod pymicro;
mod settings;
mod stats;

use std::sync::Arc;

use self::{pymicro::PymicroView, stats::StatsView};
use super::{Mount, Subjects};
use crate::{
    meter::{Family, MeterRegistry, Series},
    model::{call::Listener, endpoint::SharedEndpoint},
};

pub(crate) use key::key as c2c_key;
pub(crate) use settings::MetricsViewSettings;

/// How many series are looked at before others get their turn.
const BATCH: usize = 256;

/// The views, each on the application's port and on a management port of its own.
pub(super) fn mounts(subjects: &Subjects, settings: &MetricsViewSettings) -> Vec<Mount> {
    let mut mounts = Vec::new();
    let mut add = |endpoint: SharedEndpoint, path: &str, prefix: &str| {
        for listener in [Listener::Application, Listener::Management] {
            let (endpoint, path) = (Arc::clone(&endpoint), path.to_owned());
            let setting = format!("{prefix}.path");
            mounts.push(Mount { endpoint, listener, path, below: false, setting });
        }
    };
    let meters = || Arc::clone(&subjects.meters);
    if let Some(stats) = &settings.stats {
        let view = StatsView { meters: meters(), use_tags: stats.use_tags };
        add(Arc::new(view), &stats.path, settings::STATS);
    }
    if let Some(path) = &settings.pymicro {
        add(Arc::new(PymicroView { meters: meters() }), path, settings::PYMICRO);
    }
    mounts
}

/// Shows each series to `see`, and lets others have their turn in between.
async fn walk(meters: &MeterRegistry, mut see: impl FnMut(&Family, &Series)) {
    let mut batch = Vec::with_capacity(BATCH);
    for family in meters.families() {
        let mut next = Some(0);
        while let Some(from) = next {
            next = family.series(from, BATCH, &mut batch);
            batch.drain(..).for_each(|series| see(&family, &series));
            if next.is_some() {
                tokio::task::yield_now().await;
            }
        }
    }
}

//! The background sampler: finds out what is costly, so that reading a meter is not, and tells
//! the registry the time, so that recording need not ask for it.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, Thread},
    time::Duration,
};

use super::{MeterRegistry, builtin::SampledMeters};
use crate::support::host::ProcessIdentity;

/// The second sample comes early: usage is measured between two samples.
const FIRST_INTERVAL: Duration = Duration::from_millis(250);

/// Samples on a thread of its own until it is dropped.
#[derive(Debug)]
pub(crate) struct MetricsSampler {
    thread: Thread,
    is_stopped: Arc<AtomicBool>,
}

impl MetricsSampler {
    /// Takes the first sample (disks excepted) before it returns, then goes on in the background.
    pub(crate) fn start(
        registry: Arc<MeterRegistry>,
        identity: &ProcessIdentity,
    ) -> io::Result<Self> {
        let interval = registry.settings().sample_interval;
        let paths = registry.settings().disk_paths.clone();
        let time = Arc::clone(&registry);
        let mut meters = SampledMeters::new(registry, identity);
        meters.sample();
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopped);
        let handle = thread::Builder::new().name("meter-sampler".to_owned()).spawn(move || {
            let mut wait = FIRST_INTERVAL.min(interval);
            loop {
                meters.sample_disks(&paths);
                thread::park_timeout(wait);
                if stop.load(Relaxed) {
                    return;
                }
                meters.sample();
                time.advance();
                wait = interval;
            }
        })?;
        Ok(Self { thread: handle.thread().clone(), is_stopped })
    }
}

/// Tells the thread to end and does not wait for it: a file system that does not answer must not
/// hold up a shutdown.
impl Drop for MetricsSampler {
    fn drop(&mut self) {
        self.is_stopped.store(true, Relaxed);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        meter::{MeterSettings, bind_process_meters},
        support::clock::Clock,
    };

    fn sampled(settings: MeterSettings) -> (Arc<MeterRegistry>, MetricsSampler) {
        let registry = Arc::new(MeterRegistry::new(settings, Clock::system()));
        let identity = ProcessIdentity::read();
        bind_process_meters(&registry, &identity);
        let sampler = MetricsSampler::start(Arc::clone(&registry), &identity).unwrap();
        (registry, sampler)
    }

    #[test]
    fn the_meters_that_the_admin_cards_ask_for_are_there_at_once_and_finite() {
        let (registry, _sampler) = sampled(MeterSettings::default());
        for name in [
            "process.uptime",
            "process.start.time",
            "process.cpu.usage",
            "process.cpu.time",
            "process.files.open",
            "process.files.max",
            "process.memory.rss",
            "memory.rss",
            "thread.count",
            "system.cpu.count",
            "system.cpu.usage",
            "system.load.average.1m",
        ] {
            let reading = registry.read(name, &[]).unwrap_or_else(|| panic!("{name} is missing"));
            assert!(reading.measurements[0].value.is_finite(), "{name}: {reading:?}");
        }
        let usage = registry.read("system.cpu.usage", &[]).unwrap().measurements[0].value;
        assert!((0.0..=1.0).contains(&usage));
    }

    #[test]
    fn jvm_names_are_there_only_when_asked_for() {
        let (registry, _sampler) = sampled(MeterSettings::default());
        assert!(!registry.names().iter().any(|name| name.starts_with("jvm.")));
        let (registry, _sampler) =
            sampled(MeterSettings { jvm_aliases: true, ..MeterSettings::default() });
        let value = |name| registry.read(name, &[]).unwrap().measurements[0].value;
        assert!((value("jvm.threads.live") - value("jvm.threads.daemon") - 1.0).abs() < 1e-9);
        assert!(value("jvm.threads.peak") >= value("jvm.threads.live"));
    }

    #[test]
    fn a_dropped_sampler_lets_go_of_the_registry() {
        let (registry, sampler) = sampled(MeterSettings::default());
        drop(sampler);
        while Arc::strong_count(&registry) > 1 {
            thread::yield_now();
        }
    }
}

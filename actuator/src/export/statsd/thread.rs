//! The thread that steps, until it is told to stop.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

use tokio::time::timeout;

use super::{exporter::StatsdExporter, settings::StatsdSettings};
use crate::{meter::MeterRegistry, support::trigger::Trigger};

/// How long the last flush is waited for: a name server that hangs must not hold up a shutdown.
const LAST_FLUSH: Duration = Duration::from_millis(500);

/// Holds on to the exporter. Dropped, it flushes once more and ends, and nobody waits for that.
#[derive(Debug)]
pub(crate) struct StatsdHandle {
    thread: Thread,
    is_stopped: Arc<AtomicBool>,
    ended: Trigger,
}

impl StatsdHandle {
    /// Sends the meters of `registry` from now on, the first time after one `polling-frequency`.
    pub(crate) fn start(
        settings: StatsdSettings,
        registry: Arc<MeterRegistry>,
    ) -> io::Result<Self> {
        let every = settings.polling_frequency;
        tracing::info!(
            target: "actuator::export",
            "sending meters to the statsd server at {} every {}",
            settings.target, humantime::format_duration(every)
        );
        let mut exporter = StatsdExporter::new(settings, registry);
        let (is_stopped, ended) = (Arc::new(AtomicBool::new(false)), Trigger::default());
        let (stop, end) = (Arc::clone(&is_stopped), Ended(ended.clone()));
        let handle = thread::Builder::new().name("statsd".to_owned()).spawn(move || {
            let _end = end;
            let mut next = Instant::now() + every;
            loop {
                wait(next, &stop);
                let is_last = stop.load(Relaxed);
                exporter.step(is_last);
                if is_last {
                    return;
                }
                // A step that took too long makes the next one late, not many.
                next = (next + every).max(Instant::now());
            }
        })?;
        Ok(Self { thread: handle.thread().clone(), is_stopped, ended })
    }

    /// Sends what is left and ends, within half a second whatever the network does.
    pub(crate) async fn shutdown(self) {
        self.stop();
        // Whether it has ended or is given up: there is nothing more to do.
        let _ = timeout(LAST_FLUSH, self.ended.thrown()).await;
    }

    fn stop(&self) {
        self.is_stopped.store(true, Relaxed);
        self.thread.unpark();
    }
}

impl Drop for StatsdHandle {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Thrown when the thread ends, however that happens.
struct Ended(Trigger);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.throw();
    }
}

fn wait(until: Instant, stop: &AtomicBool) {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.load(Relaxed) {
            return;
        }
        thread::park_timeout(left);
    }
}

//! The task that pushes at a fixed rate, until it is told to stop.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, timeout, timeout_at},
};
use tracing::{debug, info, warn};

use super::{
    cost::Costs,
    failure::{Kind, PushFailure},
};
use crate::{meter::MeterRegistry, support::trigger::Trigger};

/// How long the last push may take once the service shuts down, and ending the task with it.
const LAST_PUSH: Duration = Duration::from_millis(900);
const SHUTDOWN: Duration = Duration::from_secs(1);

/// What sends all meters to somebody.
pub(in crate::export) trait Exporter: Send + Sync + 'static {
    /// The value of the tag of its meters: `pushgateway`.
    fn name(&self) -> &'static str;

    /// Who receives, for people and without secrets: `the Pushgateway at http://gateway:9091`.
    fn receiver(&self) -> String;

    /// What to do about an answer, as it follows the answer in the log: `: are …?`; or empty.
    fn hint(&self, status: u16) -> &'static str;

    /// Where to look for remedies: `management.….pushgateway.*`.
    fn settings(&self) -> &'static str;

    /// Sends all meters, and says how many bytes that were.
    fn push(&self) -> impl Future<Output = Result<u64, PushFailure>> + Send;

    /// What is to be sent last; `None` if that is nothing.
    fn finish(&self) -> impl Future<Output = Option<Result<u64, PushFailure>>> + Send;
}

/// How often, and for how long.
#[derive(Clone, Copy, Debug)]
pub(in crate::export) struct Pace {
    /// From the start of one push to the start of the next.
    pub(in crate::export) rate: Duration,
    /// How long a push may take altogether.
    pub(in crate::export) limit: Duration,
}

/// Pushes from now on, on the current tokio runtime. Returns at once.
pub(in crate::export) fn start<E: Exporter>(
    exporter: E,
    pace: Pace,
    registry: &MeterRegistry,
) -> Option<PushHandle> {
    let receiver = exporter.receiver();
    let Ok(runtime) = Handle::try_current() else {
        warn!("metrics are not pushed to {receiver}: there is no tokio runtime to do it on");
        return None;
    };
    let rate = humantime::format_duration(pace.rate);
    info!("pushing metrics to {receiver} every {rate}");
    let costs = Costs::new(registry, exporter.name());
    let stop = Trigger::default();
    let pusher = Pusher { exporter, pace, costs, receiver, last: Last::Nothing };
    let task = runtime.spawn(pusher.run(stop.clone()));
    Some(PushHandle { stop, task })
}

/// Holds on to a task that pushes. Dropping it does not end the task.
#[derive(Debug)]
pub(in crate::export) struct PushHandle {
    stop: Trigger,
    task: JoinHandle<()>,
}

impl PushHandle {
    /// Sends what is to be sent last, and ends the task, in at most a second whatever the
    /// receiver does.
    pub(in crate::export) async fn shutdown(mut self) {
        self.stop.throw();
        if timeout(SHUTDOWN, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// How it went the last time; as long as it stays the same there is nothing to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Nothing,
    Taken,
    Failed(Kind),
}

struct Pusher<E> {
    exporter: E,
    pace: Pace,
    costs: Costs,
    receiver: String,
    last: Last,
}

impl<E: Exporter> Pusher<E> {
    async fn run(mut self, stop: Trigger) {
        let mut beats = interval(self.pace.rate);
        // A push that takes longer than a beat skips those that it missed.
        beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                () = stop.thrown() => break,
                _ = beats.tick() => {}
            }
            let began = Instant::now();
            let pushed = tokio::select! {
                biased;
                () = stop.thrown() => break,
                pushed = timeout(self.pace.limit, self.exporter.push()) => pushed,
            };
            let pushed = pushed.unwrap_or_else(|_| Err(PushFailure::late()));
            self.costs.record(began.elapsed(), pushed.as_ref().ok().copied());
            self.last = self.log(&pushed);
        }
        self.finish().await;
    }

    async fn finish(&self) {
        let deadline = Instant::now() + LAST_PUSH;
        let finished = timeout_at(deadline, self.exporter.finish()).await;
        let finished = finished.unwrap_or_else(|_| Some(Err(PushFailure::late())));
        let Some(Err(failure)) = finished else { return };
        let (receiver, text) = (&self.receiver, self.explained(&failure));
        if self.last == Last::Failed(failure.kind()) {
            debug!("the last call to {receiver} failed: {text}");
        } else {
            warn!("the last call to {receiver} failed: {text}");
        }
    }

    /// Logs what is new, and returns it.
    fn log(&self, pushed: &Result<u64, PushFailure>) -> Last {
        let receiver = &self.receiver;
        let failure = match pushed {
            Ok(bytes) => {
                if matches!(self.last, Last::Failed(_)) {
                    info!("{receiver} takes metrics again");
                }
                debug!("{receiver} took {bytes} bytes of metrics");
                return Last::Taken;
            }
            Err(failure) => failure,
        };
        let now = Last::Failed(failure.kind());
        let (text, settings) = (self.explained(failure), self.exporter.settings());
        if now == self.last {
            debug!("metrics were not pushed to {receiver}: {text}");
        } else {
            let rate = humantime::format_duration(self.pace.rate);
            warn!(
                "metrics were not pushed to {receiver}: {text}; trying again every {rate} \
                 ({settings})"
            );
        }
        now
    }

    fn explained(&self, failure: &PushFailure) -> String {
        let hint = match failure {
            PushFailure::Refused { status, .. } => self.exporter.hint(*status),
            PushFailure::Call(_) => "",
        };
        format!("{failure}{hint}")
    }
}

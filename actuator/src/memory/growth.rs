//! What a request of the application leaves behind: memory before it and after it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Mutex, MutexGuard};

use super::ReadFigures;
use crate::{
    model::endpoint::BoxFuture,
    support::host::{HostRoot, ProcessUsage},
};

/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long all calls together may take.
const LONGEST: Duration = Duration::from_mins(1);
/// At most so many calls are made.
pub(crate) const MOST_CALLS: u32 = 1_000;

/// Makes a GET request of a path within the process, through the application's own routes, and gives
/// its status and how many bytes of body it had; or why there is none.
pub(crate) type CallApplication =
    Arc<dyn Fn(&str) -> BoxFuture<'static, Result<(u16, u64), String>> + Send + Sync>;

/// Memory at one moment, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// What is resident.
    pub resident: Option<u64>,
    /// What of that belongs to no file.
    pub anonymous: Option<u64>,
    /// What the allocator holds for the application.
    pub allocated: Option<u64>,
}

/// What came of the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Growth {
    /// The status of the last answer.
    pub status: u16,
    /// The bytes of all bodies.
    pub bytes: u64,
    /// How long the calls took.
    pub took: Duration,
    /// Before them.
    pub before: Snapshot,
    /// After them.
    pub after: Snapshot,
}

/// What is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// The path, with its query.
    pub path: String,
    /// How often it is called while memory is watched.
    pub calls: u32,
    /// Whether it is called once before, so that what is made once does not count.
    pub warms_up: bool,
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotMeasured {
    /// Somebody else measures.
    Busy,
    /// The calls took too long.
    TooLong,
    /// It cannot be called.
    Refused(String),
}

/// Measures, one at a time.
#[derive(Clone)]
pub(crate) struct GrowthMeter {
    call: CallApplication,
    allocator: Option<ReadFigures>,
    turn: Arc<Mutex<()>>,
}

impl GrowthMeter {
    /// Calls the application like this.
    pub(crate) fn new(call: CallApplication, allocator: Option<ReadFigures>) -> Self {
        Self { call, allocator, turn: Arc::default() }
    }

    /// Calls it, and looks at memory before and after. What other requests take meanwhile counts
    /// too. Ends early if whoever asked goes away.
    pub(crate) async fn measure(&self, measured: &Measured) -> Result<Growth, NotMeasured> {
        let turn = tokio::time::timeout(PATIENCE, self.turn.lock()).await;
        let turn = turn.map_err(|_| NotMeasured::Busy)?;
        let calls = tokio::time::timeout(LONGEST, self.calls(measured, &turn)).await;
        calls.map_err(|_| NotMeasured::TooLong)?.map_err(NotMeasured::Refused)
    }

    async fn calls(
        &self,
        measured: &Measured,
        _turn: &MutexGuard<'_, ()>,
    ) -> Result<Growth, String> {
        if measured.warms_up {
            (self.call)(&measured.path).await?;
        }
        let before = self.snapshot().await?;
        let began = Instant::now();
        let (mut status, mut bytes) = (0, 0_u64);
        for _ in 0..measured.calls.clamp(1, MOST_CALLS) {
            let (last, length) = (self.call)(&measured.path).await?;
            status = last;
            bytes = bytes.saturating_add(length);
        }
        let took = began.elapsed();
        Ok(Growth { status, bytes, took, before, after: self.snapshot().await? })
    }

    async fn snapshot(&self) -> Result<Snapshot, String> {
        let allocator = self.allocator.clone();
        let look = move || {
            let usage = ProcessUsage::read(&HostRoot::default());
            Snapshot {
                resident: usage.memory_resident,
                anonymous: usage.memory_anonymous,
                allocated: allocator.and_then(|read| read().allocated),
            }
        };
        tokio::task::spawn_blocking(look).await.map_err(|_| "the service ends".to_owned())
    }
}

impl fmt::Debug for GrowthMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrowthMeter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex as StdMutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    };

    use super::*;
    use crate::memory::AllocatorFigures;

    /// An application that keeps ten bytes of each request.
    fn leaking() -> (GrowthMeter, Arc<AtomicU64>) {
        let kept = Arc::new(AtomicU64::new(0));
        let (own, seen) = (Arc::clone(&kept), Arc::clone(&kept));
        let call: CallApplication = Arc::new(move |path| {
            let answer = match path {
                "/nowhere" => Err("it is nowhere".to_owned()),
                _ => Ok((201, 3)),
            };
            own.fetch_add(10, SeqCst);
            Box::pin(std::future::ready(answer))
        });
        let allocator: ReadFigures = Arc::new(move || AllocatorFigures {
            allocated: Some(seen.load(SeqCst)),
            ..AllocatorFigures::default()
        });
        (GrowthMeter::new(call, Some(allocator)), kept)
    }

    fn of(path: &str, calls: u32, warms_up: bool) -> Measured {
        Measured { path: path.to_owned(), calls, warms_up }
    }

    #[tokio::test]
    async fn what_the_calls_leave_behind_is_the_difference_and_the_first_one_does_not_count() {
        let (meter, _) = leaking();
        let growth = meter.measure(&of("/orders", 4, true)).await.unwrap();
        assert_eq!((growth.status, growth.bytes), (201, 12));
        assert_eq!((growth.before.allocated, growth.after.allocated), (Some(10), Some(50)));
        assert!(growth.after.resident > Some(0));
        let cold = meter.measure(&of("/orders", 1, false)).await.unwrap();
        assert_eq!((cold.before.allocated, cold.after.allocated), (Some(50), Some(60)));
    }

    #[tokio::test]
    async fn the_number_of_calls_is_bounded_and_what_cannot_be_called_is_told() {
        let (meter, kept) = leaking();
        meter.measure(&of("/orders", u32::MAX, false)).await.unwrap();
        assert_eq!(kept.load(SeqCst), u64::from(MOST_CALLS) * 10);
        let refused = meter.measure(&of("/nowhere", 1, false)).await;
        assert_eq!(refused, Err(NotMeasured::Refused("it is nowhere".to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn one_measures_at_a_time_and_a_call_that_hangs_gives_up_its_turn() {
        let order = Arc::new(StdMutex::new(Vec::new()));
        let told = Arc::clone(&order);
        let call: CallApplication = Arc::new(move |path| {
            told.lock().unwrap().push(path.to_owned());
            Box::pin(std::future::pending())
        });
        let meter = GrowthMeter::new(call, None);
        let (first, second) = (of("/first", 1, false), of("/second", 1, false));
        let both = tokio::join!(meter.measure(&first), meter.measure(&second));
        assert_eq!(both, (Err(NotMeasured::TooLong), Err(NotMeasured::Busy)));
        assert_eq!(*order.lock().unwrap(), ["/first"]);
        assert_eq!(meter.measure(&second).await, Err(NotMeasured::TooLong));
    }
}

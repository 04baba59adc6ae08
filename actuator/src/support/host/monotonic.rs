//! The clock of the system that nobody sets, as other processes see it.

/// `CLOCK_MONOTONIC` in microseconds; `None` where there is no such clock.
#[cfg(unix)]
pub(crate) fn monotonic_micros() -> Option<u64> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let (seconds, nanos) = (u64::try_from(now.tv_sec).ok()?, u64::try_from(now.tv_nsec).ok()?);
    seconds.checked_mul(1_000_000)?.checked_add(nanos / 1_000)
}

/// There is none.
#[cfg(not(unix))]
pub(crate) fn monotonic_micros() -> Option<u64> {
    None
}

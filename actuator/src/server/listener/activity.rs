//! What goes on on one connection: whether its caller is the one who is waited for, and since when.

use std::{
    sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::settings::Limits;

/// A moment that does not come.
pub(super) const NEVER: u64 = u64::MAX;
/// How long a head that has begun, or the goodbye of HTTP/2, may still take once the listener
/// stops.
const LAST_WORD: Duration = Duration::from_secs(1);
/// How long a connection without a request is taken for one whose request is on its way.
const FRESH: Duration = Duration::from_secs(1);

/// What a connection is told from outside; a later one is stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Order {
    /// Go on.
    None,
    /// Answer what is in progress, and end.
    WindDown,
    /// End.
    Close,
}

/// Why a connection was ended before its caller ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// No complete head in time.
    Header,
    /// No further request in time.
    KeepAlive,
    /// Nothing of the answer was taken in time.
    Write,
    /// Nothing of the body came in time.
    Body,
    /// Others needed the room.
    Room,
    /// The listener stopped.
    Stop,
}

/// One connection. Moments are milliseconds since its listener began, one more than they are, so
/// that 0 is none. It is written by the task of the connection (with HTTP/2, by those of its
/// streams too) and read by those who need room.
#[derive(Debug)]
pub(super) struct Activity {
    epoch: Instant,
    opened: u64,
    /// Requests whose answer is not complete.
    requests: AtomicUsize,
    /// Whether there was a request.
    served: AtomicBool,
    /// Whether several requests share it: then bytes between requests begin no head.
    multiplexed: AtomicBool,
    /// When the last request ended.
    idle_since: AtomicU64,
    /// When the first byte of a head came.
    head_since: AtomicU64,
    last_read: AtomicU64,
    /// Whether somebody waits for more of a request's body.
    awaits_body: AtomicBool,
    /// Whether the last request's body was not read to its end.
    unread: AtomicBool,
    write_blocked_since: AtomicU64,
    /// When it was told to wind down.
    winding_down_since: AtomicU64,
    order: AtomicU8,
    /// Told when there is a new order.
    pub(super) told: Notify,
}

impl Activity {
    /// A connection that was opened now; `epoch` is when its listener began.
    pub(super) fn new(epoch: Instant) -> Self {
        let opened = moment(epoch);
        Self {
            epoch,
            opened,
            requests: AtomicUsize::new(0),
            served: AtomicBool::new(false),
            multiplexed: AtomicBool::new(false),
            idle_since: AtomicU64::new(0),
            head_since: AtomicU64::new(0),
            last_read: AtomicU64::new(opened),
            awaits_body: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            write_blocked_since: AtomicU64::new(0),
            winding_down_since: AtomicU64::new(0),
            order: AtomicU8::new(Order::None as u8),
            told: Notify::new(),
        }
    }

    /// The present moment.
    pub(super) fn now(&self) -> u64 {
        moment(self.epoch)
    }

    /// A moment as the clock of timers has it.
    pub(super) fn instant(&self, at: u64) -> Instant {
        self.epoch + Duration::from_millis(at)
    }

    /// Bytes came.
    pub(super) fn read(&self) {
        let now = self.now();
        self.last_read.store(now, Relaxed);
        if self.requests.load(Relaxed) == 0 && self.head_since.load(Relaxed) == 0 {
            self.head_since.store(now, Relaxed);
        }
    }

    /// The caller took bytes, or did not.
    pub(super) fn wrote(&self, is_blocked: bool) {
        let since = self.write_blocked_since.load(Relaxed);
        if is_blocked && since == 0 {
            self.write_blocked_since.store(self.now(), Relaxed);
        } else if !is_blocked && since != 0 {
            self.write_blocked_since.store(0, Relaxed);
        }
    }

    /// It speaks HTTP/2.
    pub(super) fn is_multiplexed(&self) {
        self.multiplexed.store(true, Relaxed);
    }

    /// A head is complete; a request begins.
    pub(super) fn begin(&self) {
        self.requests.fetch_add(1, Relaxed);
        self.served.store(true, Relaxed);
        self.head_since.store(0, Relaxed);
    }

    /// Its answer is complete, or given up.
    pub(super) fn end(&self) {
        if self.requests.fetch_sub(1, Relaxed) == 1 {
            self.idle_since.store(self.now(), Relaxed);
        }
    }

    /// Somebody waits for more of a request's body, or no longer.
    pub(super) fn awaits_body(&self, awaits: bool) {
        if self.awaits_body.load(Relaxed) != awaits {
            self.awaits_body.store(awaits, Relaxed);
        }
    }

    /// A request's body is given up, read to its end or not.
    pub(super) fn leaves_unread(&self, unread: bool) {
        self.unread.store(unread, Relaxed);
    }

    /// Whether the last request's body was not read to its end.
    pub(super) fn has_unread(&self) -> bool {
        self.unread.load(Relaxed)
    }

    /// Gives an order; a weaker one than before is none.
    pub(super) fn order(&self, order: Order) {
        if order == Order::WindDown && self.winding_down_since.load(Relaxed) == 0 {
            self.winding_down_since.store(self.now(), Relaxed);
        }
        self.order.fetch_max(order as u8, Relaxed);
        self.told.notify_one();
    }

    /// The order in force.
    pub(super) fn ordered(&self) -> Order {
        match self.order.load(Relaxed) {
            0 => Order::None,
            1 => Order::WindDown,
            _ => Order::Close,
        }
    }

    /// Whether nothing was asked yet, not even a first byte of it.
    pub(super) fn is_silent(&self) -> bool {
        !self.served.load(Relaxed) && self.head_since.load(Relaxed) == 0
    }

    /// When the connection is to be ended if nothing changes, and why.
    pub(super) fn deadline(&self, limits: &Limits) -> (u64, Reason) {
        let never = (NEVER, Reason::Write);
        let write = match self.write_blocked_since.load(Relaxed) {
            0 => never,
            since => (after(since, limits.write), Reason::Write),
        };
        let reading = if self.requests.load(Relaxed) == 0 {
            self.waiting_deadline(limits)
        } else {
            match limits.body {
                Some(limit) if self.awaits_body.load(Relaxed) => {
                    (after(self.last_read.load(Relaxed), limit), Reason::Body)
                }
                _ => never,
            }
        };
        if write.0 < reading.0 { write } else { reading }
    }

    /// The same for one without a request.
    fn waiting_deadline(&self, limits: &Limits) -> (u64, Reason) {
        let multiplexed = self.multiplexed.load(Relaxed);
        let head = self.head_since.load(Relaxed);
        let due = if !self.served.load(Relaxed) {
            (after(self.opened, limits.header), Reason::Header)
        } else if head != 0 && !multiplexed {
            (after(head, limits.header), Reason::Header)
        } else {
            (after(self.idle_since.load(Relaxed), limits.keep_alive), Reason::KeepAlive)
        };
        let last = match self.winding_down_since.load(Relaxed) {
            // The rest of the last answer is on its way.
            since if since == 0 || self.write_blocked_since.load(Relaxed) != 0 => NEVER,
            since => after(since.max(self.idle_since.load(Relaxed)), LAST_WORD),
        };
        if last < due.0 { (last, Reason::Stop) } else { due }
    }

    /// Since when its caller is waited for, and how well it can be spared, for those who look for
    /// room; `None` if it is at work, or has stalled within a request for less than `stalled`.
    pub(super) fn spare(&self, now: u64, stalled: Duration) -> Option<(Spare, u64)> {
        if self.ordered() == Order::Close {
            return None;
        }
        if self.requests.load(Relaxed) == 0 {
            let since =
                if self.served.load(Relaxed) { self.idle_since.load(Relaxed) } else { self.opened };
            let is_fresh = now < after(since, FRESH);
            return Some((if is_fresh { Spare::Fresh } else { Spare::Idle }, since));
        }
        let write = self.write_blocked_since.load(Relaxed);
        let since = if write != 0 {
            write
        } else if self.awaits_body.load(Relaxed) {
            self.last_read.load(Relaxed)
        } else {
            return None;
        };
        (after(since, stalled) <= now).then_some((Spare::Stalled, since))
    }
}

/// Which connections give up their place first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spare {
    /// No request, for [`FRESH`] or longer.
    Idle,
    /// A request in which the caller has stalled.
    Stalled,
    /// No request yet, but hardly time for one: it may be a probe.
    Fresh,
}

fn moment(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_millis()).unwrap_or(NEVER).saturating_add(1)
}

fn after(since: u64, limit: Duration) -> u64 {
    since.saturating_add(u64::try_from(limit.as_millis()).unwrap_or(NEVER))
}

#[cfg(test)]
#[path = "activity_tests.rs"]
mod tests;

//! What takes reports from everywhere, without ever waiting for Sentry.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    breadcrumbs::Trail,
    courier::Courier,
    envelope::EventId,
    event::event,
    identity::Identity,
    ignored::Ignored,
    limits::Category,
    losses::{Losses, Reason},
    report::{Breadcrumb, Report},
    settings::{SentrySettings, Share},
    transaction::Transaction,
};
use crate::{meter::MeterRegistry, model::sanitizer::Sanitizer, support::host_name::host_name};

/// Reports that wait: more of them are more of the same.
const MOST_WAITING: usize = 64;

/// What is taken, and how much of it.
#[derive(Debug)]
pub(super) struct Policy {
    /// From which level on a line is an event; `None` for never.
    pub(super) level: Option<tracing::Level>,
    /// What is not sent.
    pub(super) ignored: Ignored,
    /// How many breadcrumbs an event has at most.
    pub(super) max_breadcrumbs: usize,
    /// Which share of the requests is timed.
    pub(super) traces_sample_rate: Share,
    sample_rate: Share,
}

impl Policy {
    /// Whether any request is timed.
    pub(super) fn times_requests(&self) -> bool {
        self.traces_sample_rate.0 > 0.0
    }
}

/// Takes reports to a thread that sends them.
#[derive(Debug)]
pub(crate) struct Reporter {
    policy: Policy,
    queue: mpsc::Sender<Item>,
    /// How many are waiting or on their way.
    pending: watch::Sender<usize>,
    shared: Arc<Shared>,
    /// Lines that are in no span.
    lines: Mutex<Trail>,
}

/// What is to be sent.
#[derive(Debug)]
pub(super) enum Item {
    /// An event.
    Event(Box<Report>),
    /// A request that was timed.
    Transaction(Box<Transaction>),
}

impl Item {
    /// What it counts as.
    pub(super) fn category(&self) -> Category {
        match self {
            Self::Event(_) => Category::Error,
            Self::Transaction(_) => Category::Transaction,
        }
    }

    /// As Sentry's JSON.
    pub(super) fn written(&self, identity: &Identity, id: EventId, sanitizer: &Sanitizer) -> Value {
        match self {
            Self::Event(report) => event(report, identity, id, sanitizer),
            Self::Transaction(transaction) => transaction.written(identity, id, sanitizer),
        }
    }
}

/// What the thread shares with those who report.
#[derive(Debug)]
pub(super) struct Shared {
    /// Whose events they are.
    pub(super) identity: Mutex<Identity>,
    /// Why how many were not sent, until Sentry was told.
    pub(super) lost: Losses,
}

impl Reporter {
    /// Starts the thread. The build's own release may follow.
    pub(crate) fn start(
        settings: SentrySettings,
        meters: &MeterRegistry,
        sanitizer: &Sanitizer,
    ) -> io::Result<Self> {
        let (queue, reports) = mpsc::channel(MOST_WAITING);
        let pending = watch::Sender::new(0);
        let SentrySettings { dsn, trust, release, environment, server_name, tags, .. } = settings;
        let identity = Identity {
            release,
            build: None,
            environment,
            server_name: server_name.or_else(host_name),
            tags: tags.into_iter().collect(),
            send_default_pii: settings.send_default_pii,
        };
        let shared = Arc::new(Shared { identity: Mutex::new(identity), lost: Losses::new(meters) });
        let courier = Courier::new((dsn, trust), Arc::clone(&shared), meters, sanitizer.clone());
        courier.start(reports, pending.clone())?;
        let policy = Policy {
            level: settings.level,
            ignored: settings.ignored,
            max_breadcrumbs: settings.max_breadcrumbs,
            traces_sample_rate: settings.traces_sample_rate,
            sample_rate: settings.sample_rate,
        };
        Ok(Self { policy, queue, pending, shared, lines: Mutex::default() })
    }

    /// Says which release this is, where no setting says it; the last word counts.
    pub(crate) fn is_built_as(&self, release: Option<String>) {
        lock(&self.shared.identity).build = release;
    }

    /// What is taken.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Takes a report along, or counts it as lost if too many are waiting. Never waits.
    pub(super) fn send(&self, report: Report) {
        if !self.policy.sample_rate.hits() {
            return self.shared.lost.add(Reason::SampleRate, Category::Error);
        }
        self.enqueue(Item::Event(Box::new(report)));
    }

    /// The same with a request that was timed.
    pub(super) fn send_transaction(&self, transaction: Transaction) {
        self.enqueue(Item::Transaction(Box::new(transaction)));
    }

    fn enqueue(&self, item: Item) {
        let category = item.category();
        // Before it can have arrived.
        self.pending.send_modify(|pending| *pending += 1);
        if self.queue.try_send(item).is_err() {
            self.pending.send_modify(|pending| *pending = pending.saturating_sub(1));
            self.shared.lost.add(Reason::QueueOverflow, category);
        }
    }

    /// Waits until everything is sent, but not longer than `limit`.
    pub(crate) async fn flush(&self, limit: Duration) {
        let mut pending = self.pending.subscribe();
        // Everything is sent, or there is no more time: nothing can be done about it.
        let _ = timeout(limit, pending.wait_for(|pending| *pending == 0)).await;
    }

    /// The same where nothing else can run any more.
    pub(crate) fn flush_blocking(&self, limit: Duration) {
        let began = Instant::now();
        while *self.pending.borrow() > 0 && began.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The last lines that were in no span.
    pub(super) fn lines_without_span(&self) -> Vec<Arc<Breadcrumb>> {
        // A panic may have to do without.
        self.lines.try_lock().map(|lines| lines.lines()).unwrap_or_default()
    }

    /// Keeps a line that is in no span.
    pub(super) fn add_line_without_span(&self, line: Arc<Breadcrumb>) {
        lock(&self.lines).add(line, self.policy.max_breadcrumbs);
    }
}

impl Share {
    /// Whether this one is of the share.
    pub(super) fn hits(self) -> bool {
        let bits = || RandomState::new().build_hasher().finish();
        // 32 bits fit into a f64 as they are.
        self.0 >= 1.0 || f64::from((bits() >> 32) as u32) < self.0 * f64::from(u32::MAX)
    }
}

/// A lock that nobody holds while foreign code runs.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

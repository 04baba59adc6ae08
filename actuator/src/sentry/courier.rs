//! The thread that sends reports, one after the other.

use std::{
    cell::Cell,
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, watch},
};

use super::{
    dsn::Dsn,
    envelope::{Envelope, EventId},
    limits::{Category, Limits},
    losses::{self, Reason},
    reporter::{Item, Shared, lock},
    telling::{Failure, Telling},
};
use crate::{
    meter::{Counter, MeterRegistry},
    model::sanitizer::Sanitizer,
    support::outgoing::{Headers, HttpAnswer, HttpClient, HttpMethod, Timeouts, Trust},
};

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(3),
    read: Duration::from_secs(5),
    whole: Duration::from_secs(10),
};

thread_local! {
    static IS_COURIER: Cell<bool> = const { Cell::new(false) };
}

/// Whether what happens here is part of sending: nothing of it is ever sent.
pub(super) fn is_this_thread() -> bool {
    IS_COURIER.try_with(Cell::get).unwrap_or(false)
}

/// Sends.
#[derive(Debug)]
pub(super) struct Courier {
    dsn: Dsn,
    trust: Trust,
    /// Made when it is first needed: that reads certificates.
    client: Option<HttpClient>,
    shared: Arc<Shared>,
    sanitizer: Sanitizer,
    limits: Limits,
    sent: Arc<Counter>,
    telling: Telling,
}

impl Courier {
    /// Sends to this project.
    pub(super) fn new(
        (dsn, trust): (Dsn, Trust),
        shared: Arc<Shared>,
        meters: &MeterRegistry,
        sanitizer: Sanitizer,
    ) -> Self {
        Self {
            telling: Telling::new(dsn.target().origin()),
            dsn,
            trust,
            client: None,
            shared,
            sanitizer,
            limits: Limits::default(),
            sent: losses::counter(meters, "SENT"),
        }
    }

    /// Sends from now on, on a thread of its own: a stuck application is worth a message.
    pub(super) fn start(
        mut self,
        mut items: mpsc::Receiver<Item>,
        pending: watch::Sender<usize>,
    ) -> io::Result<()> {
        let quiet = || IS_COURIER.set(true);
        let runtime = Builder::new_current_thread().enable_all().on_thread_start(quiet).build()?;
        thread::Builder::new().name("sentry".to_owned()).spawn(move || {
            quiet();
            while let Some(item) = items.blocking_recv() {
                let _done = Done(&pending);
                self.deliver(&runtime, &item);
            }
        })?;
        Ok(())
    }

    fn deliver(&mut self, runtime: &Runtime, item: &Item) {
        let category = item.category();
        let lost = &self.shared.lost;
        self.telling.overflowed(lost.overflowed(), Instant::now());
        if self.limits.forbid(category, Instant::now()) {
            return lost.add(Reason::RateLimit, category);
        }
        let id = EventId::new();
        let identity = lock(&self.shared.identity).clone();
        let mut envelope = Envelope::new(id);
        let kind = if category == Category::Error { "event" } else { category.name() };
        envelope.add(kind, &item.written(&identity, id, &self.sanitizer));
        let untold = lost.take_untold();
        if let Some(told) = losses::client_report(&untold) {
            envelope.add("client_report", &told);
        }
        let outcome = runtime.block_on(self.post(envelope.into_bytes().into()));
        let lost = &self.shared.lost;
        match &outcome {
            Ok(()) => self.sent.increment(),
            Err(failure) => {
                lost.add_untold(untold);
                let reason = match failure {
                    Failure::Call(_) => Reason::Network,
                    Failure::Refused(429) => Reason::RateLimit,
                    Failure::Refused(_) => Reason::Refused,
                };
                lost.add(reason, category);
            }
        }
        self.telling.outcome(&outcome, lost.total());
    }

    async fn post(&mut self, body: Bytes) -> Result<(), Failure> {
        let client = if let Some(client) = self.client.take() {
            client
        } else {
            let (target, trust) = (self.dsn.target().clone(), self.trust.clone());
            HttpClient::make_within(target, trust, Headers::default(), TIMEOUTS).await?
        };
        let authentication = self.dsn.authentication();
        let headers = [
            ("content-type", "application/x-sentry-envelope"),
            ("x-sentry-auth", &*authentication),
        ];
        let answer = client.send(HttpMethod::Post, &headers, body).await;
        self.client = Some(client);
        self.hear(&answer?)
    }

    fn hear(&mut self, answer: &HttpAnswer) -> Result<(), Failure> {
        let status = answer.status();
        let limits = answer.header("x-sentry-rate-limits");
        let pause = answer.header("retry-after");
        let limits = limits.iter().map(AsRef::as_ref);
        self.limits.hear(status, limits, pause.first().map(AsRef::as_ref), Instant::now());
        if matches!(status, 200..=299) { Ok(()) } else { Err(Failure::Refused(status)) }
    }
}

/// One report less is on its way, however that ended.
struct Done<'p>(&'p watch::Sender<usize>);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|pending| *pending = pending.saturating_sub(1));
    }
}

//! The task that listens to changes and tells them, until it is told to stop.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::OnceCell,
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};
use tracing::{debug, info, warn};

use super::{
    ledger::{Ledger, Next, is_failure},
    mailbox::Mailbox,
    message::{Sender, body},
    settings::{Hook, WebhookSettings},
};
use crate::{
    health::HealthTransition,
    support::{
        outgoing::{CallFailure, FailureKind, HttpClient, HttpMethod},
        trigger::Trigger,
    },
};

/// How long a message under way may take once the service shuts down.
const SHUTDOWN: Duration = Duration::from_millis(500);

/// Tells the webhook of the changes that [`WebhookHandle::listener`] hears of from now on, on the
/// current tokio runtime. Returns at once; `None` if there is no webhook.
pub fn start(settings: &WebhookSettings, sender: Sender) -> Option<WebhookHandle> {
    let hook = settings.hook.clone()?;
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        warn!("the health webhook is off: there is no tokio runtime to call it on");
        return None;
    };
    let (mailbox, stop) = (Arc::<Mailbox>::default(), Trigger::default());
    let messages = MessageCounts::default();
    let teller = Arc::new(Teller { hook, sender, client: OnceCell::new(), messages });
    let task = runtime.spawn(tell(Arc::clone(&teller), Arc::clone(&mailbox), stop.clone()));
    Some(WebhookHandle { teller, mailbox, stop, task })
}

/// Holds on to the webhook. Dropping it does not end it.
#[derive(Debug)]
pub struct WebhookHandle {
    teller: Arc<Teller>,
    mailbox: Arc<Mailbox>,
    stop: Trigger,
    task: JoinHandle<()>,
}

impl WebhookHandle {
    /// What has to hear of every change of health, in order. It never blocks and never fails.
    pub fn listener(&self) -> impl Fn(&HealthTransition) + Send + Sync + 'static {
        let (teller, mailbox) = (Arc::clone(&self.teller), Arc::clone(&self.mailbox));
        move |change| {
            if teller.hook.includes(&change.path) {
                mailbox.put(change);
            }
        }
    }

    /// How many messages arrived, and how many did not.
    pub fn messages(&self) -> MessageCounts {
        self.teller.messages.clone()
    }

    /// Ends it, in at most a second; a message under way has half of one to arrive.
    pub async fn shutdown(mut self) {
        self.stop.throw();
        if timeout(2 * SHUTDOWN, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// What sends one message.
#[derive(Debug)]
struct Teller {
    hook: Hook,
    sender: Sender,
    client: OnceCell<HttpClient>,
    messages: MessageCounts,
}

/// How many messages arrived, and how many did not; clones count together.
#[derive(Clone, Debug, Default)]
pub struct MessageCounts {
    counts: Arc<(AtomicU32, AtomicU32)>,
}

impl MessageCounts {
    /// Those that arrived, or those that did not.
    pub fn count(&self, arrived: bool) -> u32 {
        self.of(arrived).load(Relaxed)
    }

    fn add(&self, arrived: bool) {
        self.of(arrived).fetch_add(1, Relaxed);
    }

    fn of(&self, arrived: bool) -> &AtomicU32 {
        if arrived { &self.counts.0 } else { &self.counts.1 }
    }
}

/// A message under way.
type Call = Pin<Box<dyn Future<Output = (Arc<HealthTransition>, Result<(), Failure>)> + Send>>;

/// Why a message did not arrive.
#[derive(Clone, Debug)]
enum Failure {
    Call(CallFailure),
    Answer(u16),
}

/// How it went the last time; as long as it stays the same there is nothing to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Nothing,
    Told,
    NotCalled(FailureKind),
    Answered(u16),
}

async fn tell(teller: Arc<Teller>, mailbox: Arc<Mailbox>, stop: Trigger) {
    let mut ledger = Ledger::new(teller.hook.minimum_gap, teller.hook.recovery);
    let mut call: Option<Call> = None;
    let mut last = Last::Nothing;
    loop {
        for change in mailbox.take() {
            teller.note(&mut ledger, change);
        }
        let mut wake = None;
        if call.is_none() {
            match ledger.next(Instant::now()) {
                Next::Tell(change) => call = Some(Box::pin(Arc::clone(&teller).send(change))),
                Next::Wait(at) => wake = Some(at),
                Next::Idle => {}
            }
        }
        tokio::select! {
            () = mailbox.arrived() => {}
            (change, outcome) = under_way(&mut call) => {
                call = None;
                let now = Instant::now();
                teller.messages.add(outcome.is_ok());
                match &outcome {
                    Ok(()) => ledger.told(&change, now),
                    Err(_) => ledger.failed(&change, now),
                }
                last = teller.log(last, &change, &outcome);
            }
            () = until(wake) => {}
            () = stop.thrown() => break,
        }
    }
    if let Some(call) = call {
        let _ = timeout(SHUTDOWN, call).await;
    }
}

/// The end of the call, if there is one; else never.
async fn under_way(call: &mut Option<Call>) -> (Arc<HealthTransition>, Result<(), Failure>) {
    match call {
        Some(call) => call.await,
        None => std::future::pending().await,
    }
}

/// The moment, if there is one; else never.
async fn until(wake: Option<Instant>) {
    match wake {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Teller {
    /// Takes note of what happened.
    fn note(&self, ledger: &mut Ledger, change: Arc<HealthTransition>) {
        let path = Arc::clone(&change.path);
        if !ledger.record(change) {
            let receiver = self.hook.target.origin();
            debug!("the health webhook at {receiver} has no room for one more check: {path}");
        }
    }

    async fn send(
        self: Arc<Self>,
        change: Arc<HealthTransition>,
    ) -> (Arc<HealthTransition>, Result<(), Failure>) {
        let limit = self.hook.timeout;
        let late = CallFailure { kind: FailureKind::Silent, detail: String::new() };
        let sent = timeout(limit, self.post(&change)).await;
        (change, sent.unwrap_or(Err(Failure::Call(late))))
    }

    async fn post(&self, change: &HealthTransition) -> Result<(), Failure> {
        let hook = &self.hook;
        let client = self.client.get_or_try_init(|| {
            let (trust, headers) = (hook.trust.clone(), hook.headers.clone());
            HttpClient::make(hook.target.clone(), trust, headers, hook.timeout)
        });
        let client = client.await.map_err(Failure::Call)?;
        let template = if is_failure(&change.to) { &hook.body } else { &hook.recovery_body };
        let body = Bytes::from(body(&self.sender, change, template.as_ref()));
        let json = [("content-type", "application/json")];
        let headers = if hook.headers.contains("content-type") { &[][..] } else { &json };
        let answer = client.send(HttpMethod::Post, headers, body).await.map_err(Failure::Call)?;
        match answer.status() {
            200..=299 => Ok(()),
            status => Err(Failure::Answer(status)),
        }
    }

    /// Logs what is new, and returns it.
    fn log(&self, last: Last, change: &HealthTransition, outcome: &Result<(), Failure>) -> Last {
        let receiver = self.hook.target.origin();
        let (path, to) = (&change.path, change.to.code());
        let (now, text) = match outcome {
            Ok(()) => (Last::Told, String::new()),
            Err(Failure::Call(failure)) => (Last::NotCalled(failure.kind), failure.to_string()),
            Err(Failure::Answer(status)) => (Last::Answered(*status), explained(*status)),
        };
        match outcome {
            Ok(()) if !matches!(last, Last::Nothing | Last::Told) => {
                info!("the health webhook at {receiver} takes messages again");
            }
            Ok(()) => debug!("told the health webhook at {receiver} that {path} is {to}"),
            Err(_) if now != last => warn!(
                "the health webhook at {receiver} was not told that {path} is {to}: {text}; trying \
                 again, at least once a minute (actuator.health.webhook.*)"
            ),
            Err(_) => {
                debug!("the health webhook at {receiver} was not told that {path} is {to}: {text}");
            }
        }
        now
    }
}

fn explained(status: u16) -> String {
    let hint = match status {
        300..=399 => ": redirects are not followed, set the url to the final address",
        400 => ": is the body what the receiver wants?",
        401 | 403 => ": are the headers those that the receiver wants?",
        404 | 410 => ": is the url still the receiver's?",
        _ => "",
    };
    format!("it answered {status}{hint}")
}

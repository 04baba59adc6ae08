//! Drives a connection while its limits and the orders from outside are kept.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use tokio::time::{Sleep, sleep_until};

use super::{
    activity::{Activity, NEVER, Order, Reason},
    settings::Limits,
};

/// How the work on a connection ended.
#[derive(Debug)]
pub(super) enum End<T> {
    /// By itself.
    Done(T),
    /// It was given up.
    Given(Reason),
}

/// What is done on a connection.
pub(super) trait Work: Future {
    /// Answers what is in progress, and ends. Asked for at most once.
    fn wind_down(self: Pin<&mut Self>);
}

/// A part of it that is not worth finishing, such as a handshake.
pub(super) struct Brief<F>(pub(super) Pin<Box<F>>);

impl<F: Future> Future for Brief<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<F: Future> Work for Brief<F> {
    fn wind_down(self: Pin<&mut Self>) {}
}

/// Works until that is done, or has to be given up. Whoever is given up is dropped by the caller.
pub(super) async fn watch<W: Work>(
    mut work: Pin<&mut W>,
    activity: &Activity,
    limits: &Limits,
) -> End<W::Output> {
    let mut told = pin!(activity.told.notified());
    let (first, _) = activity.deadline(limits);
    let mut alarm = pin!(sleep_until(activity.instant(first)));
    let mut armed = first;
    let mut winds_down = false;
    poll_fn(|context| {
        loop {
            if activity.ordered() >= Order::WindDown && !winds_down {
                winds_down = true;
                work.as_mut().wind_down();
            }
            if let Poll::Ready(output) = work.as_mut().poll(context) {
                return Poll::Ready(End::Done(output));
            }
            if activity.ordered() == Order::Close {
                return Poll::Ready(End::Given(Reason::Stop));
            }
            if winds_down && activity.is_silent() {
                return Poll::Ready(End::Given(Reason::Stop));
            }
            if told.as_mut().poll(context).is_ready() {
                told.set(activity.told.notified());
                continue;
            }
            return ring(alarm.as_mut(), &mut armed, activity, limits, context).map(End::Given);
        }
    })
    .await
}

/// Ready once the connection's time is over. The alarm is set anew only if it would ring too late:
/// while a connection is busy, its end moves on with each request.
fn ring(
    mut alarm: Pin<&mut Sleep>,
    armed: &mut u64,
    activity: &Activity,
    limits: &Limits,
    context: &mut Context<'_>,
) -> Poll<Reason> {
    loop {
        let (due, reason) = activity.deadline(limits);
        if due < *armed {
            *armed = due;
            alarm.as_mut().reset(activity.instant(due));
        }
        if *armed == NEVER {
            return Poll::Pending;
        }
        ready!(alarm.as_mut().poll(context));
        if due <= activity.now() {
            return Poll::Ready(reason);
        }
        *armed = NEVER;
    }
}

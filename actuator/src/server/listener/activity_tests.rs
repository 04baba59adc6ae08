//! What a connection is waited for, on a clock that is moved by hand.

use super::*;

const LIMITS: fn() -> Limits = Limits::default;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn pass(time: Duration) {
    tokio::time::advance(time).await;
}

/// What is left of a deadline, in whole seconds, and its reason.
fn left(activity: &Activity, limits: &Limits) -> Option<(u64, Reason)> {
    let (at, reason) = activity.deadline(limits);
    (at != NEVER).then(|| (at.saturating_sub(activity.now()) / 1000, reason))
}

#[tokio::test(start_paused = true)]
async fn bytes_do_not_extend_the_time_for_a_head() {
    let (activity, limits) = (Activity::new(Instant::now()), LIMITS());
    assert_eq!(left(&activity, &limits), Some((10, Reason::Header)));
    for second in 1..=9 {
        pass(seconds(1)).await;
        activity.read();
        assert_eq!(left(&activity, &limits), Some((10 - second, Reason::Header)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_head_has_the_keep_alive_time_to_begin_and_its_own_to_end() {
    let (activity, limits) = (Activity::new(Instant::now()), LIMITS());
    pass(seconds(5)).await;
    activity.begin();
    assert_eq!(left(&activity, &limits), None, "a request may take its time");
    pass(seconds(100)).await;
    activity.end();
    assert_eq!(left(&activity, &limits), Some((75, Reason::KeepAlive)));
    pass(seconds(70)).await;
    activity.read();
    assert_eq!(left(&activity, &limits), Some((10, Reason::Header)));
    pass(seconds(4)).await;
    activity.read();
    assert_eq!(left(&activity, &limits), Some((6, Reason::Header)));
}

#[tokio::test(start_paused = true)]
async fn pings_between_requests_of_http2_begin_no_head_and_extend_nothing() {
    let (activity, limits) = (Activity::new(Instant::now()), LIMITS());
    activity.is_multiplexed();
    activity.begin();
    activity.end();
    pass(seconds(70)).await;
    activity.read();
    assert_eq!(left(&activity, &limits), Some((5, Reason::KeepAlive)));
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_or_sends_nothing_of_a_body_is_given_up() {
    let (activity, mut limits) = (Activity::new(Instant::now()), LIMITS());
    activity.begin();
    activity.wrote(true);
    pass(seconds(20)).await;
    activity.wrote(true);
    assert_eq!(left(&activity, &limits), Some((10, Reason::Write)));
    activity.wrote(false);
    activity.awaits_body(true);
    activity.read();
    assert_eq!(left(&activity, &limits), None, "only if a setting says so");
    limits.body = Some(seconds(7));
    assert_eq!(left(&activity, &limits), Some((7, Reason::Body)));
    activity.awaits_body(false);
    assert_eq!(left(&activity, &limits), None);
}

#[tokio::test(start_paused = true)]
async fn room_is_made_by_the_idle_then_by_the_stalled_then_by_those_who_just_came_and_never_by_those_at_work()
 {
    let epoch = Instant::now();
    let (idle, stalled, working) =
        (Activity::new(epoch), Activity::new(epoch), Activity::new(epoch));
    stalled.begin();
    stalled.wrote(true);
    working.begin();
    pass(seconds(60)).await;
    let spare = |activity: &Activity| activity.spare(activity.now(), seconds(5));
    let fresh = Activity::new(epoch);
    assert_eq!(spare(&idle), Some((Spare::Idle, 1)));
    assert_eq!(spare(&stalled), Some((Spare::Stalled, 1)));
    assert_eq!(spare(&fresh).map(|(class, _)| class), Some(Spare::Fresh));
    assert_eq!(spare(&working), None);
    assert!(spare(&idle) < spare(&stalled) && spare(&stalled) < spare(&fresh));
    idle.order(Order::Close);
    assert_eq!(spare(&idle), None, "once is enough");
}

#[tokio::test(start_paused = true)]
async fn orders_only_become_stronger() {
    let (activity, limits) = (Activity::new(Instant::now()), LIMITS());
    assert!(activity.is_silent());
    activity.read();
    assert!(!activity.is_silent());
    activity.order(Order::WindDown);
    assert_eq!(left(&activity, &limits), Some((1, Reason::Stop)));
    activity.order(Order::Close);
    activity.order(Order::WindDown);
    assert_eq!(activity.ordered(), Order::Close);
}

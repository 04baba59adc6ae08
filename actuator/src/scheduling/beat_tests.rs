//! Rhythms against clocks that stand, jump and are late.

use super::*;
use crate::scheduling::Schedule;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
/// 2026-11-21T09:22:19Z.
const NOW: Duration = Duration::from_secs(1_795_252_939);

fn clock() -> Clock {
    Clock::manual(SystemTime::UNIX_EPOCH + NOW)
}

fn beat(schedule: &Schedule, clock: &Clock) -> Beat {
    Beat::begin(Plan::of(schedule, clock.now()).unwrap(), clock.clone())
}

/// Both clocks go on.
async fn pass(clock: &Clock, time: Duration) {
    clock.advance(time);
    tokio::time::advance(time).await;
}

#[tokio::test(start_paused = true)]
async fn a_fixed_rate_is_counted_from_its_first_time() {
    let clock = clock();
    let mut beat = beat(&Schedule::fixed_rate(SECOND).initial_delay(SECOND * 2), &clock);
    let first = Instant::now() + SECOND * 2;
    assert_eq!((beat.poll(), beat.wakes_at()), (0, Some(first)));
    pass(&clock, SECOND * 2 + SECOND / 4).await;
    // Late by a quarter of a second, and the next one is not.
    assert_eq!((beat.poll(), beat.wakes_at()), (1, Some(first + SECOND)));
    pass(&clock, SECOND * 3).await;
    assert_eq!((beat.poll(), beat.wakes_at()), (3, Some(first + SECOND * 4)));
    assert_eq!(beat.poll(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_delay_is_counted_from_the_end() {
    let clock = clock();
    let mut beat = beat(&Schedule::fixed_delay(SECOND), &clock);
    assert_eq!(beat.poll(), 1);
    pass(&clock, HOUR).await;
    assert_eq!((beat.poll(), beat.wakes_at()), (0, None));
    beat.finished();
    assert_eq!(beat.wakes_at(), Some(Instant::now() + SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_jitter_delays_each_run_and_moves_no_other() {
    let clock = clock();
    let schedule = Schedule::fixed_rate(SECOND * 10).jitter(SECOND * 5);
    let mut beat = beat(&schedule, &clock);
    let origin = Instant::now();
    let mut lates = Vec::new();
    for n in 0..20_u32 {
        let late = beat.wakes_at().unwrap() - (origin + SECOND * 10 * n);
        assert!(late < SECOND * 5, "{late:?}");
        lates.push(late);
        tokio::time::sleep_until(beat.wakes_at().unwrap()).await;
        assert_eq!(beat.poll(), 1);
    }
    lates.dedup();
    assert!(lates.len() > 10, "{lates:?}");
}

#[tokio::test(start_paused = true)]
async fn a_custom_trigger_is_asked_again_after_each_run_until_it_gives_none() {
    let clock = clock();
    let schedule = Schedule::custom("twice", |context| {
        let first = context.last_completion().is_none();
        first.then(|| context.now() + SECOND)
    });
    let mut beat = beat(&schedule, &clock);
    assert_eq!(beat.poll(), 0);
    pass(&clock, SECOND).await;
    assert_eq!((beat.poll(), beat.next()), (1, Due::Never));
    beat.finished();
    assert_eq!(beat.wakes_at(), None);
}

#[tokio::test(start_paused = true)]
async fn a_trigger_that_panics_never_comes_due() {
    let clock = clock();
    let broken = Schedule::custom("broken", |context| {
        assert!(context.last_completion().is_some(), "for the test");
        None
    });
    assert_eq!(beat(&broken, &clock).next(), Due::Never);
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_nothing_is_made_up_for_but_a_single_run() {
    let clock = clock();
    let mut rate = beat(&Schedule::fixed_rate(SECOND * 10), &clock);
    let mut delay = beat(&Schedule::fixed_delay(SECOND * 10), &clock);
    let mut once = beat(&Schedule::once(SECOND), &clock);
    let origin = Instant::now();
    pass(&clock, SECOND * 25).await;
    for beat in [&mut rate, &mut delay, &mut once] {
        beat.resumed();
    }
    assert_eq!(rate.wakes_at(), Some(origin + SECOND * 30));
    assert_eq!(delay.wakes_at(), Some(origin + SECOND * 35));
    assert_eq!(once.poll(), 1);
}

#[cfg(feature = "cron")]
mod by_the_wall {
    use super::*;

    fn every(expression: &str, clock: &Clock) -> Beat {
        beat(&Schedule::cron(expression).zone("UTC"), clock)
    }

    fn next(beat: &Beat) -> String {
        match beat.next() {
            Due::Wall(at) => crate::support::time::iso_instant(at),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn expressions_that_make_no_sense_are_refused() {
        let refused = |schedule: Schedule| Plan::of(&schedule, SystemTime::UNIX_EPOCH).unwrap_err();
        assert!(refused(Schedule::cron("@daily").initial_delay(SECOND)).contains("itself"));
        assert!(refused(Schedule::cron("0 0 0 30 2 *")).contains("never comes due"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_on_the_wall_is_looked_at_again_and_again() {
        let clock = clock();
        let beat = every("0 0 3 * * *", &clock);
        assert_eq!(beat.wakes_at(), Some(Instant::now() + LOOK));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_forward_runs_what_was_passed_once() {
        let clock = clock();
        let mut beat = every("0 0 * * * *", &clock);
        assert_eq!(next(&beat), "2026-11-21T10:00:00Z");
        clock.advance(HOUR * 5);
        assert_eq!((beat.poll(), beat.poll()), (1, 0));
        assert_eq!(next(&beat), "2026-11-21T15:00:00Z");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_back_a_little_repeats_nothing() {
        let clock = clock();
        let mut beat = every("0 0 * * * *", &clock);
        clock.advance(HOUR);
        assert_eq!(beat.poll(), 1);
        // From 10:22 back to 09:22, before the run of 10:00.
        beat.clock = super::clock();
        assert_eq!((beat.poll(), next(&beat).as_str()), (0, "2026-11-21T11:00:00Z"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_was_wrong_by_years_is_believed_once_it_is_right() {
        let clock = clock();
        clock.advance(HOUR * 24 * 1_000);
        let mut beat = every("0 0 * * * *", &clock);
        clock.advance(HOUR);
        assert_eq!(beat.poll(), 1);
        beat.clock = super::clock();
        assert_eq!((beat.poll(), next(&beat).as_str()), (0, "2026-11-21T10:00:00Z"));
    }
}

#[test]
fn schedules_that_make_no_sense_are_refused() {
    let refused = |schedule: Schedule| Plan::of(&schedule, SystemTime::UNIX_EPOCH).unwrap_err();
    assert!(refused(Schedule::fixed_rate(Duration::ZERO)).contains("at least 1 ms"));
    assert!(refused(Schedule::fixed_delay(Duration::from_nanos(5))).contains("at least 1 ms"));
    assert!(refused(Schedule::fixed_rate(SECOND).jitter(SECOND)).contains("shorter"));
    assert!(refused(Schedule::once(SECOND).timeout(Duration::ZERO)).contains("timeout of 0"));
}

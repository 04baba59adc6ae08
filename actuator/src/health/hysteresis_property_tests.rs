//! What holds for every sequence of results behind thresholds.

use proptest::prelude::*;

use super::{
    aggregator::StatusAggregator, health::Status, hysteresis::Hysteresis, property_tests::config,
};

/// A status of the default order, or one that it does not name.
fn status() -> impl Strategy<Value = Status> {
    proptest::sample::select(vec![
        Status::UP,
        Status::DOWN,
        Status::OUT_OF_SERVICE,
        Status::RESTRICTED,
        Status::UNKNOWN,
        Status::custom("FATAL"),
    ])
}

fn results(most: usize) -> impl Strategy<Value = Vec<Status>> {
    proptest::collection::vec(status(), 0..most)
}

/// Mostly UP and DOWN, in runs, so that thresholds are reached and missed.
fn runs() -> impl Strategy<Value = Vec<Status>> {
    let one = prop_oneof![4 => Just(Status::UP), 4 => Just(Status::DOWN), 1 => status()];
    proptest::collection::vec((one, 1_usize..6), 0..20)
        .prop_map(|runs| runs.into_iter().flat_map(|(status, times)| vec![status; times]).collect())
}

fn thresholds() -> impl Strategy<Value = (u32, u32)> {
    (0_u32..6, 0_u32..6)
}

fn initial() -> impl Strategy<Value = Option<Status>> {
    proptest::option::of(status())
}

fn order() -> StatusAggregator {
    StatusAggregator::default()
}

/// How many of the latest results lie on one side of what is reported, the same for all of them.
fn in_a_row(results: &[Status], reported: &Status) -> u32 {
    let order = order();
    let side = |status: &Status| order.severity(status).cmp(&order.severity(reported));
    let Some(last) = results.last() else { return 0 };
    let row = results.iter().rev().take_while(|status| side(status) == side(last)).count();
    u32::try_from(row).unwrap()
}

proptest! {
    #![proptest_config(config())]

    /// The whole of it, told another way: by looking back over the results since the last change.
    #[test]
    fn what_is_reported_changes_after_so_many_in_a_row_on_one_side_and_never_else(
        thresholds in thresholds(),
        initial in initial(),
        results in prop_oneof![runs(), results(60)],
    ) {
        let order = order();
        let mut hysteresis = Hysteresis::new(thresholds.0, thresholds.1, initial);
        let mut since_change: Vec<Status> = Vec::new();
        for result in results {
            let before = hysteresis.reported().cloned();
            since_change.push(result.clone());
            let changed = hysteresis.observe(&result, &order);
            let after = hysteresis.reported().unwrap();
            let Some(before) = before else {
                prop_assert!(changed);
                prop_assert_eq!(after, &result);
                since_change.clear();
                continue;
            };
            prop_assert_eq!(changed, &before != after);
            let (old, new) = (order.severity(&before), order.severity(&result));
            let needed = match new.cmp(&old) {
                std::cmp::Ordering::Greater => thresholds.0,
                std::cmp::Ordering::Less => thresholds.1,
                std::cmp::Ordering::Equal => 1,
            };
            let enough = in_a_row(&since_change, &before) >= needed.max(1);
            let expected = if enough { &result } else { &before };
            prop_assert_eq!(after, expected);
            if changed {
                since_change.clear();
            }
        }
    }

    #[test]
    fn one_opposite_result_starts_the_count_anew(
        (failures, before) in (2_u32..6).prop_flat_map(|n| (Just(n), 1..n)), rounds in 1_usize..10
    ) {
        let order = order();
        let mut hysteresis = Hysteresis::new(failures, 1, Some(Status::UP));
        for _ in 0..rounds {
            for _ in 0..before {
                hysteresis.observe(&Status::DOWN, &order);
            }
            hysteresis.observe(&Status::UP, &order);
            prop_assert_eq!(hysteresis.reported(), Some(&Status::UP));
        }
        for seen in 1..=failures {
            let changed = hysteresis.observe(&Status::DOWN, &order);
            prop_assert_eq!(changed, seen == failures);
        }
    }

    #[test]
    fn the_same_result_again_and_again_is_reported_in_the_end_and_stays(
        thresholds in thresholds(), initial in initial(), past in runs(), result in status()
    ) {
        let order = order();
        let mut hysteresis = Hysteresis::new(thresholds.0, thresholds.1, initial);
        for past in past {
            hysteresis.observe(&past, &order);
        }
        for _ in 0..thresholds.0.max(thresholds.1).max(1) {
            hysteresis.observe(&result, &order);
        }
        prop_assert_eq!(hysteresis.reported(), Some(&result));
        prop_assert!(!hysteresis.observe(&result, &order));
    }

    #[test]
    fn nothing_is_reported_that_no_result_and_no_setting_said(
        thresholds in thresholds(), initial in initial(), results in results(40)
    ) {
        let order = order();
        let mut hysteresis = Hysteresis::new(thresholds.0, thresholds.1, initial.clone());
        prop_assert_eq!(hysteresis.reported(), initial.as_ref());
        for (index, result) in results.iter().enumerate() {
            hysteresis.observe(result, &order);
            let reported = hysteresis.reported().unwrap();
            let said = results.iter().take(index + 1).chain(&initial).any(|one| one == reported);
            prop_assert!(said, "{:?}", reported);
        }
    }

    #[test]
    fn with_thresholds_of_one_the_result_itself_is_reported(
        thresholds in (0_u32..2, 0_u32..2), initial in initial(), results in results(40)
    ) {
        let order = order();
        let mut hysteresis = Hysteresis::new(thresholds.0, thresholds.1, initial);
        for result in results {
            hysteresis.observe(&result, &order);
            prop_assert_eq!(hysteresis.reported(), Some(&result));
        }
    }
}

//! What holds for every status, mapping, membership and detail, tried on many that a machine makes
//! up.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, value::RawValue};

use super::{
    aggregator::StatusAggregator,
    bound::bounded,
    health::{Health, Status},
    http_mapping::HttpMapping,
    membership::Membership,
};

/// As usual, but nothing is written beside the sources.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// A code of a status: mostly one that stands in orders, in any spelling; sometimes anything.
fn code() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(&[
        "UP",
        "DOWN",
        "OUT_OF_SERVICE",
        "RESTRICTED",
        "UNKNOWN",
        "FATAL",
        "paused",
    ]);
    let known = (known, any::<u32>()).prop_map(|(code, seed)| respelled(code, seed));
    prop_oneof![4 => known, 1 => "\\PC{0,6}"]
}

/// Another spelling of a code: other case, dashes and blanks in it.
fn respelled(code: &str, seed: u32) -> String {
    let mut out = String::new();
    for (position, c) in code.chars().enumerate() {
        match seed.rotate_left(u32::try_from(position % 32).unwrap()) % 5 {
            0 => out.push(c.to_ascii_lowercase()),
            1 => out.push(c.to_ascii_uppercase()),
            2 => out.extend(['-', c]),
            3 => out.extend([c, ' ']),
            _ => out.push(c),
        }
    }
    out
}

fn statuses(most: usize) -> impl Strategy<Value = Vec<Status>> {
    let status = (code(), proptest::option::of("[a-z]{1,3}")).prop_map(|(code, description)| {
        let status = Status::custom(code);
        description.iter().fold(status, |status, text| status.with_description(text.as_str()))
    });
    proptest::collection::vec(status, 0..most)
}

/// An order of severities: the default, or one of somebody's own, with doubles and odd names.
fn order() -> impl Strategy<Value = Vec<String>> {
    let default = ["DOWN", "OUT_OF_SERVICE", "RESTRICTED", "UP", "UNKNOWN"].map(str::to_owned);
    prop_oneof![Just(default.to_vec()), proptest::collection::vec(code(), 1..7)]
}

/// The place of a status in an order; none if it does not stand there.
fn place(order: &[String], status: &Status) -> Option<usize> {
    order.iter().position(|code| &Status::custom(code.clone()) == status)
}

/// The same with its text and description, which `==` leaves out.
fn shown(status: &Status) -> (&str, Option<&str>) {
    (status.code(), status.description())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn statuses_are_equal_in_every_spelling_and_equality_is_one(
        (one, seed, other, third) in (code(), any::<u32>(), code(), code())
    ) {
        let of = |code: &str| Status::custom(code.to_owned());
        prop_assert_eq!(of(&one), of(&respelled(&one, seed)));
        prop_assert_eq!(of(&one) == of(&other), of(&other) == of(&one));
        if of(&one) == of(&other) && of(&other) == of(&third) {
            prop_assert_eq!(of(&one), of(&third));
        }
    }

    #[test]
    fn the_first_of_the_worst_wins_whole_and_nothing_is_made_up(
        order in order(), statuses in statuses(12)
    ) {
        let result = StatusAggregator::of(order.clone()).aggregate(&statuses);
        let worst = statuses.iter().filter_map(|status| place(&order, status)).min();
        let first = statuses.iter().find(|status| worst.is_some() && place(&order, status) == worst);
        prop_assert_eq!(shown(&result), first.map_or(("UNKNOWN", None), shown));
    }

    #[test]
    fn the_order_in_which_checks_answer_changes_nothing(
        order in order(), statuses in statuses(12), swaps in any::<[(Index, Index); 8]>()
    ) {
        let aggregator = StatusAggregator::of(order);
        let before = aggregator.aggregate(&statuses);
        let mut shuffled = statuses;
        if !shuffled.is_empty() {
            for (one, other) in swaps {
                let (one, other) = (one.index(shuffled.len()), other.index(shuffled.len()));
                shuffled.swap(one, other);
            }
        }
        prop_assert_eq!(aggregator.aggregate(&shuffled), before);
    }

    #[test]
    fn statuses_that_the_order_does_not_name_are_as_if_they_were_not_there(
        order in order(), statuses in statuses(12)
    ) {
        let aggregator = StatusAggregator::of(order.clone());
        let named: Vec<&Status> =
            statuses.iter().filter(|status| place(&order, status).is_some()).collect();
        let (all, named) = (aggregator.aggregate(&statuses), aggregator.aggregate(named));
        prop_assert_eq!(shown(&all), shown(&named));
    }

    #[test]
    fn the_spelling_of_order_and_statuses_decides_nothing(
        order in order(), statuses in statuses(12), seed in any::<u32>()
    ) {
        let other_order = order.iter().map(|code| respelled(code, seed));
        let others: Vec<Status> = statuses
            .iter()
            .map(|status| Status::custom(respelled(status.code(), seed.rotate_left(7))))
            .collect();
        let other = StatusAggregator::of(other_order).aggregate(&others);
        prop_assert_eq!(StatusAggregator::of(order).aggregate(&statuses), other);
    }

    #[test]
    fn to_aggregate_again_or_the_same_many_times_changes_nothing(
        order in order(), statuses in statuses(12), times in 1_usize..5
    ) {
        let aggregator = StatusAggregator::of(order);
        let once = aggregator.aggregate(&statuses);
        let again = vec![once.clone(); times];
        let again = aggregator.aggregate(&again);
        prop_assert_eq!(again.code(), once.code());
        let doubled: Vec<&Status> = statuses.iter().chain(&statuses).collect();
        let doubled = aggregator.aggregate(doubled);
        prop_assert_eq!(shown(&doubled), shown(&once));
    }

    /// A composite counts as its members would, if the order names one of each part's; else the
    /// part is UNKNOWN, which counts by its own place.
    #[test]
    fn a_whole_of_parts_is_the_whole_of_all_their_members(
        order in order(), parts in proptest::collection::vec(statuses(5), 1..5)
    ) {
        let aggregator = StatusAggregator::of(order.clone());
        let every_part_is_named = parts
            .iter()
            .all(|part| part.iter().any(|status| place(&order, status).is_some()));
        let unknown_is_last = place(&order, &Status::UNKNOWN)
            .is_none_or(|place| order[place..].iter().all(|c| Status::custom(c.clone()) == Status::UNKNOWN));
        if every_part_is_named || unknown_is_last {
            let nested: Vec<Status> = parts.iter().map(|part| aggregator.aggregate(part)).collect();
            let flat: Vec<&Status> = parts.iter().flatten().collect();
            prop_assert_eq!(aggregator.aggregate(&nested), aggregator.aggregate(flat));
        }
    }

    #[test]
    fn of_two_the_more_severe_wins_and_only_what_stands_before_up_is_severe(
        order in order(), one in code(), other in code()
    ) {
        let aggregator = StatusAggregator::of(order.clone());
        let (one, other) = (Status::custom(one), Status::custom(other));
        if aggregator.severity(&one) > aggregator.severity(&other) {
            prop_assert_eq!(aggregator.aggregate([&other, &one]), one.clone());
        }
        let up = place(&order, &Status::UP).unwrap_or(order.len());
        let stands_before = place(&order, &one).is_some_and(|place| place < up);
        prop_assert_eq!(aggregator.severity(&one) > 0, stands_before);
    }

    #[test]
    fn a_mapping_takes_the_first_code_of_a_status_and_else_200(
        pairs in proptest::collection::vec((code(), 200_u16..600), 0..6),
        status in code(),
        seed in any::<u32>(),
    ) {
        let mapping = HttpMapping::of(pairs.clone());
        let status = Status::custom(status);
        let expected = pairs
            .iter()
            .find(|(code, _)| Status::custom(code.clone()) == status)
            .map_or(200, |(_, http)| *http);
        prop_assert_eq!(mapping.code(&status), expected);
        let respelled = Status::custom(respelled(status.code(), seed));
        prop_assert_eq!(mapping.code(&respelled), expected);
    }

    #[test]
    fn by_default_only_down_and_out_of_service_fail(status in code()) {
        let status = Status::custom(status);
        let fails = status == Status::DOWN || status == Status::OUT_OF_SERVICE;
        prop_assert_eq!(HttpMapping::default().code(&status), if fails { 503 } else { 200 });
    }
}

/// A slash path of few names, so that many are related.
fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&["a", "b", "ab", "a b"]), 1..4)
        .prop_map(|names| names.join("/"))
}

fn listed() -> impl Strategy<Value = Vec<String>> {
    let entry = prop_oneof![9 => path(), 1 => Just("*".to_owned())];
    proptest::collection::vec(entry, 0..4)
}

/// Whether a list says so of the path or of one of its ancestors, name by name.
fn names(list: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    list.iter().any(|entry| entry == "*" || path.starts_with(&entry.split('/').collect::<Vec<_>>()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_path_belongs_if_it_or_an_ancestor_is_included_and_none_is_excluded(
        include in listed(), exclude in listed(), path in path()
    ) {
        let group = Membership::of(include.clone(), exclude.clone());
        let included = include.is_empty() || names(&include, &path);
        prop_assert_eq!(group.contains(&path), included && !names(&exclude, &path));
    }

    #[test]
    fn what_is_below_a_member_belongs_unless_it_is_excluded_itself(
        include in listed(), exclude in listed(), path in path(), below in path()
    ) {
        let group = Membership::of(include, exclude.clone());
        let below = format!("{path}/{below}");
        if group.contains(&path) && !names(&exclude, &below) {
            prop_assert!(group.contains(&below));
        }
        if names(&exclude, &path) {
            prop_assert!(!group.contains(&below));
        }
    }
}

/// Any JSON, with texts that look like structure.
fn json() -> impl Strategy<Value = Value> {
    let text = "[\\[\\]{}\"\\\\a é]{0,12}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text, inner, 0..4).prop_map(Value::from_iter),
        ]
    });
    // Wrapped, so that about half of them are too deep.
    (tree, 0_usize..20).prop_map(|(tree, levels)| {
        (0..levels).fold(tree, |inner, level| {
            if level % 2 == 0 {
                Value::from(vec![inner])
            } else {
                serde_json::json!({ "k": inner })
            }
        })
    })
}

fn depth(value: &Value) -> usize {
    let below = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    1 + below.unwrap_or(0)
}

fn details(health: &Health) -> Vec<(String, String)> {
    health.details().map(|(key, value)| (key.to_owned(), value.get().to_owned())).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn details_within_the_limits_stay_to_the_byte_and_others_become_a_note(
        values in proptest::collection::vec((json(), any::<bool>()), 0..4),
        padding in prop_oneof![Just(0_usize), 0..80_000_usize],
        description in prop_oneof![Just(0_usize), 0..80_000_usize],
    ) {
        let status = Status::DOWN.with_description("d".repeat(description));
        let mut health = Health::new(status).with_detail("padding", "x".repeat(padding));
        let mut deepest = 0;
        for (index, (value, pretty)) in values.iter().enumerate() {
            deepest = deepest.max(depth(value));
            let text = if *pretty {
                serde_json::to_string_pretty(value).unwrap()
            } else {
                value.to_string()
            };
            health = health.with_detail(format!("k{index}"), RawValue::from_string(text).unwrap());
        }
        let before = details(&health);
        let size = description
            + "DOWN".len()
            + before.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        let after = bounded(health);
        if size <= 64 * 1024 && deepest <= 16 {
            prop_assert_eq!(details(&after), before);
        } else {
            let kept = details(&after);
            prop_assert_eq!(kept.len(), 1);
            prop_assert_eq!(kept[0].0.as_str(), "note");
        }
        let large = description + "DOWN".len() > 64 * 1024;
        let expected = if large { Status::UNKNOWN } else { Status::DOWN };
        prop_assert_eq!(after.status(), &expected);
        for (_, value) in details(&after) {
            prop_assert!(serde_json::from_str::<Value>(&value).is_ok(), "{}", value);
        }
        let twice = bounded(after.clone());
        prop_assert_eq!(details(&twice), details(&after));
    }
}

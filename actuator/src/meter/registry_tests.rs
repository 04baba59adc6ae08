//! The registry: merging, limits, filters, idle series.

use std::{collections::HashSet, time::Duration};

use super::*;
use crate::meter::Statistic;

fn registry(settings: MeterSettings) -> MeterRegistry {
    MeterRegistry::new(settings, Clock::system())
}

fn values(registry: &MeterRegistry, name: &str, tags: &[Tag]) -> Vec<(Statistic, f64)> {
    let reading = registry.read(name, tags).unwrap();
    reading.measurements.iter().map(|m| (m.statistic, m.value)).collect()
}

#[test]
fn matching_series_are_summed_and_maxima_are_the_largest() {
    let registry = registry(MeterSettings::default());
    for (uri, millis) in [("/a", 250), ("/b", 500)] {
        let timer = registry.meter("http").tag("uri", uri).tag("status", "200").timer();
        timer.record(Duration::from_millis(millis));
    }
    let all = [(Statistic::Count, 2.0), (Statistic::TotalTime, 0.75), (Statistic::Max, 0.5)];
    assert_eq!(values(&registry, "http", &[Tag::new("status", "200")]), all);
    let one = [(Statistic::Count, 1.0), (Statistic::TotalTime, 0.25), (Statistic::Max, 0.25)];
    assert_eq!(values(&registry, "http", &[Tag::new("uri", "/a")]), one);
    assert_eq!(registry.read("http", &[Tag::new("uri", "/c")]), None);
    let reading = registry.read("http", &[Tag::new("status", "200")]).unwrap();
    assert_eq!(reading.available_tags["uri"].len(), 2);
    assert!(!reading.available_tags.contains_key("status"));
    assert_eq!(reading.base_unit.as_deref(), Some("seconds"));
}

#[test]
fn two_values_for_one_key_must_both_hold() {
    let registry = registry(MeterSettings::default());
    registry.meter("m").tag("k", "a").counter();
    registry.meter("m").tag("k", "b").counter();
    assert_eq!(registry.read("m", &[Tag::new("k", "a"), Tag::new("k", "b")]), None);
    assert!(registry.read("m", &[Tag::new("k", "a"), Tag::new("k", "a")]).is_some());
}

#[test]
fn asking_twice_gives_the_same_meter() {
    let registry = registry(MeterSettings::default());
    registry.meter("orders").tag("a", "1").tag("b", "2").counter().increment();
    registry.meter("orders").tag("b", "2").tag("a", "1").counter().increment();
    assert_eq!(values(&registry, "orders", &[]), [(Statistic::Count, 2.0)]);
}

#[test]
fn a_meter_of_another_kind_does_not_disturb_the_first() {
    let registry = registry(MeterSettings::default());
    registry.meter("orders").counter().add(3);
    registry.meter("orders").tag("x", "y").gauge().set(7.0);
    registry.meter("orders").base_unit("bytes").description("No").gauge().set(7.0);
    let read = registry.read("orders", &[]).unwrap();
    assert_eq!((read.base_unit, read.description), (None, None));
    assert_eq!(values(&registry, "orders", &[]), [(Statistic::Count, 3.0)]);
}

#[test]
fn a_meter_of_another_kind_with_the_same_tags_is_not_kept_either() {
    let registry = registry(MeterSettings::default());
    registry.meter("orders").counter().increment();
    registry.meter("orders").base_unit("seconds").timer().record(Duration::from_secs(1));
    let reading = registry.read("orders", &[]).unwrap();
    assert_eq!((reading.measurements.len(), reading.base_unit), (1, None));
}

#[test]
fn series_beyond_the_limit_are_counted_together() {
    let settings = MeterSettings {
        max_series: 10,
        common_tags: vec![Tag::new("region", "eu")],
        ..MeterSettings::default()
    };
    let registry = registry(settings);
    for id in 0..10_000 {
        registry.meter("users").tag("id", id.to_string()).counter().increment();
    }
    assert_eq!(values(&registry, "users", &[]), [(Statistic::Count, 10_000.0)]);
    let reading = registry.read("users", &[]).unwrap();
    assert_eq!(reading.available_tags["id"].len(), 11);
    assert_eq!(reading.available_tags["region"].len(), 1);
    let overflow = values(&registry, "users", &[Tag::new("id", "_overflow_")]);
    assert_eq!(overflow, [(Statistic::Count, 9_990.0)]);
}

#[test]
fn a_walk_in_steps_meets_each_series_once_whatever_comes_and_goes() {
    let registry = registry(MeterSettings::default());
    let count = |id: usize| registry.meter("m").tag("id", id.to_string()).counter();
    (0..100).for_each(|id| count(id).increment());
    let family = registry.families().remove(0);
    let (mut seen, mut next) = (Vec::new(), Some(0));
    while let Some(from) = next {
        let mut batch = Vec::new();
        next = family.series(from, 7, &mut batch);
        seen.extend(batch.iter().map(|series| series.labels().to_owned()));
        registry.remove("m", "id", &seen.len().to_string());
        count(1_000 + seen.len());
    }
    let distinct: HashSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(seen.len() >= 85, "{}", seen.len());
}

#[test]
fn idle_series_are_hidden_until_something_is_recorded_and_abandoned_ones_removed() {
    let clock = Clock::manual(std::time::SystemTime::UNIX_EPOCH);
    let idle_timeout = Some(Duration::from_mins(10));
    let settings = MeterSettings { idle_timeout, ..MeterSettings::default() };
    let registry = MeterRegistry::new(settings, clock.clone());
    let held = registry.meter("m").tag("k", "held").counter();
    registry.meter("m").tag("k", "left").counter().increment();
    let wait = |minutes| {
        for _ in 0..minutes {
            clock.advance(Duration::from_mins(1));
            registry.advance();
        }
    };
    let seen = || registry.read("m", &[]).map_or(0, |read| read.available_tags["k"].len());
    wait(5);
    assert_eq!(seen(), 2);
    wait(20);
    assert_eq!((seen(), registry.family("m").unwrap().len()), (0, 1));
    held.increment();
    wait(5);
    assert_eq!(seen(), 1);
}

#[test]
fn a_filter_renames_changes_tags_and_denies() {
    struct Filter;
    impl MeterFilter for Filter {
        fn map(&self, mut id: MeterId) -> Option<MeterId> {
            id.tags.retain(|tag| tag.key != "secret");
            (id.name != "no").then(|| MeterId { name: format!("app.{}", id.name), ..id })
        }
    }
    let registry = registry(MeterSettings::default());
    registry.add_filter(Filter);
    registry.meter("no").counter().increment();
    registry.meter("yes").tag("secret", "1").tag("k", "v").timer().record(Duration::ZERO);
    assert_eq!(registry.names(), ["app.yes"]);
    let keys: Vec<_> = registry.read("app.yes", &[]).unwrap().available_tags.into_keys().collect();
    assert_eq!(keys, ["k"]);
}

#[test]
fn the_rows_of_a_multi_gauge_are_replaced() {
    let registry = registry(MeterSettings::default());
    let depths = registry.meter("depth").multi_gauge();
    depths.set([(vec![Tag::new("q", "a")], 1.0), (vec![Tag::new("q", "b")], 2.0)]);
    assert_eq!(values(&registry, "depth", &[]), [(Statistic::Value, 3.0)]);
    depths.set([(vec![Tag::new("q", "b")], 5.0)]);
    assert_eq!(values(&registry, "depth", &[]), [(Statistic::Value, 5.0)]);
    depths.set([]);
    assert!(registry.names().is_empty());
}

#[test]
fn rows_that_are_gone_make_room_for_new_ones() {
    let registry = registry(MeterSettings { max_series: 3, ..MeterSettings::default() });
    let depths = registry.meter("depth").multi_gauge();
    let rows = |names: [&'static str; 3]| names.map(|name| (vec![Tag::new("q", name)], 1.0));
    depths.set(rows(["a", "b", "c"]));
    depths.set(rows(["c", "d", "e"]));
    let queues = registry.read("depth", &[]).unwrap().available_tags.remove("q").unwrap();
    assert_eq!(queues.into_iter().collect::<Vec<_>>(), ["c", "d", "e"]);
}

#[test]
fn sets_of_keys_are_forgotten_with_the_series_that_had_them() {
    let registry = registry(MeterSettings::default());
    let rows = registry.meter("m").multi_gauge();
    for key in 0..1_000 {
        rows.set([(vec![Tag::new(format!("k{key}"), "v")], 1.0)]);
    }
    let family = registry.family("m").unwrap();
    // The row that was replaced last was still held when its series went.
    assert_eq!((family.len(), family.sets_of_keys()), (1, 2));
}

#[test]
fn a_meter_of_which_all_is_hidden_is_not_listed() {
    let clock = Clock::manual(std::time::SystemTime::UNIX_EPOCH);
    let idle_timeout = Some(Duration::from_mins(1));
    let settings = MeterSettings { idle_timeout, ..MeterSettings::default() };
    let registry = MeterRegistry::new(settings, clock.clone());
    let held = registry.meter("m").counter();
    for _ in 0..9 {
        clock.advance(Duration::from_secs(15));
        registry.advance();
    }
    assert!(registry.names().is_empty());
    held.increment();
    clock.advance(Duration::from_secs(15));
    registry.advance();
    assert_eq!(registry.names(), ["m"]);
}

#[test]
fn a_timer_beside_one_that_is_measured_elsewhere_forgets_its_maximum_too() {
    let clock = Clock::manual(std::time::SystemTime::UNIX_EPOCH);
    let registry = MeterRegistry::new(MeterSettings::default(), clock.clone());
    registry.meter("t").tag("k", "elsewhere").timer_with(|| 1, || Duration::ZERO);
    let timer = registry.meter("t").tag("k", "here").timer();
    timer.record(Duration::from_secs(1));
    clock.advance(Duration::from_mins(5));
    registry.advance();
    assert_eq!(timer.max(), Duration::ZERO);
}

/// Counts what is logged in the meter whose limit the log is about.
struct CountingSubscriber(Arc<MeterRegistry>);

impl tracing::Subscriber for CountingSubscriber {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        for name in ["m", "other"] {
            self.0.meter(name).tag("k", "logged").counter().increment();
        }
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_limit_may_be_logged_by_who_counts_what_is_logged() {
    let settings = MeterSettings { max_series: 1, max_meters: 1, ..MeterSettings::default() };
    let registry = Arc::new(registry(settings));
    tracing::subscriber::with_default(CountingSubscriber(Arc::clone(&registry)), || {
        registry.meter("m").tag("k", "first").counter();
        registry.meter("m").tag("k", "second").counter().increment();
        registry.meter("another").counter();
    });
    assert_eq!(values(&registry, "m", &[Tag::new("k", "_overflow_")])[0].1, 2.0);
}

#[test]
fn names_beyond_the_limit_are_not_kept() {
    let registry = registry(MeterSettings { max_meters: 3, ..MeterSettings::default() });
    (0..10).for_each(|name| registry.meter(format!("m{name}")).counter().increment());
    assert_eq!(registry.names(), ["m0", "m1", "m2"]);
}

#[test]
fn a_function_that_panics_gives_no_number() {
    let registry = registry(MeterSettings::default());
    registry.meter("bad").gauge_with(|| panic!("told so"));
    assert!(values(&registry, "bad", &[])[0].1.is_nan());
}

#[test]
fn the_maximum_is_forgotten_after_two_minutes_and_the_total_never() {
    let clock = Clock::manual(std::time::SystemTime::UNIX_EPOCH);
    let registry = MeterRegistry::new(MeterSettings::default(), clock.clone());
    let timer = registry.meter("t").timer();
    timer.record(Duration::from_millis(500));
    clock.advance(Duration::from_secs(119));
    let max = || values(&registry, "t", &[])[2].1;
    assert_eq!(max(), 0.5);
    timer.record(Duration::from_millis(20));
    clock.advance(Duration::from_secs(2));
    assert_eq!(max(), 0.02);
    clock.advance(Duration::from_mins(2));
    assert_eq!((max(), timer.total()), (0.0, Duration::from_millis(520)));
}

#[test]
fn a_meter_that_is_switched_off_is_not_listed_and_common_tags_are_on_the_others() {
    let settings = MeterSettings {
        enable: vec![("noisy".to_owned(), false)],
        common_tags: vec![Tag::new("region", "eu")],
        ..MeterSettings::default()
    };
    let registry = registry(settings);
    registry.meter("noisy.thing").counter().increment();
    registry.meter("quiet").counter().increment();
    assert_eq!(registry.names(), ["quiet"]);
    assert!(registry.read("quiet", &[Tag::new("region", "eu")]).is_some());
}

#[test]
fn the_rows_of_a_multi_gauge_may_be_made_with_the_gauge_itself() {
    let registry = registry(MeterSettings::default());
    let depths = registry.meter("depth").multi_gauge();
    let row = |queue, value| (vec![Tag::new("q", queue)], value);
    depths.set((0..2).map(|_| {
        depths.set([row("inner", 1.0)]);
        row("outer", 2.0)
    }));
    assert_eq!(values(&registry, "depth", &[]), [(Statistic::Value, 2.0)]);
}

#[test]
fn a_gauge_that_is_set_to_what_it_was_is_not_idle() {
    let clock = Clock::manual(std::time::SystemTime::UNIX_EPOCH);
    let idle_timeout = Some(Duration::from_mins(4));
    let settings = MeterSettings { idle_timeout, ..MeterSettings::default() };
    let registry = MeterRegistry::new(settings, clock.clone());
    let (set, left) = (registry.meter("set").gauge(), registry.meter("left").gauge());
    for _ in 0..20 {
        set.set(7.0);
        clock.advance(Duration::from_mins(1));
        registry.advance();
    }
    assert!(registry.read("set", &[]).is_some());
    assert_eq!((registry.read("left", &[]), left.value()), (None, 0.0));
}

#[test]
fn rows_that_are_asked_for_come_and_go_and_those_that_stay_keep_their_function() {
    let registry = registry(MeterSettings::default());
    let rows = registry.meter("left").base_unit("seconds").function_rows();
    let row = |name: &str, value: f64| -> (Vec<Tag>, Box<dyn Fn() -> f64 + Send + Sync>) {
        (vec![Tag::new("of", name)], Box::new(move || value))
    };
    let value = |name: &str| {
        let read = registry.read("left", &[Tag::new("of", name)])?;
        Some(read.measurements[0].value)
    };
    rows.set([row("a", 1.0), row("b", 2.0)]);
    assert_eq!((value("a"), value("b")), (Some(1.0), Some(2.0)));
    rows.set([row("b", 3.0), row("c", 4.0)]);
    assert_eq!((value("a"), value("b"), value("c")), (None, Some(2.0), Some(4.0)));
    rows.set([]);
    assert_eq!(registry.read("left", &[]), None);
}

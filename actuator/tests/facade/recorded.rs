//! Each kind of metric, its unit and its description, whenever they come.

use std::{thread, time::Duration};

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::service::service;

#[test]
fn counters_count_and_are_told_apart_by_their_labels() {
    let shown = service();
    for (region, amount) in [("eu", 2), ("us", 3)] {
        counter!("shop.orders", "region" => region, "kind" => "new").increment(amount);
        counter!("shop.orders", "kind" => "new", "region" => region).increment(1);
    }
    shown.assert_values("shop.orders", &[("COUNT", 7.0)]);
    shown.assert_values("shop.orders?tag=region:us", &[("COUNT", 4.0)]);
    assert_eq!(shown.meter("shop.orders")["availableTags"].as_array().unwrap().len(), 2);
    counter!("shop.elsewhere").absolute(10);
    counter!("shop.elsewhere").absolute(7);
    shown.assert_values("shop.elsewhere", &[("COUNT", 10.0)]);
}

#[test]
fn what_the_set_up_records_is_not_lost() {
    service().assert_values("set.up", &[("COUNT", 1.0)]);
}

#[test]
fn gauges_are_set_and_go_up_and_down() {
    let shown = service();
    let connections = gauge!("pool.connections");
    connections.set(10);
    connections.increment(2.5);
    gauge!("pool.connections").decrement(1);
    shown.assert_values("pool.connections", &[("VALUE", 11.5)]);
}

#[test]
fn histograms_are_distribution_summaries() {
    let shown = service();
    for size in [100, 300] {
        histogram!("upload.size").record(size);
    }
    histogram!("upload.size").record_many(50, 2);
    shown.assert_values("upload.size", &[("COUNT", 4.0), ("TOTAL", 500.0), ("MAX", 300.0)]);
}

#[test]
fn histograms_of_time_are_timers_in_seconds_whatever_their_unit() {
    let shown = service();
    describe_histogram!("job.seconds", Unit::Seconds, "How long a job takes");
    describe_histogram!("job.millis", Unit::Milliseconds, "");
    describe_histogram!("job.micros", Unit::Microseconds, "");
    describe_histogram!("job.nanos", Unit::Nanoseconds, "");
    histogram!("job.seconds").record(Duration::from_millis(250));
    for (name, values) in
        [("job.millis", [250.0, 500.0]), ("job.micros", [25e4, 5e5]), ("job.nanos", [25e7, 5e8])]
    {
        let kept = histogram!(name);
        kept.record(values[0]);
        histogram!(name).record(values[1]);
        for nonsense in [-1.0, f64::NAN, f64::INFINITY] {
            kept.record(nonsense);
        }
        shown.assert_values(name, &[("COUNT", 2.0), ("TOTAL_TIME", 0.75), ("MAX", 0.5)]);
        assert_eq!(shown.meter(name)["baseUnit"], "seconds");
    }
    let values = [("COUNT", 1.0), ("TOTAL_TIME", 0.25), ("MAX", 0.25)];
    shown.assert_values("job.seconds", &values);
    assert_eq!(shown.meter("job.seconds")["description"], "How long a job takes");
}

#[test]
fn a_unit_of_time_that_comes_late_loses_nothing_and_is_explained_once() {
    let shown = service();
    let kept = histogram!("late.time", "k" => "a");
    kept.record(20.0);
    for _ in 0..3 {
        describe_histogram!("late.time", Unit::Milliseconds, "Too late");
    }
    kept.record(30.0);
    histogram!("late.time", "k" => "a").record(10.0);
    histogram!("late.time", "k" => "b").record(40.0);
    shown.assert_values("late.time", &[("COUNT", 4.0), ("TOTAL", 100.0), ("MAX", 40.0)]);
    let late = shown.meter("late.time");
    assert_eq!(
        (&late["baseUnit"], &late["description"]),
        (&"milliseconds".into(), &"Too late".into())
    );
    assert_eq!(shown.logged("histogram late.time was described with a unit of time after"), 1);
}

#[test]
fn a_description_may_come_before_or_after_and_the_first_holds() {
    let shown = service();
    describe_counter!("described.before", Unit::Bytes, "Sent so far");
    counter!("described.before").increment(1);
    gauge!("described.after").set(1);
    describe_gauge!("described.after", Unit::Percent, "How full it is");
    describe_gauge!("described.after", Unit::Bytes, "Something else");
    counter!(description: "At its use", unit: Unit::Count, "described.there").increment(1);
    let said = |name| {
        let meter = shown.meter(name);
        (meter["description"].clone(), meter["baseUnit"].clone())
    };
    assert_eq!(said("described.before"), ("Sent so far".into(), "bytes".into()));
    assert_eq!(said("described.after"), ("How full it is".into(), "percent".into()));
    assert_eq!(said("described.there"), ("At its use".into(), serde_json::Value::Null));
}

#[test]
fn nothing_is_lost_when_eight_threads_record_at_once() {
    const THREADS: u32 = 8;
    const ROUNDS: u32 = 5_000;
    let shown = service();
    let work = move |number: u32| {
        for round in 0..ROUNDS {
            let shard = ["0", "1", "2"][usize::try_from(round % 3).unwrap()];
            counter!("busy.count", "shard" => shard).increment(1);
            gauge!("busy.gauge").increment(1.0);
            histogram!("busy.size", "shard" => shard).record(2.0);
            describe_histogram!("busy.time", Unit::Milliseconds, "Described by all, all the time");
            histogram!("busy.time", "thread" => number.to_string()).record(1.0);
        }
    };
    let threads: Vec<_> = (0..THREADS).map(|n| thread::spawn(move || work(n))).collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let all = f64::from(THREADS * ROUNDS);
    shown.assert_values("busy.count", &[("COUNT", all)]);
    shown.assert_values("busy.gauge", &[("VALUE", all)]);
    shown.assert_values("busy.size", &[("COUNT", all), ("TOTAL", 2.0 * all), ("MAX", 2.0)]);
    let one = f64::from(ROUNDS);
    let values = [("COUNT", one), ("TOTAL_TIME", one / 1e3), ("MAX", 0.001)];
    shown.assert_values("busy.time?tag=thread:3", &values);
}

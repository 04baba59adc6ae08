//! What clients may have put into names and labels.

use metrics::{Label, counter, gauge, histogram};

use crate::service::service;

#[test]
fn a_hundred_thousand_values_of_a_label_are_all_counted_and_few_are_told_apart() {
    let shown = service();
    let (mine, other) = (counter!("visits", "user" => "ada"), counter!("other"));
    for user in 0..100_000 {
        counter!("visits", "user" => user.to_string()).increment(1);
        histogram!("visit.size", "user" => user.to_string()).record(1.0);
    }
    mine.increment(1);
    other.increment(1);
    shown.assert_values("visits", &[("COUNT", 100_001.0)]);
    shown.assert_values("visits?tag=user:ada", &[("COUNT", 1.0)]);
    shown.assert_values("visit.size", &[("COUNT", 1e5), ("TOTAL", 1e5), ("MAX", 1.0)]);
    for name in ["visits", "visit.size"] {
        let tags = &shown.meter(name)["availableTags"];
        // 50 of them, and the one for all others.
        assert!(tags[0]["values"].as_array().unwrap().len() <= 51, "{tags}");
    }
    shown.assert_values("other", &[("COUNT", 1.0)]);
}

#[test]
fn odd_names_and_labels_are_kept_in_a_form_that_can_be_shown_with_one_warning() {
    let shown = service();
    let long = "x".repeat(10_000);
    for name in ["", "nul\0name", &long] {
        counter!(name.to_owned()).increment(1);
        counter!("odd.labels", name.to_owned() => long.clone()).increment(1);
        gauge!("odd.values", "k" => name.to_owned()).increment(1.0);
    }
    let many: Vec<Label> = (0..1_000).map(|n| Label::new(format!("k{n}"), "v")).collect();
    counter!("odd.count", many).increment(1);
    counter!("odd.same", "a.b" => "1", "a_b" => "2", "a.b" => "3").increment(1);

    let names = testkit::get(shown.0, "/actuator/metrics").json();
    let names: Vec<&str> =
        names["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for name in ["_", "nul_name", &long[..256]] {
        assert!(names.contains(&name), "{name}");
        shown.assert_values(name, &[("COUNT", 1.0)]);
    }
    shown.assert_values("odd.labels", &[("COUNT", 3.0)]);
    shown.assert_values("odd.values", &[("VALUE", 3.0)]);
    assert_eq!(shown.meter("odd.count")["availableTags"].as_array().unwrap().len(), 32);
    shown.assert_values("odd.same?tag=a.b:3", &[("COUNT", 1.0)]);
    assert_eq!(shown.logged("it is kept with what is left of it"), 1);
}

#[test]
fn a_name_of_two_kinds_stays_what_it_was_with_one_warning() {
    let shown = service();
    counter!("torn").increment(3);
    for number in 0..10 {
        gauge!("torn").set(7);
        histogram!("torn", "n" => number.to_string()).record(1.0);
    }
    counter!("torn").increment(1);
    shown.assert_values("torn", &[("COUNT", 4.0)]);
    assert_eq!(shown.logged("meter torn"), 1);
}

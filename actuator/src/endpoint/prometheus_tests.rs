//! Which families are asked for.

use super::*;
use crate::{exposition::ExpositionSettings, meter::MeterSettings, support::clock::Clock};

fn endpoint() -> PrometheusEndpoint {
    let meters = Arc::new(MeterRegistry::new(MeterSettings::default(), Clock::system()));
    meters.meter("orders").counter();
    meters.meter("wait").timer();
    meters.meter("jvm.info").gauge();
    let exposition = Exposition::new(Arc::clone(&meters), ExpositionSettings::default());
    // Its own meters are kept elsewhere, so that only those above are shown.
    let own = MeterRegistry::new(MeterSettings::default(), Clock::system());
    PrometheusEndpoint::new(Arc::new(exposition), &own)
}

/// The names of the samples.
async fn samples(operation: usize, names: &[&str]) -> Vec<String> {
    let text = text(operation, names).await;
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect()
}

async fn text(operation: usize, names: &[&str]) -> String {
    let mut call = Call::new(operation);
    call.query.extend(names.iter().map(|name| ("includedNames".into(), (*name).into())));
    let Ok(Reply::Stream(mut stream)) = endpoint().invoke(call).await else { panic!("no stream") };
    assert_eq!(stream.content_type, FORMATS[operation].media_type());
    let mut bytes = Vec::new();
    while stream.content.write_part(&mut bytes) {}
    String::from_utf8(bytes).unwrap()
}

const TEXT: usize = 2;
const OPENMETRICS: usize = 1;

#[tokio::test]
async fn families_are_named_without_what_the_formats_append() {
    for (names, found) in [
        (&["orders"][..], &["orders_total"][..]),
        (&["jvm"], &["jvm_info"]),
        (&["wait_seconds"], &["wait_seconds_count", "wait_seconds_sum"]),
        (&["wait_seconds_max"], &["wait_seconds_max"]),
        (&["orders, jvm"], &["jvm_info", "orders_total"]),
        (&["orders", "jvm"], &["jvm_info", "orders_total"]),
        (&["orders,jvm", "nosuch"], &[]),
        (&["orders_total"], &[]),
        (&["jvm_info"], &[]),
        (&["wait_seconds_count"], &[]),
        (&["Orders"], &[]),
        (&[""], &[]),
        (&["\0"], &[]),
        (&[".*"], &[]),
    ] {
        assert_eq!(samples(TEXT, names).await, found, "{names:?}");
    }
    assert_eq!(samples(TEXT, &[]).await.len(), 5);
}

#[tokio::test]
async fn nothing_asked_for_is_an_empty_document() {
    assert_eq!(text(TEXT, &[""]).await, "");
    assert_eq!(text(OPENMETRICS, &["nosuch"]).await, "# EOF\n");
}

#[tokio::test]
async fn a_thousand_names_are_as_good_as_one() {
    let mut names = vec!["nosuch"; 1_000];
    names.push("orders");
    assert_eq!(samples(OPENMETRICS, &names).await, ["orders_total"]);
}

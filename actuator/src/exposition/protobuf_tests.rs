//! Messages of the client model, as an independent reader finds them.
#![expect(clippy::float_cmp, reason = "what is written is what was recorded")]
#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use std::{sync::Arc, time::Duration};

use super::{Exposition, ExpositionSettings, Format, test_messages::Message};
use crate::{
    meter::{DistributionSettings, Exemplar, MeterRegistry, MeterSettings},
    support::clock::Clock,
};

fn registry(settings: MeterSettings) -> Arc<MeterRegistry> {
    Arc::new(MeterRegistry::new(settings, Clock::system()))
}

/// The families by name.
fn families(registry: &Arc<MeterRegistry>, settings: ExpositionSettings) -> Vec<(String, Message)> {
    let mut renderer =
        Exposition::new(Arc::clone(registry), settings).render(Format::Protobuf, None);
    let mut bytes = Vec::new();
    let mut more = true;
    while more {
        let mut chunk = Vec::new();
        more = renderer.next_chunk(&mut chunk);
        assert!(chunk.len() <= 70_000, "{}", chunk.len());
        bytes.extend(chunk);
    }
    Message::delimited(&bytes).into_iter().map(|family| (family.text(1), family)).collect()
}

const COUNTER: u64 = 0;
const GAUGE: u64 = 1;
const SUMMARY: u64 = 2;
const HISTOGRAM: u64 = 4;

#[test]
fn all_kinds_are_messages_of_the_client_model() {
    let registry = registry(MeterSettings::default());
    let exemplar = Exemplar { trace_id: 7, span_id: 9 };
    let orders = registry.meter("orders").description("Orders").tag("a.b", "x\"\\\ny").counter();
    orders.add_with(3, exemplar);
    registry.meter("jvm.info").gauge().set(1.0);
    registry.meter("odd").gauge().set(f64::NEG_INFINITY);
    let wait = registry.meter("wait").service_level_objectives([0.1]).timer();
    wait.record(Duration::from_millis(50));
    wait.record(Duration::from_millis(500));
    registry.meter("plain").timer().record(Duration::from_secs(2));
    let families = families(&registry, ExpositionSettings::default());
    let of = |name: &str, kind: u64| {
        let (_, family) = families.iter().find(|(own, _)| own == name).unwrap();
        assert_eq!(family.number(3), kind, "{name}");
        family.clone()
    };

    let orders = of("orders_total", COUNTER);
    assert_eq!(orders.text(2), "Orders");
    let metric = orders.message(4);
    let label = metric.message(1);
    assert_eq!((label.text(1), label.text(2)), ("a_b".to_owned(), "x\"\\\ny".to_owned()));
    assert_eq!(metric.message(3).double(1), 3.0);
    let exemplar = metric.message(3).message(2);
    assert_eq!(exemplar.messages(1)[0].text(2), "0000000000000009");
    assert_eq!(exemplar.messages(1)[1].text(2), format!("{:032}", 7));
    assert!(exemplar.message(3).number(1) > 1_700_000_000);

    assert_eq!(of("jvm_info", GAUGE).message(4).message(2).double(1), 1.0);
    assert_eq!(of("odd", GAUGE).message(4).message(2).double(1), f64::NEG_INFINITY);
    assert_eq!(of("plain_seconds_max", GAUGE).message(4).message(2).double(1), 2.0);
    let plain = of("plain_seconds", SUMMARY).message(4).message(4);
    assert_eq!((plain.number(1), plain.double(2)), (1, 2.0));
    let wait = of("wait_seconds", HISTOGRAM).message(4).message(7);
    assert_eq!((wait.number(1), wait.double(2)), (2, 0.55));
    let buckets: Vec<_> =
        wait.messages(3).iter().map(|bucket| (bucket.number(1), bucket.double(2))).collect();
    assert_eq!(buckets, [(1, 0.1), (2, f64::INFINITY)]);
}

#[test]
fn a_native_histogram_has_the_buckets_in_which_its_values_are() {
    let exponential = DistributionSettings { exponential: true, ..DistributionSettings::default() };
    let registry = registry(MeterSettings { distribution: exponential, ..Default::default() });
    let size = registry.meter("size").summary();
    let values = [0.0, 0.0, 1.0, 1.05, 1.08, 100.0, 101.0, 5_000.0];
    for value in values {
        size.record(value);
    }
    registry.meter("unused").summary();
    let families = families(&registry, ExpositionSettings::default());
    let histogram = |name: &str| {
        let (_, family) = families.iter().find(|(own, _)| own == name).unwrap();
        assert_eq!(family.number(3), HISTOGRAM);
        family.message(4).message(7)
    };
    let size = histogram("size");
    assert_eq!((size.number(1), size.number(7), size.signed(5)), (8, 2, vec![3]));
    // Back to bounds: what the format says, not what the writer does.
    let (mut index, mut count, mut filled) = (0_i64, 0_i64, Vec::new());
    let mut deltas = size.signed(13).into_iter();
    for span in size.messages(12) {
        index += span.signed(1)[0];
        for _ in 0..span.number(2) {
            count += deltas.next().unwrap();
            filled.extend(std::iter::repeat_n(index, usize::try_from(count).unwrap()));
            index += 1;
        }
    }
    assert_eq!(deltas.next(), None);
    let bounds = |index: i64| ((index as f64 - 1.0) / 8.0, index as f64 / 8.0);
    assert_eq!(filled.len(), 6);
    for (value, index) in values[2..].iter().zip(filled) {
        let (above, to) = bounds(index);
        assert!(value.log2() > above - 1e-9 && value.log2() <= to + 1e-9, "{value} in {index}");
    }
    // So that one without values is native too.
    assert_eq!(histogram("unused").messages(12).len(), 1);
}

#[test]
fn a_large_family_leaves_in_chunks_and_says_since_when_it_counts() {
    let registry = registry(MeterSettings::default());
    for id in 0..1_000 {
        let meter = registry.meter("big").tag("id", format!("{id:0>300}"));
        meter.counter().add(id);
    }
    let created = ExpositionSettings { created_timestamps: true, ..Default::default() };
    let families = families(&registry, created);
    let [(_, big)] = &families[..] else { panic!("{}", families.len()) };
    let metrics = big.messages(4);
    let total: f64 = metrics.iter().map(|metric| metric.message(3).double(1)).sum();
    assert_eq!((metrics.len(), total), (1_000, 499_500.0));
    assert!(metrics[0].message(3).message(3).number(1) > 1_700_000_000);
}

//! The formats, written from registries and read back.
#![expect(clippy::float_cmp, reason = "what is written is what was recorded")]
#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use std::time::Duration;

use proptest::prelude::*;

use super::{test_parser::Document, *};
use crate::{
    meter::{Exemplar, MeterSettings},
    model::sanitizer::{MASK, Sanitizer},
    support::{clock::Clock, test_log::Log},
};

fn registry() -> Arc<MeterRegistry> {
    Arc::new(MeterRegistry::new(MeterSettings::default(), Clock::system()))
}

fn rendered(registry: &Arc<MeterRegistry>, format: Format, settings: ExpositionSettings) -> String {
    let exposition = Exposition::new(Arc::clone(registry), settings);
    String::from_utf8(bytes_of(exposition.render(format, None))).unwrap()
}

fn bytes_of(mut renderer: Renderer) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = Vec::new();
        let more = renderer.next_chunk(&mut chunk);
        bytes.extend(chunk);
        if !more {
            return bytes;
        }
    }
}

fn text(registry: &Arc<MeterRegistry>) -> String {
    rendered(registry, Format::Text, ExpositionSettings::default())
}

fn openmetrics(registry: &Arc<MeterRegistry>) -> String {
    rendered(registry, Format::OpenMetrics, ExpositionSettings::default())
}

/// One of each kind, as they are in the recordings.
fn one_of_each() -> Arc<MeterRegistry> {
    let registry = registry();
    let events = registry.meter("logback.events").description("Number of log events");
    events.base_unit("events").tag("level", "info").counter().add(11);
    registry
        .meter("jvm.info")
        .description("JVM version info")
        .tag("vendor", "Debian")
        .gauge()
        .set(1.0);
    registry.meter("disk.free").base_unit("bytes").tag("path", "/srv/app/.").gauge().set(8.25);
    let timer =
        registry.meter("http.server.requests").tag("uri", "/a").tag("status", "200").timer();
    timer.record(Duration::from_millis(250));
    timer.record(Duration::from_millis(500));
    registry.meter("http.server.requests.active").long_task_timer();
    registry
}

#[test]
fn text_is_as_recorded() {
    let expected = "\
        # HELP disk_free_bytes  \n\
        # TYPE disk_free_bytes gauge\n\
        disk_free_bytes{path=\"/srv/app/.\"} 8.25\n\
        # HELP http_server_requests_active_seconds  \n\
        # TYPE http_server_requests_active_seconds summary\n\
        http_server_requests_active_seconds_count 0\n\
        http_server_requests_active_seconds_sum 0.0\n\
        # HELP http_server_requests_active_seconds_max  \n\
        # TYPE http_server_requests_active_seconds_max gauge\n\
        http_server_requests_active_seconds_max 0.0\n\
        # HELP http_server_requests_seconds  \n\
        # TYPE http_server_requests_seconds summary\n\
        http_server_requests_seconds_count{status=\"200\",uri=\"/a\"} 2\n\
        http_server_requests_seconds_sum{status=\"200\",uri=\"/a\"} 0.75\n\
        # HELP http_server_requests_seconds_max  \n\
        # TYPE http_server_requests_seconds_max gauge\n\
        http_server_requests_seconds_max{status=\"200\",uri=\"/a\"} 0.5\n\
        # HELP jvm_info JVM version info\n\
        # TYPE jvm_info gauge\n\
        jvm_info{vendor=\"Debian\"} 1\n\
        # HELP logback_events_total Number of log events\n\
        # TYPE logback_events_total counter\n\
        logback_events_total{level=\"info\"} 11.0\n";
    assert_eq!(text(&one_of_each()), expected);
}

#[test]
fn openmetrics_has_families_without_suffixes_and_an_end() {
    let text = openmetrics(&one_of_each());
    let tail = "\
        # TYPE jvm info\n\
        # HELP jvm JVM version info\n\
        jvm_info{vendor=\"Debian\"} 1\n\
        # TYPE logback_events counter\n\
        # HELP logback_events Number of log events\n\
        logback_events_total{level=\"info\"} 11.0\n\
        # EOF\n";
    assert!(text.ends_with(tail), "{text}");
    let nothing = openmetrics(&registry());
    assert_eq!(nothing, "# EOF\n");
}

#[test]
fn a_histogram_has_its_buckets_and_a_trace_beside_them_in_openmetrics() {
    let registry = registry();
    let timer = registry.meter("wait").tag("q", "a").service_level_objectives([0.1, 0.5]).timer();
    timer.record_with(Duration::from_millis(50), Exemplar { trace_id: 0xabc, span_id: 0x1d });
    timer.record(Duration::from_millis(400));
    timer.record(Duration::from_secs(2));
    let expected = "\
        # HELP wait_seconds  \n\
        # TYPE wait_seconds histogram\n\
        wait_seconds_bucket{q=\"a\",le=\"0.1\"} 1\n\
        wait_seconds_bucket{q=\"a\",le=\"0.5\"} 2\n\
        wait_seconds_bucket{q=\"a\",le=\"+Inf\"} 3\n\
        wait_seconds_count{q=\"a\"} 3\n\
        wait_seconds_sum{q=\"a\"} 2.45\n\
        # HELP wait_seconds_max  \n\
        # TYPE wait_seconds_max gauge\n\
        wait_seconds_max{q=\"a\"} 2.0\n";
    assert_eq!(text(&registry), expected);
    let document = Document::read(&openmetrics(&registry));
    let exemplars: Vec<_> =
        document.samples.iter().filter_map(|sample| sample.exemplar.as_deref()).collect();
    let [exemplar] = exemplars[..] else { panic!("{exemplars:?}") };
    let labels = "{span_id=\"000000000000001d\",trace_id=\"00000000000000000000000000000abc\"}";
    let rest = exemplar.strip_prefix(labels).unwrap();
    // The value, and a time with milliseconds.
    assert!(rest.starts_with(" 0.05 1") && rest.len() == 20, "{rest}");
}

#[test]
fn a_counter_shows_a_trace_in_openmetrics_only() {
    let registry = registry();
    registry.meter("orders").counter().add_with(2, Exemplar { trace_id: 1, span_id: 2 });
    assert!(text(&registry).ends_with("orders_total 2.0\n"));
    let document = Document::read(&openmetrics(&registry));
    let exemplar = document.samples[0].exemplar.as_deref().unwrap();
    assert!(exemplar.contains("trace_id=\"00000000000000000000000000000001\"} 2.0 "), "{exemplar}");
}

#[test]
fn percentiles_are_quantiles_of_a_summary() {
    let registry = registry();
    let sizes = registry.meter("size").base_unit("bytes").percentiles([0.5]).summary();
    sizes.record(100.0);
    let document = Document::read(&text(&registry));
    assert_eq!(document.types["size_bytes"], "summary");
    let [(labels, value)] = &document.values("size_bytes")[..] else { panic!("{document:?}") };
    assert_eq!(labels, "quantile=0.5");
    assert!((90.0..=110.0).contains(value), "{value}");
}

#[test]
fn since_when_is_counted_is_told_if_it_is_wanted() {
    let settings = ExpositionSettings { created_timestamps: true, ..Default::default() };
    let text = rendered(&one_of_each(), Format::OpenMetrics, settings);
    let document = Document::read(&text);
    for name in ["logback_events_created", "http_server_requests_seconds_created"] {
        let [(_, since)] = document.values(name)[..] else { panic!("{text}") };
        assert!(since > 1.7e9, "{since}");
    }
    assert!(document.values("http_server_requests_active_seconds_created").is_empty());
    let plain = rendered(&one_of_each(), Format::Text, settings);
    assert!(!plain.contains("_created"), "{plain}");
}

#[test]
fn descriptions_can_be_left_out() {
    let settings = ExpositionSettings { descriptions: false, ..Default::default() };
    let text = rendered(&one_of_each(), Format::Text, settings);
    assert!(text.contains("# HELP logback_events_total  \n"), "{text}");
}

#[test]
fn trap_seed_15_what_is_hostile_is_escaped() {
    let registry = registry();
    let help = "says \"hi\"\\\n# TYPE x counter\0é";
    let value = "a\"b\\c\nd} 1\n# EOF\0ü😀";
    registry.meter("odd name\n1").description(help).tag("k\"ey", value).gauge().set(1.0);
    for text in [text(&registry), openmetrics(&registry)] {
        let document = Document::read(&text);
        assert_eq!(document.helps["odd_name_1"], help, "{text}");
        let labels = &document.samples[0].labels;
        assert_eq!(labels[..], [("k_ey".to_owned(), value.to_owned())]);
        assert_eq!(document.samples.len(), 1);
    }
    assert!(text(&registry).contains(r#"# HELP odd_name_1 says "hi"\\\n# TYPE x counter"#));
    assert!(
        openmetrics(&registry).contains(r#"# HELP odd_name_1 says \"hi\"\\\n# TYPE x counter"#)
    );
}

#[test]
fn no_numbers_and_infinities_are_written_and_a_function_that_panics_is_no_number() {
    let registry = registry();
    registry.meter("a").gauge().set(f64::NAN);
    registry.meter("b").gauge().set(f64::INFINITY);
    registry.meter("c").gauge().set(f64::NEG_INFINITY);
    registry.meter("d").gauge_with(|| panic!("no value today"));
    registry.meter("e").counter_with(|| 7.0);
    let text = text(&registry);
    let samples: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(samples, ["a NaN", "b +Inf", "c -Inf", "d NaN", "e_total 7.0"]);
}

#[test]
fn a_timer_that_is_measured_elsewhere_has_no_maximum() {
    let registry = registry();
    registry.meter("gc").timer_with(|| 3, || Duration::from_millis(1_500));
    let expected = "# HELP gc_seconds  \n# TYPE gc_seconds summary\n\
        gc_seconds_count 3\ngc_seconds_sum 1.5\n";
    assert_eq!(text(&registry), expected);
}

#[test]
fn of_two_meters_with_one_name_the_first_is_shown() {
    let registry = registry();
    registry.meter("a.b").gauge().set(1.0);
    registry.meter("a_b").gauge().set(2.0);
    // Its name is that of the other's count.
    registry.meter("t").timer();
    registry.meter("t.seconds.count").gauge().set(3.0);
    registry.meter("orders").counter().add(4);
    registry.meter("orders.total").gauge().set(5.0);
    let document = Document::read(&text(&registry));
    assert_eq!(document.values("a_b"), [(String::new(), 1.0)]);
    assert_eq!(document.values("t_seconds_count"), [(String::new(), 0.0)]);
    assert_eq!(document.values("orders_total"), [(String::new(), 4.0)]);
    assert_eq!(document.values("orders"), []);
}

#[test]
fn a_meter_that_is_left_out_is_told_once() {
    let log = Log::default();
    let _listening = log.listen();
    let registry = registry();
    registry.meter("a.b").gauge();
    registry.meter("a_b").gauge();
    let exposition = Exposition::new(Arc::clone(&registry), ExpositionSettings::default());
    for _ in 0..3 {
        bytes_of(exposition.render(Format::Text, None));
        registry.meter(format!("more{}", registry.names().len())).gauge();
    }
    assert_eq!(log.count("meter a_b is left out"), 1, "{}", log.text());
}

#[test]
fn a_name_follows_a_unit_that_is_said_late() {
    let registry = registry();
    registry.meter("queue").tag("n", "1").gauge();
    let exposition = Exposition::new(Arc::clone(&registry), ExpositionSettings::default());
    let names = |exposition: &Exposition| {
        let text = String::from_utf8(bytes_of(exposition.render(Format::Text, None))).unwrap();
        Document::read(&text).types.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(names(&exposition), ["queue"]);
    registry.meter("queue").base_unit("tasks").tag("n", "2").gauge();
    assert_eq!(names(&exposition), ["queue_tasks"]);
}

#[test]
fn a_scrape_goes_in_chunks_and_series_that_come_and_go_do_not_break_it() {
    let registry = registry();
    let count = |from: usize, to: usize| {
        for id in from..to {
            registry.meter("c").tag("id", format!("{id:0>200}")).counter().increment();
        }
    };
    count(0, 900);
    let exposition = Exposition::new(Arc::clone(&registry), ExpositionSettings::default());
    let mut renderer = exposition.render(Format::Text, None);
    let mut first = Vec::new();
    assert!(renderer.next_chunk(&mut first));
    assert!(first.len() < 80_000, "{}", first.len());
    for id in (0..900).step_by(2) {
        registry.remove("c", "id", &format!("{id:0>200}"));
    }
    count(900, 1_000);
    first.extend(bytes_of(renderer));
    let document = Document::read(std::str::from_utf8(&first).unwrap());
    let mut labels: Vec<_> =
        document.values("c_total").into_iter().map(|(labels, _)| labels).collect();
    let all = labels.len();
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), all, "no series is there twice");
    for id in (1..900).step_by(2) {
        let wanted = format!("id={id:0>200}");
        assert!(labels.binary_search(&wanted).is_ok(), "{id} was there all the time");
    }
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.]{1,12}",
        proptest::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter),
        Just("\\\"\n\0{}=,# EOF".to_owned()),
        Just("le".to_owned()),
        Just("quantile".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        (0_u32..1_000_000).prop_map(f64::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_reads_back_as_the_same_numbers(
        gauges in proptest::collection::vec((hostile_text(), hostile_text(), hostile_text(), number()), 1..8),
        amounts in proptest::collection::vec(0.0_f64..1e9, 0..20),
        help in hostile_text(),
    ) {
        let registry = registry();
        for (index, (name, key, value, number)) in gauges.iter().enumerate() {
            // Told apart by a tag of their own, so that none replaces another.
            let meter = registry.meter(format!("g{index}.{name}")).description(help.as_str());
            meter.tag(key.as_str(), value.as_str()).gauge().set(*number);
        }
        let summary = registry.meter("s").tag("le", "own").service_level_objectives([1.0, 1e3]).summary();
        for amount in &amounts {
            summary.record(*amount);
        }
        for format in [Format::Text, Format::OpenMetrics] {
            let text = rendered(&registry, format, ExpositionSettings::default());
            let document = Document::read(&text);
            prop_assert_eq!(document.has_end, format == Format::OpenMetrics);
            for (index, (_, key, value, number)) in gauges.iter().enumerate() {
                let prefix = format!("g{index}_");
                let own: Vec<_> =
                    document.samples.iter().filter(|sample| sample.name.starts_with(&prefix)).collect();
                let [sample] = own[..] else { panic!("{prefix}: {text}") };
                if sample.name.ends_with("_info") {
                    continue;
                }
                prop_assert!(
                    sample.value.to_bits() == number.to_bits() || (sample.value.is_nan() && number.is_nan()),
                    "{} became {}", number, sample.value
                );
                let shown = if Sanitizer::default().is_secret_key(key) { MASK } else { value };
                prop_assert_eq!(&sample.labels[0].1, shown);
            }
            let total: Vec<f64> = document.values("s_bucket").into_iter().map(|(_, value)| value).collect();
            let below = |upper: f64| amounts.iter().filter(|amount| **amount <= upper).count() as f64;
            prop_assert_eq!(total, [below(1.0), below(1e3), amounts.len() as f64]);
            prop_assert_eq!(document.values("s_count")[0].1, amounts.len() as f64);
        }
    }
}

#[test]
fn what_is_no_count_has_no_sample() {
    let registry = registry();
    registry.meter("odd").counter_with(|| f64::NAN);
    registry.meter("odd.negative").counter_with(|| -1.0);
    registry.meter("odd.panic").counter_with(|| panic!("nobody counts"));
    registry.meter("odd.none").counter_with(|| 0.0);
    for written in [text(&registry), openmetrics(&registry)] {
        let samples = written.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(samples.collect::<Vec<_>>(), ["odd_none_total 0.0"]);
    }
}

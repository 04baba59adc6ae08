//! What the layer does with events and spans, whatever the format.

use serde_json::json;
use tracing::{debug, error, info, info_span, level_filters::LevelFilter, warn};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    super::{
        format::LogFormat,
        rig::{Kept, Log, text},
    },
    *,
};
use crate::settings::FromSetting as _;

#[test]
fn a_span_that_records_a_field_again_has_its_last_value_only() {
    let work = || {
        let span = info_span!("s", state = "new", n = 1);
        for state in ["paid", "sent"] {
            span.record("state", state);
        }
        span.in_scope(|| info!("x"));
    };
    let line = text(work);
    assert!(line.ends_with(" : s{n=1 state=\"sent\"}: x\n"), "{line}");
    let json = Log::of(LogFormat::Logstash).run_json(work);
    assert_eq!((&json["state"], &json["n"]), (&json!("sent"), &json!(1)));
}

#[test]
fn trap_seed_09_secrets_in_fields_spans_messages_and_errors_are_hidden() {
    let work = || {
        let _span = info_span!("login", password = "hunter2", api_key = 4711).entered();
        let cause = io::Error::other("postgres://u:hunter2@h/d refused");
        error!(
            url = "redis://:hunter2@h",
            header = ?"Authorization: Basic aHVudGVyMg==",
            error = &cause as &(dyn std::error::Error + 'static),
            "connecting with token=hunter2"
        );
    };
    for format in
        [LogFormat::Text, LogFormat::Logstash, LogFormat::Ecs, LogFormat::Gelf, LogFormat::C2c]
    {
        let line = Log::of(format).run(work);
        for secret in ["hunter2", "4711", "aHVudGVyMg"] {
            assert!(!line.contains(secret), "{line}");
        }
        assert!(line.contains("token=******") && line.contains("redis://:******@h"), "{line}");
    }
}

#[test]
fn a_value_that_panics_or_logs_while_it_is_written_costs_only_itself() {
    struct Bad;
    impl std::fmt::Debug for Bad {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("half")?;
            panic!("in a value");
        }
    }
    struct Chatty;
    impl std::fmt::Debug for Chatty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            info!("inner");
            f.write_str("chatty")
        }
    }
    let line = text(|| {
        let span = info_span!("s", bad = ?Bad);
        span.in_scope(|| warn!(bad = ?Bad, "outer"));
        info!(value = ?Chatty, "next");
    });
    let bad = "bad=half<panicked while it was written>";
    assert!(line.contains(&format!("s{{{bad}}}: outer {bad}\n")), "{line}");
    // Whether `tracing` passes the inner event on depends on how the subscriber was set.
    assert!(line.contains("next value=chatty\n"), "{line}");
}

#[test]
fn what_is_below_the_threshold_does_not_go_there() {
    let mut log = Log::of(LogFormat::Text);
    log.threshold = LevelFilter::WARN;
    let lines = log.run(|| {
        info!("quiet");
        warn!("loud");
        debug!("quiet");
        error!("loud");
    });
    assert_eq!((lines.matches("loud").count(), lines.contains("quiet")), (2, false), "{lines}");
}

#[test]
fn over_its_limit_a_place_is_silent_and_the_number_of_its_lines_is_told() {
    let mut log = Log::of(LogFormat::Text);
    log.common.rate_limit = Some(RateLimit::from_setting("3/h").unwrap());
    let lines = log.run(|| {
        for number in 0..10 {
            info!(target: "t_out::busy", "busy {number}");
            info!(target: "t_out::other", "other");
        }
    });
    assert!(lines.contains("busy 2\n") && !lines.contains("busy 3"), "{lines}");
    assert_eq!(lines.matches(" : other\n").count(), 3, "{lines}");
    let told = lines.lines().find(|line| line.contains("t_out::busy : left out")).unwrap();
    assert!(told.contains("left out 7 lines from ") && told.ends_with("more than 3 in 3600 s"));
    assert!(told.contains("layer_tests.rs:"), "{told}");
}

#[test]
fn colours_stand_in_the_head_only() {
    let mut log = Log::of(LogFormat::Text);
    log.look.colours = true;
    let line = log.run(|| warn!(target: "t_out", "hello"));
    assert!(line.contains("\x1b[33mWARN\x1b[0m"), "{line:?}");
    assert!(line.ends_with("\x1b[36mt_out\x1b[0m : hello\n"), "{line:?}");
}

#[test]
fn a_span_may_know_the_request() {
    use tracing_subscriber::registry::LookupSpan;
    struct Knows;
    impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Knows {
        fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
            let request = RequestContext::new("r-2", None).unwrap();
            context.span(id).unwrap().extensions_mut().insert(request);
        }
    }
    let kept = Kept::default();
    let log = Log::of(LogFormat::Text);
    let sink = Box::new(kept.clone());
    let to = Destination { name: "t", look: log.look, threshold: log.threshold, sink };
    let ring = Arc::new(LogRing::new(10_000));
    let layer = OutputLayer::start(&log.common, vec![to], Some(Arc::clone(&ring))).unwrap();
    tracing::subscriber::with_default(Registry::default().with(Knows).with(layer.clone()), || {
        info_span!("request").in_scope(|| info!(target: "t_out", "hello"));
    });
    layer.flush();
    let line = kept.0.lock().unwrap().clone();
    assert!(line.ends_with("] [r-2] t_out : request: hello\n"), "{line}");
    assert_eq!(ring.snapshot().end, line.len() as u64);
    assert_eq!(layer.drops()[0].1.get(), 0);
}

use std::sync::Mutex;

use bytes::Bytes;
use serde_json::{Value, json};
use tracing::{debug, error, info, info_span, level_filters::LevelFilter, warn};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    super::{
        format::{FormatSettings, LogFormat},
        outputs::Look,
        sink::{Formatted, Sink},
    },
    *,
};
use crate::{
    model::trace_context::TraceParent,
    settings::{FromSetting as _, Settings, SettingsReader},
};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Sink for Kept {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        assert!(lines.iter().all(|line| line.text.ends_with('\n')));
        self.0.lock().unwrap().extend(lines.iter().map(|line| line.text));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn describe(&self) -> String {
        "memory".to_owned()
    }
}

/// What is logged in one format, by these settings.
struct Log {
    look: Look,
    common: Common,
    threshold: LevelFilter,
}

impl Log {
    fn of(format: LogFormat) -> Self {
        let look = Look { format, colours: false };
        let common = Common {
            formats: FormatSettings::default(),
            queue_size: 1 << 20,
            rate_limit: None,
            host: "host-1".to_owned(),
        };
        Self { look, common, threshold: LevelFilter::TRACE }
    }

    fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        self.common.formats = FormatSettings::read(&mut reader);
        reader.finish().unwrap();
        self
    }

    fn run(self, work: impl FnOnce()) -> String {
        let kept = Kept::default();
        let destination = Destination {
            name: "test",
            look: self.look,
            threshold: self.threshold,
            sink: Box::new(kept.clone()),
        };
        let layer = OutputLayer::start(&self.common, vec![destination], None).unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer.clone()), work);
        layer.flush_within(Duration::from_secs(10));
        kept.0.lock().unwrap().clone()
    }

    fn run_json(self, work: impl FnOnce()) -> Value {
        let text = self.run(work);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

fn text(work: impl FnOnce()) -> String {
    Log::of(LogFormat::Text).run(work)
}

/// What stands behind `name` up to the next comma or brace.
fn value_of<'l>(line: &'l str, name: &str) -> &'l str {
    let (_, rest) = line.split_once(&format!("\"{name}\":")).unwrap();
    rest.split([',', '}']).next().unwrap()
}

fn in_request(work: impl FnOnce()) {
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let request = RequestContext::new(Bytes::from_static(b"r-1"), trace);
    RequestContext::enter(&mut { request }, work);
}

fn log_one() {
    in_request(|| {
        let _span = info_span!("order", id = 7, customer = "Bob").entered();
        info!(target: "shop::db", rows = 3, ratio = 0.5, cached = false, "sto\"red");
    });
}

const PAIRS: &[(&str, &str)] = &[
    ("spring.application.name", "shop"),
    ("spring.application.version", "1.2"),
    ("logging.structured.ecs.service.environment", "test"),
    ("logging.structured.ecs.service.node-name", "node-1"),
];

#[test]
fn a_line_of_logstash_has_exactly_the_members_of_springs() {
    let line = Log::of(LogFormat::Logstash).with(PAIRS).run(log_one);
    let time = value_of(&line, "@timestamp");
    assert_eq!(time.len(), "\"2024-01-01T10:15:00.111037681Z\"".len(), "{time}");
    let thread = value_of(&line, "thread_name");
    assert_eq!(
        line,
        format!(
            r#"{{"@timestamp":{time},"@version":"1","message":"sto\"red","logger_name":"shop::db","#
        ) + &format!(r#""thread_name":{thread},"level":"INFO","level_value":20000,"#)
            + r#""requestId":"r-1","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","rows":3,"#
            + r#""ratio":0.5,"cached":false,"id":7,"customer":"Bob"}"#
            + "\n"
    );
}

#[test]
fn a_line_of_ecs_has_exactly_the_members_of_springs() {
    let line = Log::of(LogFormat::Ecs).with(PAIRS).run(log_one);
    let time = value_of(&line, "@timestamp");
    let thread = value_of(&line, "thread\":{\"name");
    assert_eq!(
        line,
        format!(r#"{{"@timestamp":{time},"log":{{"level":"INFO","logger":"shop::db"}},"#)
            + &format!(
                r#""process":{{"pid":{},"thread":{{"name":{thread}}}}},"#,
                std::process::id()
            )
            + r#""service":{"name":"shop","version":"1.2","environment":"test","#
            + r#""node":{"name":"node-1"}},"message":"sto\"red","requestId":"r-1","#
            + r#""trace":{"id":"4bf92f3577b34da6a3ce929d0e0e4736"},"rows":3,"ratio":0.5,"#
            + r#""cached":false,"id":7,"customer":"Bob","ecs":{"version":"8.11"}}"#
            + "\n"
    );
}

#[test]
fn a_line_of_gelf_has_exactly_the_members_of_springs() {
    let line = Log::of(LogFormat::Gelf).with(PAIRS).run(log_one);
    let time = value_of(&line, "timestamp");
    assert_eq!(time.len(), "1725958035.857".len(), "{time}");
    let thread = value_of(&line, "_process_thread_name");
    assert_eq!(
        line,
        format!(r#"{{"version":"1.1","short_message":"sto\"red","timestamp":{time},"level":6,"#)
            + &format!(r#""_level_name":"INFO","_process_pid":{},"#, std::process::id())
            + &format!(
                r#""_process_thread_name":{thread},"host":"shop","_service_version":"1.2","#
            )
            + r#""_log_logger":"shop::db","_requestId":"r-1","#
            + r#""_traceId":"4bf92f3577b34da6a3ce929d0e0e4736","_rows":3,"_ratio":0.5,"#
            + r#""_cached":false,"_id_":7,"_customer":"Bob"}"#
            + "\n"
    );
}

#[test]
fn a_line_of_c2c_has_the_fields_of_c2cwsgiutils() {
    let line = Log::of(LogFormat::C2c).with(PAIRS).run_json(log_one);
    let thread = std::thread::current().name().unwrap().to_owned();
    assert!(line["timestamp"].is_f64() && line["line"].is_u64(), "{line}");
    let mut rest = line.clone();
    rest.as_object_mut().unwrap().retain(|name, _| !["timestamp", "line"].contains(&&**name));
    let expected = json!({
        "host": "host-1", "level": 6, "source_facility": "shop::db", "file": file!(),
        "msg": "sto\"red", "logger_name": "shop::db", "function": module_path!(),
        "pid": std::process::id(), "thread_name": thread, "process_name": "shop",
        "level_name": "INFO", "request_id": "r-1", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "rows": 3, "ratio": 0.5, "cached": false, "id": 7, "customer": "Bob",
    });
    assert_eq!(rest, expected);
    let order = ["host", "timestamp", "level", "source_facility", "file", "line", "msg"];
    let text = Log::of(LogFormat::C2c).run(log_one);
    let places: Vec<_> = order.map(|name| text.find(&format!("\"{name}\":")).unwrap()).into();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_line_of_text_has_time_level_process_thread_request_target_spans_message_and_fields() {
    let pairs = [("spring.application.name", "demo"), ("spring.application.group", "team")];
    let line = Log::of(LogFormat::Text).with(&pairs).run(|| {
        in_request(|| {
            let span = info_span!("order", id = 7, customer = tracing::field::Empty);
            span.record("customer", "Bob");
            let _entered = span.enter();
            let _inner = info_span!("empty").entered();
            info!(target: "t_out::db", rows = 3, name = "a b", "stored");
        });
    });
    let (time, rest) = line.split_at(24);
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    let start = format!("  INFO {} --- [demo] [team] [", std::process::id());
    assert!(rest.starts_with(&start), "{rest}");
    let end = "] [r-1] t_out::db : order{id=7 customer=\"Bob\"}: empty: stored rows=3 \
               name=\"a b\"\n";
    assert!(rest.ends_with(end), "{rest}");
    let plain = text(|| error!("x"));
    assert!(plain.contains("Z ERROR ") && plain.matches('[').count() == 1, "{plain}");
    let hidden = [pairs[0], ("logging.include-application-name", "false")];
    let line = Log::of(LogFormat::Text).with(&hidden).run(|| info!("x"));
    assert!(!line.contains("[demo]"), "{line}");
}

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
fn members_are_unique_and_the_innermost_field_wins() {
    let work = || {
        let _outer = info_span!("outer", id = 1, a = 1, level = "x").entered();
        let _inner = info_span!("inner", id = 2, message_id = 5).entered();
        info!(id = 3, level_value = 9, requestId = "mine", "x");
    };
    let line = Log::of(LogFormat::Logstash).run(work);
    for name in ["id", "level", "level_", "level_value", "level_value_", "requestId"] {
        assert_eq!(line.matches(&format!("\"{name}\":")).count(), 1, "{name}: {line}");
    }
    assert!(line.contains("\"id\":3") && line.contains("\"requestId\":\"mine\""), "{line}");
    let line = Log::of(LogFormat::Logstash).run(|| in_request(work));
    assert!(!line.contains("mine") && line.contains("\"requestId\":\"r-1\""), "{line}");
}

#[test]
fn names_with_dots_are_objects_in_ecs() {
    let json = Log::of(LogFormat::Ecs).run_json(|| {
        info!(a.b.c = 1, x = 2, a.b.d = "e", a.f = true, log.x = 5, service = "s", a.f.g = 6, "m");
    });
    assert_eq!(json["a"], json!({"b": {"c": 1, "d": "e"}, "f_": true, "f": {"g": 6}}));
    assert_eq!((&json["x"], &json["service_"]), (&json!(2), &json!("s")));
    let flat = Log::of(LogFormat::Logstash).run_json(|| info!(a.b = 1, "m"));
    assert_eq!(flat["a.b"], json!(1));
}

#[test]
fn an_error_stands_where_each_format_has_a_place_for_it() {
    #[derive(Debug)]
    struct Outer(io::Error);
    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("not stored")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let work = || {
        let outer = Outer(io::Error::other("no disk"));
        error!(error = &outer as &(dyn std::error::Error + 'static), "failed");
    };
    let chain = "not stored\nCaused by: no disk";
    assert!(text(work).ends_with(" : failed error=not stored: no disk\n"));
    let json = Log::of(LogFormat::Logstash).run_json(work);
    assert_eq!(
        (&json["stack_trace"], &json["error"]),
        (&json!(chain), &json!("not stored: no disk"))
    );
    let json = Log::of(LogFormat::Ecs).run_json(work);
    assert_eq!(json["error"], json!({"message": "not stored", "stack_trace": chain}));
    let json = Log::of(LogFormat::Gelf).run_json(work);
    assert_eq!(json["full_message"], json!(format!("failed\n\n{chain}")));
    assert_eq!(json["_error_stack_trace"], json!(chain));
    let json = Log::of(LogFormat::C2c).run_json(work);
    assert_eq!(json["full_msg"], json!("true"));
    // What is a text only must not be a text where ECS has an object.
    let json = Log::of(LogFormat::Ecs).run_json(|| error!(error = %"boom", "failed"));
    assert_eq!(json["error"], json!({"message": "boom"}));
    let json = Log::of(LogFormat::Gelf).run_json(|| info!(" "));
    assert_eq!(json["short_message"], json!("(blank)"));
}

#[test]
fn members_are_left_out_renamed_and_added_by_setting() {
    let work = || info!(target: "shop", { c = 2, a.b = 1 }, "m");
    let json = Log::of(LogFormat::Ecs)
        .with(&[
            ("logging.structured.json.exclude", "log.level, @timestamp, c"),
            ("logging.structured.json.rename.process.pid", "procid"),
            ("logging.structured.json.rename.a.b", "z"),
            ("logging.structured.json.add.corpname", "my\"corp"),
            ("logging.structured.json.add.service.team", "t"),
        ])
        .run_json(work);
    let thread = std::thread::current().name().unwrap().to_owned();
    let expected = json!({
        "log": {"logger": "shop"}, "process": {"procid": std::process::id(), "thread": {"name": thread}},
        "message": "m", "a": {"z": 1}, "service": {"team": "t"}, "corpname": "my\"corp",
        "ecs": {"version": "8.11"},
    });
    assert_eq!(json, expected);
    let only = [("logging.structured.json.include", "c, message")];
    let line = Log::of(LogFormat::Logstash).with(&only).run(work);
    assert_eq!(line, "{\"message\":\"m\",\"c\":2}\n");
    let only = [("logging.structured.json.include", "c")];
    assert_eq!(Log::of(LogFormat::Logstash).with(&only).run(work), "{\"c\":2}\n");
    assert_eq!(Log::of(LogFormat::Gelf).with(&only).run(work), "{}\n");
    let prefixed = [("logging.structured.json.context.prefix", "app")];
    let json = Log::of(LogFormat::Logstash).with(&prefixed).run_json(work);
    assert_eq!(json["app_c"], json!(2));
    let none = [("logging.structured.json.context.include", "false")];
    assert!(Log::of(LogFormat::Ecs).with(&none).run_json(work).get("c").is_none());
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
fn hostile_values_and_names_are_valid_json_and_no_line_of_their_own() {
    let all: String = (0..0x2100u32).filter_map(char::from_u32).collect();
    for format in [LogFormat::Logstash, LogFormat::Ecs, LogFormat::Gelf, LogFormat::C2c] {
        let log = Log::of(format);
        let line = log.run(|| {
            info!(text = all.as_str(), debug = ?all, "na\"me\n.x" = f64::NAN, big = u128::MAX, "{all}");
        });
        assert_eq!(line.matches('\n').count(), 1);
        let json: Value = serde_json::from_str(&line).unwrap();
        let name = if format == LogFormat::Gelf { "_text" } else { "text" };
        assert_eq!(json[name], json!(all));
        assert!(!line.trim_end().chars().any(char::is_control), "{line:?}");
    }
    let line = text(|| warn!("a\u{1b}[31mb\tc\rd"));
    assert!(line.ends_with("a\\u{1b}[31mb\tc\\rd\n"), "{line:?}");
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
            let request = RequestContext::new(Bytes::from_static(b"r-2"), None).unwrap();
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

//! Each format, line by line.

use std::io;

use serde_json::{Value, json};
use tracing::{error, info, info_span, warn};

use super::{
    super::rig::{Log, in_request, text},
    *,
};

/// What stands behind `name` up to the next comma or brace.
fn value_of<'l>(line: &'l str, name: &str) -> &'l str {
    let (_, rest) = line.split_once(&format!("\"{name}\":")).unwrap();
    rest.split([',', '}']).next().unwrap()
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

//! What endpoints are asked and told by somebody who may do everything.

use super::{
    guarded::KNOWN,
    rows::{Row, content_types, get, write},
};

const JSON: &str = "content-type: application/json\r\n";

const REFUSED: &[u16] = &[400];
const FINE: &[u16] = &[200];
const MISSING: &[u16] = &[404];

pub(super) fn rows() -> Vec<Row> {
    let mut all = types();
    all.extend(reads());
    all.extend(writes());
    all.extend(endings());
    all
}

/// What the user who may do everything asks for, in turns.
fn read(what: &str, targets: &[&str], statuses: &'static [u16]) -> Row {
    Row::of(what, targets.iter().map(|target| get(target, KNOWN)).collect(), statuses)
}

/// The same with JSON as the body.
fn json(what: &str, target: &str, bodies: &[&str], statuses: &'static [u16]) -> Row {
    let headers = format!("{KNOWN}{JSON}");
    Row::of(
        what,
        bodies.iter().map(|body| write("POST", target, &headers, body)).collect(),
        statuses,
    )
}

/// Every write, in types that it does not take.
fn types() -> Vec<Row> {
    let writes: [(&str, &str, &[u16]); 13] = [
        ("POST", "/actuator/loggers/a", &[204, 400, 415]),
        ("POST", "/actuator/loggeroverrides", &[400, 415]),
        ("DELETE", "/actuator/loggeroverrides/{n}", &[400, 404]),
        ("POST", "/actuator/env", &[400, 415]),
        ("DELETE", "/actuator/env", &[200]),
        ("POST", "/actuator/health/ping", &[400, 415]),
        ("POST", "/actuator/scheduledtasks/report", &[400, 415]),
        ("POST", "/actuator/memory", &[400, 415]),
        ("POST", "/actuator/jobs/a", &[400, 415]),
        ("DELETE", "/actuator/jobs/a", &[204]),
        ("DELETE", "/actuator/caches/cities?cacheManager=own", &[204]),
        ("DELETE", "/actuator/sessions/{n}", &[204]),
        ("POST", "/actuator/startup", &[200, 415]),
    ];
    let row = |(method, target, statuses): (&str, &str, &'static [u16])| {
        Row::of(
            format!("types of {method} {target}"),
            content_types(method, target, KNOWN),
            statuses,
        )
    };
    writes.into_iter().map(row).collect()
}

fn reads() -> Vec<Row> {
    let long = "x".repeat(3_000);
    let deep = "/{n}".repeat(100);
    let with = |path: &str, more: &str| format!("/actuator/{path}{more}");
    let mut all: Vec<Row> = [
        "caches",
        "scheduledtasks",
        "startup",
        "mappings",
        "sbom",
        "certs",
        "limits",
        "tasks",
        "memory",
        "logfiles",
        "loggeroverrides",
        "sessions",
        "jobs",
        "refresh",
    ]
    .into_iter()
    .map(|id| {
        let (below, long) = (with(id, &deep), with(id, &format!("/{long}")));
        let odd =
            [below, long, with(id, "/%00{n}"), with(id, "/..%2f{n}"), with(id, "/{n}/;a={n}")];
        read(&format!("below {id}"), &odd.each_ref().map(String::as_str), &[400, 404, 405])
    })
    .collect();
    all.extend([
        read("caches", &["/actuator/caches?cacheManager={n}", "/actuator/caches"], FINE),
        read("a cache that two have", &["/actuator/caches/cities?a={n}"], REFUSED),
        read(
            "a cache of nobody",
            &["/actuator/caches/cities?cacheManager={n}", "/actuator/caches/{n}"],
            MISSING,
        ),
        read("no sessions", &["/actuator/sessions", "/actuator/sessions?user={n}"], REFUSED),
        read(
            "sessions",
            &["/actuator/sessions?username={n}", &format!("/actuator/sessions?username={long}")],
            FINE,
        ),
        read(
            "a session",
            &["/actuator/sessions/{n}", &format!("/actuator/sessions/{long}")],
            MISSING,
        ),
        read(
            "tasks",
            &[
                "/actuator/tasks?name={n}",
                "/actuator/scheduledtasks?a={n}",
                "/actuator/scheduledtasks/report",
            ],
            FINE,
        ),
        read(
            "a profile that is none",
            &[
                "/actuator/profile?seconds={n}",
                "/actuator/profile?seconds=-1",
                "/actuator/profile?format={n}",
            ],
            &[400, 404],
        ),
        read("a dump that is none", &["/actuator/threaddump?group={n}"], &[400, 404]),
        read("a bill of nobody", &["/actuator/sbom/{n}"], MISSING),
        read(
            "mappings of nobody",
            &["/actuator/mappings?type={n}", "/actuator/mappings?{n}"],
            &[200, 400],
        ),
        // It looks twice, a fifth of a second apart.
        read("limits", &["/actuator/limits?{n}"], FINE).by_many(),
        read("what takes no argument", &["/actuator/certs?{n}", "/actuator/startup?{n}"], FINE),
        read("memory", &["/actuator/memory?limit={n}x", "/actuator/memory?limit=-1"], REFUSED),
        read(
            "a log of nobody",
            &["/actuator/logfiles/{n}", &format!("/actuator/logfiles/{long}")],
            MISSING,
        ),
        read("an override of nobody", &["/actuator/loggeroverrides/{n}"], MISSING),
        read(
            "views for trying",
            &[
                "/actuator/debug/{n}",
                "/actuator/debug/sleep?time={n}",
                "/actuator/debug/error?status={n}",
                "/actuator/debug/headers?{n}",
            ],
            &[200, 400, 404],
        ),
        read("a custom endpoint", &["/actuator/jobs?{n}={n}"], FINE),
    ]);
    all
}

fn writes() -> Vec<Row> {
    let long = "x".repeat(20_000);
    vec![
        json(
            "an override that is none",
            "/actuator/loggeroverrides",
            &[
                "{}",
                "{\"levels\":{\"a{n}\":\"{n}\"}}",
                "{\"levels\":[{n}]}",
                "{\"{n}\":1}",
                "{\"levels\":{\"a\":\"INFO\"},\"expiresIn\":\"{n}\"}",
            ],
            REFUSED,
        ),
        json(
            "overrides until there are too many",
            "/actuator/loggeroverrides",
            &["{\"levels\":{\"abuse::{n}\":\"DEBUG\"},\"reason\":\"{n}\"}"],
            &[204, 400],
        ),
        json(
            "an action that is none",
            "/actuator/scheduledtasks/report",
            &[
                "{}",
                "{\"action\":\"{n}\"}",
                "{\"action\":{\"a\":1}}",
                &format!("{{\"action\":\"{long}\"}}"),
            ],
            REFUSED,
        ),
        json(
            "a task paused and let go",
            "/actuator/scheduledtasks/report",
            &["{\"action\":\"pause\"}", "{\"action\":\"resume\"}"],
            &[204, 409],
        ),
        json(
            "a task of nobody",
            "/actuator/scheduledtasks/{n}",
            &["{\"action\":\"run\"}"],
            MISSING,
        ),
        json(
            "a measurement that is none",
            "/actuator/memory",
            &[
                "{}",
                "{\"path\":\"{n}\"}",
                "{\"path\":\"/a\",\"calls\":{n}}",
                "{\"path\":\"/a\",\"warmUp\":{n}}",
            ],
            REFUSED,
        ),
        json(
            "arguments that are none",
            "/actuator/jobs/a",
            &[
                "{}",
                "{\"by\":\"{n}x\"}",
                "{\"by\":[{n}]}",
                "{\"by\":{\"a\":1}}",
                "{\"by\":1e99}",
                "[{n}]",
                &format!("{{\"by\":\"{long}\"}}"),
            ],
            REFUSED,
        ),
        json(
            "arguments",
            "/actuator/jobs/{n}",
            &["{\"by\":7,\"other{n}\":\"{n}\"}", "{\"by\":\"8\"}"],
            FINE,
        ),
    ]
}

fn endings() -> Vec<Row> {
    let long = "x".repeat(3_000);
    let delete = |target: &str| write("DELETE", target, KNOWN, "");
    let (refresh, known_json) = ("/actuator/refresh", format!("{KNOWN}{JSON}"));
    let mut again = content_types("POST", refresh, KNOWN);
    again.extend([
        write("POST", &format!("{refresh}?{{n}}={{n}}&prefix={long}"), KNOWN, ""),
        write("POST", refresh, &known_json, "{"),
        write("POST", refresh, &known_json, &format!("[\"{long}\",{{}}]")),
        write("POST", refresh, &format!("{KNOWN}transfer-encoding: identity\r\n"), ""),
    ]);
    vec![
        Row::of(
            "clearing",
            vec![delete("/actuator/caches"), delete("/actuator/caches/cities?cacheManager=other")],
            &[204],
        ),
        Row::of(
            "clearing what is not there",
            vec![
                delete("/actuator/caches/{n}"),
                delete("/actuator/caches/cities?cacheManager={n}"),
            ],
            MISSING,
        ),
        Row::of(
            "the end of no session",
            vec![delete("/actuator/sessions/{n}"), delete(&format!("/actuator/sessions/{long}"))],
            &[204],
        ),
        Row::of("reading settings again", again, &[200, 400, 415]),
        Row::of(
            "reading settings again of a selector",
            vec![
                write("POST", "/actuator/refresh/{n}", KNOWN, ""),
                get("/actuator/refresh", KNOWN),
            ],
            &[404, 405],
        ),
    ]
}

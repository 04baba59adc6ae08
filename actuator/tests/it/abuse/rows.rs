//! What is sent, and what may be the answer; 0 is none.

use std::borrow::Cow;

const MEGABYTE: usize = 1 << 20;
/// What is as long is sent as it is.
const LONG: usize = 100_000;

/// One kind of message, in one or several forms that take turns.
pub(super) struct Row {
    pub(super) what: String,
    /// With `{n}` where a number comes that no other message has, and `{ip}` where an address does.
    forms: Vec<String>,
    pub(super) statuses: &'static [u16],
    /// Whether it goes to the application's listener, where the management API has its own.
    pub(super) to_application: bool,
    /// How many callers send it at once: what waits on purpose would take too long one by one.
    pub(super) callers: usize,
}

impl Row {
    pub(super) fn of(
        what: impl Into<String>,
        forms: Vec<String>,
        statuses: &'static [u16],
    ) -> Self {
        Self { what: what.into(), forms, statuses, to_application: false, callers: 1 }
    }

    pub(super) fn at_application(self) -> Self {
        Self { to_application: true, ..self }
    }

    pub(super) fn by_many(self) -> Self {
        Self { callers: 32, ..self }
    }

    pub(super) fn len(&self) -> usize {
        self.forms.iter().map(String::len).max().unwrap_or_default()
    }

    pub(super) fn is_head(&self) -> bool {
        self.forms.iter().all(|form| form.starts_with("HEAD "))
    }

    pub(super) fn numbered(&self, number: usize) -> Cow<'_, [u8]> {
        let form = &self.forms[number % self.forms.len()];
        if form.len() >= LONG {
            return form.as_bytes().into();
        }
        let [_, a, b, c] = u32::try_from(number).unwrap().to_be_bytes();
        let form = form.replace("{n}", &format!("{number:08}"));
        form.replace("{ip}", &format!("10.{a}.{b}.{c}")).into_bytes().into()
    }
}

/// Messages whose senders do not wait for the answer.
pub(super) const LEFT: &[(&str, &str)] = &[
    ("nothing", ""),
    ("half a line", "GET /actuator/hea"),
    ("half a head", "GET /actuator/health HTTP/1.1\r\nhost: loc"),
    (
        "half a body",
        "POST /actuator/loggers/a HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{\"conf",
    ),
    ("nobody who reads", "GET /actuator/env HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    ("nobody who reads the stream", "GET /actuator/logstream HTTP/1.1\r\nhost: localhost\r\n\r\n"),
];

const REFUSED: &[u16] = &[400];
const MISSING: &[u16] = &[404];
const FINE: &[u16] = &[200];
const BAD_PATH: &[u16] = &[400, 404];
/// After which the connection ends, which the answer does not announce: the next request may find it
/// closed.
const ENDED: &[u16] = &[400, 0];
/// As soon as that is seen, so perhaps while the rest is still being sent: the answer may be lost.
const TOO_LONG: &[u16] = &[400, 413, 414, 431, 0];

pub(super) fn rows() -> Vec<Row> {
    let mut all = parsing();
    all.extend(routing());
    all.extend(targets());
    all.extend(bodies());
    all.extend(headers());
    all
}

fn row(what: &'static str, message: impl Into<String>, statuses: &'static [u16]) -> Row {
    Row::of(what, vec![message.into()], statuses)
}

/// A plain GET of a path.
fn read(what: &'static str, target: &str, statuses: &'static [u16]) -> Row {
    row(what, get(target, ""), statuses)
}

pub(super) fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

fn post(target: &str, kind: &str, body: &str) -> String {
    write("POST", target, &format!("content-type: {kind}\r\n"), body)
}

pub(super) fn write(method: &str, target: &str, headers: &str, body: &str) -> String {
    let length = body.replace("{n}", "12345678").len();
    format!(
        "{method} {target} HTTP/1.1\r\nhost: localhost\r\n{headers}\
         content-length: {length}\r\n\r\n{body}"
    )
}

/// A write in every type that a body may not have, and in those that it may have badly.
pub(super) fn content_types(method: &str, target: &str, headers: &str) -> Vec<String> {
    const BODY: &str = "{\"a{n}\":1}";
    const KINDS: [&str; 9] = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary={n}",
        "application/xml",
        "application/octet-stream",
        "application/{n}+json; charset={n}",
        "application/json; charset=utf-16",
        ";;;{n}",
        "{n}/",
    ];
    let kinds = KINDS.map(|kind| format!("content-type: {kind}\r\n{headers}"));
    let twice = format!("content-type: text/{{n}}\r\ncontent-type: application/json\r\n{headers}");
    let all = kinds.into_iter().chain([headers.to_owned(), twice]);
    all.map(|headers| write(method, target, &headers, BODY)).collect()
}

fn set(body: &str) -> String {
    post("/actuator/loggers/abuse::{n}", "application/json", body)
}

fn parsing() -> Vec<Row> {
    let path = "/actuator/health/liveness";
    vec![
        row("no HTTP", "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n", REFUSED),
        row("no version", format!("GET {path}\r\n\r\n"), REFUSED),
        row("a version to come", format!("GET {path} HTTP/9.9\r\n\r\n"), REFUSED),
        row("no host", format!("GET {path} HTTP/1.1\r\n\r\n"), REFUSED),
        row("two hosts", get(path, "host: x\r\n"), REFUSED),
        row(
            "a host of others",
            format!("GET {path} HTTP/1.1\r\nhost: {{n}}.example\r\n\r\n"),
            &[403],
        ),
        row("a name with a blank", get(path, "a b: c\r\n"), REFUSED),
        row("a NUL in a value", get(path, "a: \0\r\n"), REFUSED),
        row("a folded line", get(path, "a: b\r\n c\r\n"), REFUSED),
        read("a blank in the target", "/actuator x", REFUSED),
        row("a length below nothing", get(path, "content-length: -1\r\n"), REFUSED),
        row("two lengths", get(path, "content-length: 1\r\ncontent-length: 2\r\n"), REFUSED),
        row("an unknown coding", get(path, "transfer-encoding: zip\r\n"), REFUSED),
        row("too many headers", get(path, &"a: b\r\n".repeat(300)), &[431]),
        row(
            "a head of a megabyte",
            get(path, &format!("a: {}\r\n", "x".repeat(MEGABYTE))),
            TOO_LONG,
        ),
        row("an upgrade", get(path, "connection: upgrade\r\nupgrade: websocket\r\n"), FINE),
        row("an expectation", get(path, "expect: {n}\r\n"), FINE),
        row("all of the server", "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n", MISSING),
        row("a tunnel", "CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n", &[400, 404]),
        row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0]),
    ]
}

fn routing() -> Vec<Row> {
    let of = |method: &str, target: &str| {
        format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\n\r\n")
    };
    vec![
        row("an invented method", of("BREW{n}", "/actuator/health"), &[405]),
        row("a method in small letters", of("get", "/actuator/health"), &[405]),
        row("an invented method elsewhere", of("BREW{n}", "/{n}"), MISSING),
        row("DELETE of what is read", of("DELETE", "/actuator/metrics"), &[405]),
        row("OPTIONS", of("OPTIONS", "/actuator/loggers/{n}"), FINE),
        row("HEAD", of("HEAD", "/actuator/env"), FINE),
        read("an unknown path", "/{n}", MISSING),
        read("an unknown endpoint", "/actuator/{n}", MISSING),
        read("an unknown meter", "/actuator/metrics/{n}", MISSING),
        read("an unknown logger", "/actuator/loggers/{n}", MISSING),
        read("an unknown check", "/actuator/health/{n}/{n}", MISSING),
        read("an unknown property", "/actuator/env/{n}", MISSING),
        read(
            "a deep property",
            &format!("/actuator/env/logging.level.{}", "x.".repeat(2_000)),
            MISSING,
        ),
        read("a suffix", "/actuator/env.json", MISSING),
        read("a slash too many", "/actuator/env/", MISSING),
        read("matrix parameters", "/actuator/health/liveness;a={n};b;;", FINE),
        read("the metadata of others", "http://localhost/actuator/{n}", MISSING),
    ]
}

fn targets() -> Vec<Row> {
    let meter = "/actuator/metrics/process.uptime";
    vec![
        read("a way up", "/actuator/../../../etc/{n}", BAD_PATH),
        read("an escaped way up", "/actuator/%2e%2e/%2e%2e/{n}", BAD_PATH),
        read("an escaped slash", "/actuator/health%2f{n}", BAD_PATH),
        read("a NUL", "/actuator/health/%00{n}", BAD_PATH),
        read("no UTF-8", "/actuator/health/%ff%fe{n}", BAD_PATH),
        read("too long a dot", "/actuator/%c0%ae/{n}", BAD_PATH),
        read("half an escape", "/actuator/health/{n}%", BAD_PATH),
        read(
            "a thousand segments",
            &format!("/actuator/health{}", "/{n}".repeat(400)),
            &[404, 414],
        ),
        read("slashes", &"/".repeat(4_000), MISSING),
        read("a path of ten megabytes", &format!("/{}", "x".repeat(10 * MEGABYTE)), TOO_LONG),
        read("a tag that is none", &format!("{meter}?tag={{n}}"), REFUSED),
        read("an unknown tag", &format!("{meter}?tag={{n}}:{{n}}"), MISSING),
        read("many tags", &format!("{meter}?{}", "tag=a:{n}&".repeat(200)), MISSING),
        read("a bad escape in a query", &format!("{meter}?tag=%zz"), REFUSED),
        read("empty parameters", &format!("{meter}?{}", "&=".repeat(2_000)), FINE),
        read(
            "many names",
            &format!("/actuator/prometheus?{}", "includedNames={n}&".repeat(150)),
            FINE,
        ),
        read("a date that is none", "/actuator/auditevents?after={n}", REFUSED),
        read(
            "a pattern that is slow",
            &format!("/actuator/env?pattern={}", "(a*)*".repeat(5)),
            FINE,
        ),
        read(
            "a pattern that is long",
            &format!("/actuator/env?pattern={}", "(a*)*".repeat(1_000)),
            REFUSED,
        ),
        read("unknown checks", "/actuator/health?checks={n}", MISSING),
        read("a filter of the stream", "/actuator/logstream?level={n}", REFUSED),
    ]
}

fn bodies() -> Vec<Row> {
    let good = r#"{"configuredLevel":"DEBUG"}"#;
    let long = format!("{{\"configuredLevel\":\"{}\"}}", "x".repeat(30_000));
    let of = |length: usize| {
        format!(
            "POST /actuator/loggers/abuse HTTP/1.1\r\nhost: localhost\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{}",
            "x".repeat(length)
        )
    };
    let chunked = |body: &str| {
        format!(
            "POST /actuator/loggers/abuse HTTP/1.1\r\nhost: localhost\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{body}"
        )
    };
    let property = |name: &str| {
        let body = format!(r#"{{"name":"logging.level.{name}","value":"x"}}"#);
        post("/actuator/env", "application/json", &body)
    };
    vec![
        row("no JSON", set("{"), REFUSED),
        row("another document", set("[]"), REFUSED),
        row("a deep document", set(&"[".repeat(10_000)), REFUSED),
        row("a deep object", set(&"{\"a\":".repeat(3_000)), REFUSED),
        row("a number beyond numbers", set(r#"{"configuredLevel":1e99999}"#), REFUSED),
        row("an unknown level", set(r#"{"configuredLevel":"{n}"}"#), REFUSED),
        row("a long level", set(&long), REFUSED),
        row("half a surrogate", set(r#"{"configuredLevel":"\ud800{n}"}"#), REFUSED),
        row(
            "a name that is none",
            post("/actuator/loggers/%0a{n}", "application/json", good),
            REFUSED,
        ),
        row("a body of a megabyte", of(MEGABYTE), TOO_LONG),
        row("a body of ten megabytes", of(10 * MEGABYTE), TOO_LONG),
        row("chunks that are none", chunked("zzz\r\nx"), ENDED),
        row("a chunk beyond numbers", chunked("fffffffffffffffff\r\n"), ENDED),
        row("small chunks", chunked(&format!("{}0\r\n\r\n", "1\r\n{\r\n".repeat(200))), REFUSED),
        row("plain text", post("/actuator/loggers/a", "text/plain", "{n}"), &[415]),
        row(
            "a form",
            post("/actuator/loggers/a", "multipart/form-data; boundary={n}", "--{n}"),
            &[415],
        ),
        row("a type that is none", post("/actuator/loggers/a", ";;;{n}", good), &[415]),
        row("a body for what is read", post("/actuator/metrics", "application/json", good), &[405]),
        row(
            "a property that may not be set",
            post("/actuator/env", "application/json", r#"{"name":"x.{n}","value":"x"}"#),
            &[403],
        ),
        row(
            "properties until there are too many",
            post("/actuator/env", "application/json", r#"{"name":"abuse.n{n}","value":"x"}"#),
            &[200, 400],
        ),
        row("a long property to set", property(&"x-".repeat(15_000)), REFUSED),
        row("a deep property to set", property(&"x.".repeat(15_000)), REFUSED),
        row("a property of lists to set", property(&"[0]".repeat(10_000)), REFUSED),
        row(
            "an override of nothing",
            post("/actuator/health/{n}", "application/json", r#"{"status":"UP"}"#),
            MISSING,
        ),
        row("levels until there are too many", set(good), &[204, 400]),
    ]
}

fn headers() -> Vec<Row> {
    let path = "/actuator/health/liveness";
    let log = "/actuator/logfile";
    let many = (0..99).map(|from| format!("{from}-{from}")).collect::<Vec<_>>().join(",") + ",";
    vec![
        row("Accept that is none", get(path, "accept: {n}\r\n"), &[406]),
        row(
            "much to accept",
            get(path, &format!("accept: {}*/*\r\n", "a/b{n};q=0.1,".repeat(60))),
            FINE,
        ),
        row("odd qualities", get(path, "accept: */*;q=nan;q=-1;q=1e9;q\r\n"), &[200, 406]),
        row("many ranges", get(log, &format!("range: bytes={many}0-0\r\n")), &[206, 416]),
        row(
            "too many ranges",
            get(log, &format!("range: bytes={}\r\n", "0-,".repeat(1_500))),
            &[416],
        ),
        row("a range backwards", get(log, "range: bytes=9-1\r\n"), &[416]),
        row("a range beyond numbers", get(log, "range: bytes=99999999999999999999-\r\n"), &[416]),
        row("a range of others", get(log, "range: lines=1-{n}\r\n"), &[416]),
        row(
            "ids",
            get(path, "x-request-id: {n}\r\ntraceparent: 00-{n}\r\ntracestate: {n}\r\n"),
            FINE,
        ),
        row("a long id", get(path, &format!("x-request-id: {}\r\n", "{n}".repeat(400))), FINE),
        row("agents", get("/{n}", "user-agent: {n}\r\nreferer: {n}\r\n"), MISSING),
        row("proxies", get(path, "forwarded: for={n};host={n}\r\nx-forwarded-for: {n}\r\n"), FINE),
        row("cookies", get(path, &format!("cookie: {}\r\n", "a{n}=b; ".repeat(200))), FINE),
        row("credentials", get(path, "authorization: Basic {n}\r\n"), FINE),
        row(
            "a long token",
            get(path, &format!("authorization: Bearer {}\r\n", "{n}".repeat(400))),
            FINE,
        ),
        row(
            "a page of others",
            "POST /actuator/loggers/a HTTP/1.1\r\nhost: localhost\r\norigin: http://{n}.example\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
            &[403],
        ),
        row(
            "a preflight",
            "OPTIONS /actuator/env HTTP/1.1\r\nhost: localhost\r\norigin: http://{n}.example\r\n\
             access-control-request-method: PUT\r\n\r\n",
            &[200, 403],
        ),
        row("conditions", get(path, "if-none-match: \"{n}\"\r\nif-modified-since: {n}\r\n"), FINE),
        row(
            "an event that never was",
            "HEAD /actuator/logstream HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {n}x\r\n\r\n",
            &[200, 400],
        ),
    ]
}

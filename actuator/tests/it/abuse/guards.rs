//! Who may come in, whom proxies speak for, and which page an error becomes.

use super::{
    guarded::KNOWN,
    rows::{Row, get, write},
};

/// `ada:secret`, who may read.
const VIEWER: &str = "authorization: Basic YWRhOnNlY3JldA==\r\n";
/// A client behind the proxy that this machine is taken for, so that its failures are its own.
const GUESSER: &str = "x-forwarded-for: 192.0.2.7\r\n";
/// Clients who have not failed before.
const STRANGERS: &str = "x-forwarded-for: {ip}\r\n";
const JSON: &str = "content-type: application/json\r\n";

const UNKNOWN: &[u16] = &[401];
/// The second time already: of this service two failures are too many.
const THROTTLED: &[u16] = &[401, 429];
const REFUSED: &[u16] = &[400];
const FINE: &[u16] = &[200];
const MISSING: &[u16] = &[404];

pub(super) fn rows() -> Vec<Row> {
    let mut all = strangers();
    all.extend(proxies());
    all.extend(pages());
    all
}

/// What somebody asks for with these headers, in turns.
fn asked(what: &str, target: &str, headers: &[&str], statuses: &'static [u16]) -> Row {
    Row::of(what, headers.iter().map(|headers| get(target, headers)).collect(), statuses)
}

fn strangers() -> Vec<Row> {
    let info = "/actuator/info";
    let of = |who: &str, credentials: &str| format!("{who}authorization: {credentials}\r\n");
    let long = "{n}".repeat(400);
    let wrong = ["Basic dXNlcjp3cm9uZw==", "Basic {n}", "Bearer {n}", "Basic =", "Basic ::::"];
    let guessed = wrong.map(|credentials| of(GUESSER, credentials));
    let odd = ["Basic", "Digest a=\"{n}\"", "{n}", "Basic  ,", "bearer\t{n}"];
    let odd = odd.map(|credentials| of(GUESSER, credentials));
    let of_strangers = wrong.map(|credentials| of(STRANGERS, credentials));
    let tokens = [
        format!("Bearer {long}"),
        format!("Bearer ey{{n}}.{long}.{{n}}"),
        format!("Basic {long}"),
        format!("Negotiate {long}"),
    ];
    let tokens = tokens.map(|credentials| of(STRANGERS, &credentials));
    let twice = format!("{GUESSER}{KNOWN}authorization: Bearer {{n}}\r\n");
    let secrets = [
        format!("{STRANGERS}x-api-key: {{n}}\r\n"),
        format!("{STRANGERS}cookie: ACTUATOR_SECRET={{n}}.{{n}}; ACTUATOR_SECRET={{n}}\r\n"),
        format!("{STRANGERS}cookie: ACTUATOR_SECRET={long}\r\n"),
    ];
    let all = |forms: &[String], statuses, what: &str| {
        asked(what, info, &forms.iter().map(String::as_str).collect::<Vec<_>>(), statuses)
    };
    vec![
        asked("no credentials", "/actuator/{n}", &[""], UNKNOWN),
        asked("no credentials for health", "/actuator/health", &[""], FINE),
        all(&guessed, THROTTLED, "credentials"),
        all(&odd, THROTTLED, "credentials that are none"),
        all(&of_strangers, UNKNOWN, "credentials of many").by_many(),
        all(&tokens, UNKNOWN, "a long token").by_many(),
        all(&[twice], &[400, 401, 429], "credentials twice"),
        all(&secrets, UNKNOWN, "secrets that are none").by_many(),
        Row::of(
            "a write of strangers",
            vec![write("POST", "/actuator/loggers/a", JSON, "{\"configuredLevel\":\"{n}\"}")],
            UNKNOWN,
        ),
        Row::of(
            "a write of who may read",
            vec![
                write("POST", "/actuator/loggers/a", &format!("{VIEWER}{JSON}"), "{\"a{n}\":1}"),
                write("DELETE", "/actuator/caches", VIEWER, ""),
            ],
            &[403],
        ),
        Row::of(
            "a write of another page",
            [
                "sec-fetch-site: cross-site\r\n",
                "origin: null\r\n",
                "origin: http://{n}.example\r\n",
            ]
            .map(|page| write("DELETE", "/actuator/caches", &format!("{KNOWN}{page}"), ""))
            .to_vec(),
            &[403],
        ),
        asked(
            "a page of others",
            info,
            &[
                &format!("{KNOWN}origin: https://admin.example\r\n"),
                &format!("{KNOWN}origin: {{n}}\r\n"),
            ],
            &[200, 403],
        ),
    ]
}

fn proxies() -> Vec<Row> {
    let many = "192.0.2.1, ".repeat(300);
    let headers = [
        "x-forwarded-for: {ip}\r\nx-forwarded-host: {n}.example\r\nx-forwarded-port: {n}\r\n"
            .to_owned(),
        "x-forwarded-for: {n}, , unknown, [::1, 1.2.3.4:99999\r\n".to_owned(),
        format!("x-forwarded-for: {many}{{ip}}\r\n"),
        "forwarded: for=\"[{n}\";host={n};proto={n}, for=_{n};;by=\r\n".to_owned(),
        "forwarded: for=192.0.2.1;host=\"{n}.example:99999\";proto=https\r\n".to_owned(),
        format!("forwarded: {}\r\n", "for={ip},".repeat(300)),
        "x-forwarded-proto: {n}\r\nx-forwarded-prefix: /../{n}//\r\n".to_owned(),
        "x-forwarded-prefix: /{n}\r\nx-forwarded-host: a.example, b.example\r\n".to_owned(),
        "x-forwarded-host: {n}@x/y?z\r\nx-forwarded-port: -1\r\n".to_owned(),
    ];
    let known: Vec<String> = headers.iter().map(|headers| format!("{KNOWN}{headers}")).collect();
    let forms = |target: &str, headers: &[String]| {
        headers.iter().map(|headers| get(target, headers)).collect::<Vec<_>>()
    };
    vec![
        Row::of("proxies", forms("/actuator", &known), &[200, 400, 403]),
        Row::of("proxies before the application", forms("/users/1", &headers), &[200, 400, 403])
            .at_application(),
    ]
}

/// What the application itself is asked, with its errors made into documents.
fn pages() -> Vec<Row> {
    let post = |kind: &str, body: &str| {
        write("POST", "/orders", &format!("content-type: {kind}\r\n"), body)
    };
    let browser = "accept: text/html,*/*;q=0.{n}\r\n";
    let all = vec![
        Row::of("a page that is not there", vec![get("/{n}", ""), get("/{n}", browser)], MISSING),
        Row::of(
            "a parameter that is none",
            vec![get("/users/{n}x", ""), get("/users/%ff", browser)],
            REFUSED,
        ),
        Row::of("a page of another method", vec![write("PUT", "/users/1", "", "{n}")], &[405]),
        Row::of(
            "an order that is none",
            vec![
                post("application/json", "{\"a\":"),
                post("application/json", "{n}"),
                post("a/b", "{n}"),
            ],
            &[200, 400],
        ),
        Row::of(
            "a statement that failed",
            vec![get("/sql?trace={n}", ""), get("/sql", browser)],
            &[500],
        ),
        Row::of(
            "a conflict",
            vec![get("/conflict?message={n}&trace", ""), get("/conflict", browser)],
            &[409],
        ),
        Row::of("management where it is not", vec![get("/actuator/{n}", KNOWN)], MISSING),
    ];
    all.into_iter().map(Row::at_application).collect()
}

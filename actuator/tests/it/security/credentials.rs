//! The ways to say who one is.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actuator::security::{
    Attempt, Authenticator, BoxFuture, ClientCertificate, Credentials, Peer, Principal, Verdict,
};
use axum::{body::Body, http::Request as HttpRequest};
use testkit::{Answer, Request};
use tower::ServiceExt as _;

use super::{HASH, get_as, with};
use crate::app::{Service, app};

/// `user:password`, `user:passwore`, `nobody:password`.
const RIGHT: &str = "Basic dXNlcjpwYXNzd29yZA==";
const WRONG: &str = "Basic dXNlcjpwYXNzd29yZQ==";
const NOBODY: &str = "Basic bm9ib2R5OnBhc3N3b3Jk";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[cfg(feature = "passwords")]
#[test]
fn a_hashed_password_is_known_again_and_a_wrong_one_is_not() {
    let service = app().setting("spring.security.user.password", HASH).start();
    for _ in 0..3 {
        get_as(&service, "/actuator/info", RIGHT).assert_status(200);
        get_as(&service, "/actuator/info", WRONG).assert_status(401);
    }
    get_as(&service, "/actuator/info", NOBODY).assert_status(401);
}

#[cfg(feature = "passwords")]
#[test]
fn many_first_requests_of_one_client_at_once_all_get_in() {
    let service = app().setting("spring.security.user.password", HASH).start();
    let address = service.address;
    let requests: Vec<_> = (0..12)
        .map(|_| {
            std::thread::spawn(move || {
                with("GET", "/actuator/info", ("authorization", RIGHT)).send(address).status()
            })
        })
        .collect();
    for request in requests {
        assert_eq!(request.join().unwrap(), 200);
    }
}

#[test]
fn a_token_may_stand_in_the_settings_as_its_digest() {
    // SHA-256 of `abc`: FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let service = app()
        .setting("actuator.security.tokens.scraper.sha256", abc)
        .setting("actuator.security.tokens.other.value", "other-0123456789")
        .start();
    get_as(&service, "/actuator/prometheus", "Bearer abc").assert_status(200);
    get_as(&service, "/actuator/prometheus", "Bearer other-0123456789").assert_status(200);
    let wrong = get_as(&service, "/actuator/prometheus", "Bearer abd").assert_status(401);
    assert_eq!(wrong.header("www-authenticate"), Some(r#"Bearer realm="Realm""#));
    get_as(&service, "/actuator/prometheus", &format!("Bearer {abc}")).assert_status(401);
}

fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Max-Age=43200; Path=/; HttpOnly; SameSite=Strict");
    assert!(!cookie.contains(SECRET));
    pair.to_owned()
}

fn with_secret(query: bool) -> Service {
    let app = app().setting("actuator.security.secret.value", SECRET);
    let app =
        if query { app.setting("actuator.security.secret.query-parameter", "secret") } else { app };
    app.start()
}

#[test]
fn the_secret_comes_in_a_header_and_goes_on_as_a_cookie() {
    let service = with_secret(false);
    let first = service.send(with("GET", "/actuator/env", ("x-api-key", SECRET)));
    let cookie = cookie_of(&first.assert_status(200));
    let by_cookie =
        service.send(with("GET", "/actuator/env", ("cookie", &format!("a=b; {cookie}"))));
    assert_eq!(by_cookie.assert_status(200).header("set-cookie"), None, "it is still fresh");
    for wrong in [
        with("GET", "/actuator/env", ("x-api-key", "wrong")),
        with("GET", "/actuator/env", ("cookie", &format!("{cookie}0"))),
        with("GET", "/actuator/env", ("cookie", "ACTUATOR_SECRET=9999999999.00")),
        with("GET", &format!("/actuator/env?secret={SECRET}"), ("accept", "*/*")),
        with("GET", "/actuator/env", ("authorization", &format!("Bearer {SECRET}"))),
    ] {
        let answer = service.send(wrong).assert_status(401);
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(
            answer.header("www-authenticate"),
            Some(r#"ApiKey realm="Realm", header="X-API-Key""#)
        );
    }
    // A cookie that is over is none; a secret that is wrong is wrong everywhere.
    let over = with("GET", "/actuator/health", ("cookie", "ACTUATOR_SECRET=1.00"));
    service.send(over).assert_status(200);
    service.send(with("GET", "/actuator/health", ("x-api-key", "wrong"))).assert_status(401);
}

#[test]
fn the_query_holds_the_secret_only_where_a_setting_says_so_and_an_empty_one_says_goodbye() {
    let service = with_secret(true);
    let first = service.get(&format!("/actuator/env?secret={SECRET}")).assert_status(200);
    let cookie = cookie_of(&first);
    service.get("/actuator/env?secret=wrong").assert_status(401);
    let bye = with("GET", "/actuator/health?secret=", ("cookie", &cookie));
    let bye = service.send(bye).assert_status(200);
    let gone = "ACTUATOR_SECRET=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict";
    assert_eq!(bye.header("set-cookie"), Some(gone));
    // What the exchanges show of it.
    let key = with("GET", "/actuator/httpexchanges", ("x-api-key", SECRET));
    let exchanges = service.send(key).assert_status(200).text();
    assert!(exchanges.contains("/actuator/env") && !exchanges.contains(SECRET), "{exchanges}");
}

#[test]
fn no_secret_of_the_guard_is_shown_by_the_service_itself() {
    let service = app()
        .setting("spring.security.user.password", "{noop}s3cret-of-spring")
        .setting("actuator.security.users.ada.password", "{noop}s3cret-of-ada")
        .setting("actuator.security.tokens.t.value", "s3cret-of-a-token")
        .setting("actuator.security.secret.value", "s3cret-of-all-them")
        .setting("management.endpoint.env.show-values", "always")
        .start();
    for path in ["/actuator/env", "/actuator/beans", "/actuator/env/spring.security.user.password"]
    {
        let answer = service.send(with("GET", path, ("x-api-key", "s3cret-of-all-them")));
        let text = answer.assert_status(200).text();
        assert!(!text.contains("s3cret"), "{path}: {text}");
    }
}

/// Knows `X-Own: <name>`, and counts how often it was asked.
struct Own(Arc<AtomicUsize>);

impl Authenticator for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let bearer = attempt.credentials.iter().find_map(|credentials| match credentials {
            Credentials::Bearer(token) => Some(*token),
            _ => None,
        });
        let own = (attempt.header)("x-own").and_then(|name| std::str::from_utf8(name).ok());
        Box::pin(async move {
            match (own, bearer) {
                (Some("busy"), _) => Verdict::Unavailable("the directory is away".to_owned()),
                (Some("bad"), _) => Verdict::Refused("it is bad".to_owned()),
                (Some(name), _) | (_, Some(name @ "own-token")) => {
                    Verdict::Known(Principal::new(name, ["operator"]))
                }
                _ => Verdict::NotMine,
            }
        })
    }

    fn challenge(&self) -> Option<String> {
        Some(r#"Own realm="x""#.to_owned())
    }
}

#[test]
fn an_authenticator_of_ones_own_is_asked_after_those_of_the_settings() {
    let asked = Arc::new(AtomicUsize::new(0));
    let own = Own(Arc::clone(&asked));
    let service = app()
        .setting("actuator.security.tokens.t.value", "token-0123456789")
        .with(|app| {
            app.authenticator(own);
        })
        .start();
    get_as(&service, "/actuator/info", "Bearer token-0123456789").assert_status(200);
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the first who knows decides");
    // The settings do not know this token; that is not the last word.
    get_as(&service, "/actuator/info", "Bearer own-token").assert_status(200);
    let ask = |name: &str, path: &str| service.send(with("GET", path, ("x-own", name)));
    ask("kim", "/actuator/env").assert_status(200);
    let away = ask("busy", "/actuator/env").assert_status(503);
    assert_eq!(away.header("retry-after"), Some("1"));
    assert!(!away.text().contains("directory"), "{}", away.text());
    ask("busy", "/actuator/health").assert_status(200);
    ask("bad", "/actuator/env").assert_status(401);
    let anonymous = service.send(Request::get("/actuator/env")).assert_status(401);
    assert_eq!(anonymous.header("www-authenticate"), Some(r#"Bearer realm="Realm""#));
}

/// Asks over a connection that showed a certificate, and with a header.
fn by_certificate(router: &axum::Router, header: (&'static str, &str)) -> axum::response::Response {
    let certificate = ClientCertificate {
        subject: "CN=grace".to_owned(),
        common_name: Some("grace".to_owned()),
        ..ClientCertificate::default()
    };
    let address = Some(([10, 0, 0, 1], 4711).into());
    let peer = Peer { address, certificate: Some(Arc::new(certificate)), is_secure: true };
    let mut request = HttpRequest::get("/actuator/info").body(Body::empty()).unwrap();
    request.headers_mut().insert(header.0, header.1.parse().unwrap());
    request.extensions_mut().insert(peer);
    crate::app::runtime().block_on(router.clone().oneshot(request)).unwrap()
}

#[test]
fn a_wrong_secret_beside_something_right_earns_no_cookie_of_the_secret() {
    let own = Own(Arc::default());
    let service = app()
        .setting("actuator.security.secret.value", SECRET)
        .with(|app| {
            app.authenticator(own);
        })
        .start();
    for (secret, has_cookie) in [("wrong", false), (SECRET, true)] {
        let request = with("GET", "/actuator/info", ("x-own", "kim")).header("x-api-key", secret);
        let answer = service.send(request).assert_status(200);
        assert_eq!(answer.header("set-cookie").is_some(), has_cookie, "{secret}");
    }
}

#[test]
fn a_certificate_does_not_make_up_for_wrong_credentials() {
    let builder = app()
        .setting("actuator.security.certificate-roles", "viewer")
        .setting("actuator.security.secret.value", SECRET)
        .setting("actuator.security.throttle.failures", "2")
        .setting("management.endpoints.web.exposure.include", "*")
        .builder;
    let actuator = crate::app::runtime().block_on(builder.build()).unwrap();
    let router = actuator.router();
    assert_eq!(by_certificate(&router, ("accept", "*/*")).status(), 200);
    // Nobody was told of users, so this says nothing.
    assert_eq!(by_certificate(&router, ("authorization", WRONG)).status(), 200);
    assert_eq!(by_certificate(&router, ("x-api-key", SECRET)).status(), 200);
    for _ in 0..2 {
        let wrong = by_certificate(&router, ("x-api-key", "wrong"));
        assert_eq!(wrong.status(), 401);
        assert!(wrong.headers().get("set-cookie").is_none());
    }
    assert_eq!(by_certificate(&router, ("x-api-key", "wrong")).status(), 429);
}

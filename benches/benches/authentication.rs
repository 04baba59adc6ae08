//! What it costs to find out who asks: nanoseconds per request of `GET /actuator/loggers/ROOT` with
//! credentials that were seen before, over the same request where nothing is guarded, and of
//! `GET /actuator/health` that is open beside a guard over one without. One thread, no network but
//! for the keys of JSON Web Tokens, which are fetched once. The variants take turns, so that a slow
//! moment hits all of them.
//!
//! Callers by certificate are not among them: a connection shows one, and here is none.

/// The same keys and tokens that tests have.
#[path = "../../actuator/src/security/jwt/test_tokens.rs"]
mod tokens;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    thread,
    time::Instant,
};

use actuator::Actuator;
use axum::{Router, body::Body, extract::Request};
use serde_json::json;
use tower::ServiceExt as _;

use self::tokens::{TestKey, seconds, set};

const ROUNDS: usize = 40;
const REQUESTS: u32 = 5_000;
/// Small, and the same each time.
const READ: &str = "/actuator/loggers/ROOT";
const HEALTH: &str = "/actuator/health/liveness";
/// argon2id of `password`; what it is hashed with does not matter once it was seen.
const HASH: &str =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

const JWT: &str = "spring.security.oauth2.resourceserver.jwt.jwk-set-uri";

/// A request, and the router that answers it.
struct Variant {
    name: &'static str,
    /// What it is compared with.
    over: usize,
    router: Router,
    path: &'static str,
    header: Option<(&'static str, String)>,
}

async fn router(settings: &[(&str, &str)]) -> actuator::Result<Router> {
    let mut builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .force_setting("actuator.metrics.facade.enabled", "false")
        .force_setting("management.endpoints.web.exposure.include", "*");
    for (name, value) in settings {
        builder = builder.force_setting(name, *value);
    }
    Ok(builder.build().await?.router().with_state(()))
}

fn request(variant: &Variant) -> Request {
    let mut request = Request::builder().uri(variant.path);
    if let Some((name, value)) = &variant.header {
        request = request.header(*name, value);
    }
    request.body(Body::empty()).unwrap_or_default()
}

async fn measure(variant: &Variant) -> f64 {
    let start = Instant::now();
    for _ in 0..REQUESTS {
        let Ok(response) = variant.router.clone().oneshot(request(variant)).await;
        assert_eq!(response.status(), 200, "{}", variant.name);
        std::hint::black_box(response);
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
}

/// The cookie that comes of the secret.
async fn cookie(router: &Router) -> String {
    let request = Request::builder().uri(READ).header("x-api-key", SECRET).body(Body::empty());
    let Ok(response) = router.clone().oneshot(request.unwrap_or_default()).await;
    let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
    cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned()
}

/// An identity provider that has this key, as long as the program runs.
fn provider(key: &TestKey) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let keys = set(&[key.public("k")]);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
            let _ = write!(stream, "{head} {}\r\n\r\n{keys}", keys.len());
        }
    });
    Ok(address)
}

/// A token of about so many bytes: large organisations list all groups of a person in it.
fn long_token(key: &TestKey, length: usize) -> String {
    let head = json!({"alg": "RS256", "kid": "k"});
    let of = |groups: usize| {
        let groups = "g".repeat(groups);
        let claims =
            json!({"sub": "ada", "roles": ["viewer"], "exp": seconds(3_600), "groups": groups});
        key.sign(&head, &claims)
    };
    // Of three bytes base64 makes four.
    of(length.saturating_sub(of(0).len()) / 4 * 3)
}

async fn variants() -> Result<Vec<Variant>, Box<dyn std::error::Error>> {
    let open = router(&[]).await?;
    let basic = router(&[("spring.security.user.password", HASH)]).await?;
    let token = router(&[("actuator.security.tokens.t.value", SECRET)]).await?;
    let secret = router(&[("actuator.security.secret.value", SECRET)]).await?;
    let cookie = cookie(&secret).await;
    let key = TestKey::rsa();
    let jwt = router(&[(JWT, &format!("http://{}/keys", provider(&key)?))]).await?;
    let [small, large, largest] =
        [1, 8, 16].map(|kib| ("authorization", format!("Bearer {}", long_token(&key, kib * 1024))));
    let variant = |name, over, router: &Router, path, header: Option<(&'static str, String)>| {
        Variant { name, over, router: router.clone(), path, header }
    };
    // `user:password`
    let user = ("authorization", "Basic dXNlcjpwYXNzd29yZA==".to_owned());
    let bearer = ("authorization", format!("Bearer {SECRET}"));
    Ok(vec![
        variant("nothing guarded", 0, &open, READ, None),
        variant("nothing guarded, sent all the same", 0, &open, READ, Some(user.clone())),
        variant("Basic, seen before", 1, &basic, READ, Some(user)),
        variant("bearer token", 1, &token, READ, Some(bearer)),
        variant("shared secret", 1, &secret, READ, Some(("x-api-key", SECRET.to_owned()))),
        variant("cookie of the secret", 1, &secret, READ, Some(("cookie", cookie))),
        variant("nothing guarded, 1 KiB sent", 0, &open, READ, Some(small.clone())),
        variant("JWT of 1 KiB", 6, &jwt, READ, Some(small)),
        variant("nothing guarded, 8 KiB sent", 0, &open, READ, Some(large.clone())),
        variant("JWT of 8 KiB", 8, &jwt, READ, Some(large)),
        variant("nothing guarded, 16 KiB sent", 0, &open, READ, Some(largest.clone())),
        variant("JWT of 16 KiB", 10, &jwt, READ, Some(largest)),
        variant("health, nothing guarded", 12, &open, HEALTH, None),
        variant("health beside a guard", 12, &basic, HEALTH, None),
    ])
}

async fn compare() -> Result<(), Box<dyn std::error::Error>> {
    let variants = variants().await?;
    let mut quickest = vec![f64::INFINITY; variants.len()];
    for round in 0..=ROUNDS {
        for (best, variant) in quickest.iter_mut().zip(&variants) {
            let nanos = measure(variant).await;
            // The first round warms up.
            if round > 0 {
                *best = best.min(nanos);
            }
        }
    }
    println!("{:<36} {:>10}  {:>8}  {:>6}", "", "ns/request", "more", "ratio");
    for (variant, nanos) in variants.iter().zip(&quickest) {
        let over = quickest.get(variant.over).copied().unwrap_or(f64::NAN);
        println!(
            "{:<36} {nanos:>10.0}  {:>+8.0}  {:>6.2}",
            variant.name,
            nanos - over,
            nanos / over
        );
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(compare())
}

//! Tokens, from the header to the verdict, with an identity provider of the test's own.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use super::{
    Jwt, JwtSettings,
    test_tokens::{TestKey, encoded, seconds, set, sign_with_secret, unsigned},
};
use crate::{
    model::principal::Principal,
    security::{Attempt, Authenticator, Credentials, Verdict},
    settings::{Settings, SettingsReader},
    support::{
        clock::Clock,
        outgoing::fake_server::{FakeServer, answer},
    },
};

const SPRING: &str = "spring.security.oauth2.resourceserver.jwt";

fn read(values: &[(&str, &str)]) -> Result<Option<JwtSettings>, String> {
    let builder = values
        .iter()
        .fold(Settings::builder(), |builder, (name, value)| builder.force(name, *value));
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = JwtSettings::read(&mut reader);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

/// A provider whose keys can be changed, or taken away.
struct Provider {
    server: FakeServer,
    keys: Arc<Mutex<Option<String>>>,
    clock: Clock,
}

impl Provider {
    async fn new(keys: &[Value]) -> Self {
        let keys = Arc::new(Mutex::new(Some(set(keys))));
        let shown = Arc::clone(&keys);
        let server = FakeServer::start(move |_| {
            Some(match &*shown.lock().unwrap() {
                Some(keys) => answer("200 OK", "content-type: application/json", keys),
                None => answer("500 Internal Server Error", "x: y", ""),
            })
        })
        .await;
        Self { server, keys, clock: Clock::manual(SystemTime::now()) }
    }

    fn jwt(&self, more: &[(&str, &str)]) -> Jwt {
        let (name, url) = (format!("{SPRING}.jwk-set-uri"), self.server.url() + "/keys");
        let values: Vec<_> = [(&*name, &*url)].into_iter().chain(more.iter().copied()).collect();
        Jwt::new(read(&values).unwrap().unwrap(), self.clock.clone()).unwrap()
    }

    fn now_has(&self, keys: Option<&[Value]>) {
        *self.keys.lock().unwrap() = keys.map(set);
    }

    /// How often it was asked since the last look.
    fn asked(&mut self) -> usize {
        std::iter::from_fn(|| self.server.was_asked()).count()
    }
}

async fn judge(jwt: &Jwt, token: &str) -> Verdict {
    let credentials = [Credentials::Bearer(token)];
    let attempt = Attempt { credentials: &credentials, client: None, header: &|_| None };
    jwt.authenticate(&attempt).await
}

fn head(algorithm: &str, key: &str) -> Value {
    json!({"typ": "JWT", "alg": algorithm, "kid": key})
}

fn claims() -> Value {
    json!({"sub": "ada", "scope": "viewer operator", "exp": seconds(600)})
}

/// The same with another member, or without it.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn ada() -> Verdict {
    Verdict::Known(Principal::new("ada", ["operator", "viewer"]))
}

#[track_caller]
fn refused(verdict: &Verdict, word: &str) {
    assert!(matches!(verdict, Verdict::Refused(reason) if reason.contains(word)), "{verdict:?}");
}

#[tokio::test]
async fn each_algorithm_that_is_allowed_is_believed_with_its_own_key_only() {
    let keys = [TestKey::rsa(), TestKey::p256(), TestKey::p384(), TestKey::ed25519()];
    let ids = ["rsa", "p256", "p384", "ed"];
    let public: Vec<Value> = keys.iter().zip(ids).map(|(key, id)| key.public(id)).collect();
    let provider = Provider::new(&public).await;
    let all = format!("{SPRING}.jws-algorithms");
    let jwt = provider.jwt(&[(&all, "RS256,PS256,ES256,ES384,EdDSA")]);
    let named = [("RS256", 0), ("PS256", 0), ("ES256", 1), ("ES384", 2), ("EdDSA", 3)];
    for (algorithm, key) in named {
        let token = keys[key].sign(&head(algorithm, ids[key]), &claims());
        assert_eq!(judge(&jwt, &token).await, ada(), "{algorithm}");
        for (other, id) in ids.iter().enumerate().filter(|(other, _)| *other != key) {
            let token = keys[key].sign(&head(algorithm, id), &claims());
            refused(&judge(&jwt, &token).await, "signature");
            let _ = other;
        }
        // A token that names no key is tried with all that could be meant.
        let token = keys[key].sign(&json!({"alg": algorithm}), &claims());
        assert_eq!(judge(&jwt, &token).await, ada(), "{algorithm}");
    }
    let strict = provider.jwt(&[]);
    let token = keys[1].sign(&head("ES256", "p256"), &claims());
    refused(&judge(&strict, &token).await, "not allowed");
}

#[tokio::test]
async fn nobody_signs_with_what_everybody_may_read_or_not_at_all() {
    let key = TestKey::rsa();
    let public = key.public("k");
    let oct = json!({"kty": "oct", "kid": "k", "k": encoded(b"secret"), "alg": "HS256"});
    let provider = Provider::new(&[public.clone(), oct]).await;
    let jwt = provider.jwt(&[]);
    let modulus = public["n"].as_str().unwrap().to_owned();
    let mut tokens = Vec::new();
    for secret in [b"secret".as_slice(), modulus.as_bytes(), public.to_string().as_bytes()] {
        tokens.push(sign_with_secret(secret, &head("HS256", "k"), &claims()));
        tokens.push(sign_with_secret(secret, &head("RS256", "k"), &claims()));
    }
    for none in ["none", "None", "NONE", "", "rs256"] {
        tokens.push(unsigned(&head(none, "k"), &claims()));
    }
    tokens.push(unsigned(&head("RS256", "k"), &claims()));
    let good = key.sign(&head("RS256", "k"), &claims());
    // The head and the claims are signed too.
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (head_part, _) = message.split_once('.').unwrap();
    let others = encoded(with("sub", json!("root")).to_string().as_bytes());
    tokens.push(format!("{head_part}.{others}.{signature}"));
    // A key in the token itself, or an extension that is critical.
    let mut own = head("RS256", "k");
    own["crit"] = json!(["b64"]);
    own["b64"] = json!(false);
    tokens.push(key.sign(&own, &claims()));
    for token in tokens {
        assert!(matches!(judge(&jwt, &token).await, Verdict::Refused(_)), "{token}");
    }
    assert_eq!(judge(&jwt, &good).await, ada());
    // What brings its own key is checked with those of the provider all the same.
    let foreign = TestKey::p256();
    let mut own = head("RS256", "k");
    own["jwk"] = foreign.public("k");
    own["jku"] = json!("http://127.0.0.1:1/keys");
    refused(&judge(&jwt, &foreign.sign(&own, &claims())).await, "signature");
}

#[tokio::test]
async fn claims_have_to_hold_now_and_here() {
    let key = TestKey::p256();
    let provider = Provider::new(&[key.public("k")]).await;
    let names = ["jws-algorithms", "audiences"].map(|name| format!("{SPRING}.{name}"));
    let jwt = provider.jwt(&[(&names[0], "ES256"), (&names[1], "shop,stock")]);
    let sign = |claims: Value| key.sign(&head("ES256", "k"), &claims);
    let good = |name: &str, value: Value| {
        let mut claims = with("aud", json!("shop"));
        claims[name] = value;
        claims
    };
    for claims in [
        good("aud", json!("shop")),
        good("aud", json!(["other", "stock"])),
        good("exp", json!(seconds(-50))),
        good(
            "exp",
            json!(Duration::from_millis(seconds(600).unsigned_abs() * 1_000 + 500).as_secs_f64()),
        ),
        good("nbf", json!(seconds(50))),
        good("iss", json!("anybody")),
    ] {
        assert_eq!(judge(&jwt, &sign(claims.clone())).await, ada(), "{claims}");
    }
    for (claims, word) in [
        (good("exp", json!(seconds(-70))), "expired"),
        (good("exp", Value::Null), "no number"),
        (good("exp", json!(seconds(600).to_string())), "no number"),
        (good("exp", json!(1e300)), "none"),
        (good("exp", json!(-1)), "none"),
        (good("nbf", json!(seconds(70))), "not valid yet"),
        (good("nbf", json!("tomorrow")), "no number"),
        (good("aud", json!("other")), "audience"),
        (good("aud", json!(["other", 7, {"a": "shop"}])), "audience"),
        (good("aud", Value::Null), "audience"),
        (good("sub", json!("")), "who it is"),
        (good("sub", json!(7)), "who it is"),
        (good("sub", json!("a\nb")), "cannot be shown"),
        (good("sub", json!("a".repeat(300))), "who it is"),
        (json!([1]), "no JSON object"),
    ] {
        refused(&judge(&jwt, &sign(claims)).await, word);
    }
    let mut endless = good("aud", json!("shop"));
    endless.as_object_mut().unwrap().remove("exp");
    refused(&judge(&jwt, &sign(endless)).await, "never expires");
}

#[tokio::test]
async fn what_is_no_token_is_left_to_others_and_what_is_odd_is_refused() {
    let key = TestKey::p256();
    let mut provider = Provider::new(&[key.public("k")]).await;
    let jwt = provider.jwt(&[]);
    for other in ["", "abc", "a.b.c", "ey.a", "eyJ.a.b.c", "0123456789abcdef"] {
        assert_eq!(judge(&jwt, other).await, Verdict::NotMine, "{other}");
    }
    let huge = format!("ey{}.e30.c2ln", "A".repeat(10_000_000));
    refused(&judge(&jwt, &huge).await, "16 KiB");
    let twice = encoded(br#"{"alg":"none","alg":"RS256"}"#);
    for odd in ["eyJ.e30.c2ln", "ey==.e30.c2ln", "eyJ9.é.c2ln", &format!("{twice}.e30.c2ln")] {
        assert!(matches!(judge(&jwt, odd).await, Verdict::Refused(_)), "{odd}");
    }
    assert_eq!(provider.asked(), 0, "the provider is not bothered with that");
}

#[tokio::test]
async fn roles_are_found_in_claims_and_are_what_the_settings_make_of_them() {
    let key = TestKey::p256();
    let provider = Provider::new(&[key.public("k")]).await;
    let es256 = format!("{SPRING}.jws-algorithms");
    let claims = json!({
        "exp": seconds(600),
        "email": "ada@example.org",
        "https://shop.example/roles": ["a"],
        "realm_access": {"roles": ["Admin", "reader"]},
        "scp": "actuator:read other",
    });
    let token = key.sign(&head("ES256", "k"), &claims);
    let with = |more: &[(&str, &str)]| {
        let name = ("actuator.security.jwt.principal-claim", "email");
        let all: Vec<_> =
            [(&*es256, "ES256"), name].into_iter().chain(more.iter().copied()).collect();
        provider.jwt(&all)
    };
    let known = |roles: &[&str]| Verdict::Known(Principal::new("ada@example.org", roles));
    let claim = "actuator.security.jwt.roles-claim";
    let plain = with(&[]);
    assert_eq!(judge(&plain, &token).await, known(&["actuator:read", "other"]));
    let nested = with(&[
        (claim, "realm_access.roles,https://shop.example/roles,absent.too"),
        ("actuator.security.jwt.roles.admin", "operator,viewer"),
    ]);
    assert_eq!(judge(&nested, &token).await, known(&["operator", "viewer"]));
    let none = with(&[(claim, "absent")]);
    assert_eq!(judge(&none, &token).await, known(&[]));
}

#[tokio::test]
async fn keys_that_are_rotated_are_fetched_once_a_minute_at_most() {
    let (old, new) = (TestKey::p256(), TestKey::p256());
    let mut provider = Provider::new(&[old.public("old")]).await;
    let es256 = format!("{SPRING}.jws-algorithms");
    let jwt = provider.jwt(&[(&es256, "ES256")]);
    let by_old = old.sign(&head("ES256", "old"), &claims());
    let by_new = new.sign(&head("ES256", "new"), &claims());
    assert_eq!(judge(&jwt, &by_old).await, ada());
    assert_eq!(provider.asked(), 1);

    provider.now_has(Some(&[new.public("new")]));
    refused(&judge(&jwt, &by_new).await, "not known");
    assert_eq!(provider.asked(), 0, "it was asked less than a minute ago");
    provider.clock.advance(Duration::from_mins(1));
    assert_eq!(judge(&jwt, &by_new).await, ada());
    for n in 0..100 {
        let token = new.sign(&head("ES256", &format!("unknown{n}")), &claims());
        refused(&judge(&jwt, &token).await, "not known");
    }
    assert_eq!(provider.asked(), 1);
    // What was believed with a key that is gone is not believed any more.
    refused(&judge(&jwt, &by_old).await, "not known");
}

#[tokio::test]
async fn last_keys_stay_in_use_while_the_provider_is_away() {
    let key = TestKey::p256();
    let mut provider = Provider::new(&[key.public("k")]).await;
    let es256 = format!("{SPRING}.jws-algorithms");
    let jwt = provider.jwt(&[(&es256, "ES256")]);
    let token = |n: i64| key.sign(&head("ES256", "k"), &with("exp", json!(seconds(6_000 + n))));
    provider.now_has(None);
    let unavailable = judge(&jwt, &token(1)).await;
    assert!(matches!(&unavailable, Verdict::Unavailable(why) if why.contains("500")));
    // Nor is it asked again with each request.
    assert!(matches!(judge(&jwt, &token(1)).await, Verdict::Unavailable(_)));
    assert_eq!(provider.asked(), 1);

    provider.now_has(Some(&[key.public("k")]));
    provider.clock.advance(Duration::from_secs(5));
    assert_eq!(judge(&jwt, &token(1)).await, ada());
    provider.now_has(None);
    provider.clock.advance(Duration::from_mins(30));
    assert_eq!(judge(&jwt, &token(1)).await, ada());
    provider.server.asked().await;
    provider.server.asked().await;
    assert_eq!(judge(&jwt, &token(2)).await, ada());
}

#[tokio::test]
async fn a_token_that_was_seen_is_known_without_its_key_until_it_expires() {
    let key = TestKey::p256();
    let provider = Provider::new(&[key.public("k")]).await;
    let es256 = format!("{SPRING}.jws-algorithms");
    let jwt = provider.jwt(&[(&es256, "ES256")]);
    let token = key.sign(&head("ES256", "k"), &claims());
    assert_eq!(judge(&jwt, &token).await, ada());
    provider.clock.advance(Duration::from_secs(650));
    assert_eq!(judge(&jwt, &token).await, ada());
    provider.clock.advance(Duration::from_secs(11));
    refused(&judge(&jwt, &token).await, "expired");
}

#[tokio::test]
async fn the_keys_of_an_issuer_are_where_its_document_says() {
    let key = TestKey::p256();
    let keys = set(&[key.public("k")]);
    let document = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&document);
    let server = FakeServer::start(move |asked| {
        let json = "content-type: application/json";
        Some(match asked.line.as_str() {
            "GET /realm/.well-known/openid-configuration" => {
                answer("200 OK", json, &shown.lock().unwrap())
            }
            "GET /certs" => answer("200 OK", json, &keys),
            _ => answer("404 Not Found", json, ""),
        })
    })
    .await;
    let issuer = server.url() + "/realm";
    let names = ["issuer-uri", "jws-algorithms"].map(|name| format!("{SPRING}.{name}"));
    let values = [(&*names[0], &*issuer), (&*names[1], "ES256")];
    let jwt = || Jwt::new(read(&values).unwrap().unwrap(), Clock::system()).unwrap();
    let token = |issuer: &str| key.sign(&head("ES256", "k"), &with("iss", json!(issuer)));
    for (document_issuer, uri, word) in [
        ("https://other.example", server.url() + "/certs", "another issuer"),
        (&*issuer, "file:///etc/passwd".to_owned(), "http or https"),
        (&*issuer, server.url() + "/nowhere", "404"),
    ] {
        *document.lock().unwrap() = json!({"issuer": document_issuer, "jwks_uri": uri}).to_string();
        let verdict = judge(&jwt(), &token(&issuer)).await;
        let Verdict::Unavailable(why) = &verdict else { panic!("{verdict:?}") };
        assert!(why.contains(word), "{why}");
    }
    *document.lock().unwrap() =
        json!({"issuer": issuer, "jwks_uri": server.url() + "/certs"}).to_string();
    let jwt = jwt();
    assert_eq!(judge(&jwt, &token(&issuer)).await, ada());
    refused(&judge(&jwt, &token("https://other.example")).await, "another issuer");
    refused(&judge(&jwt, &key.sign(&head("ES256", "k"), &claims())).await, "another issuer");
}

#[tokio::test]
async fn a_document_of_keys_that_is_too_long_or_none_is_no_key() {
    let server = FakeServer::start(|asked| {
        Some(match asked.line.as_str() {
            "GET /long" => answer("200 OK", "x: y", &"[".repeat(600 * 1024)),
            "GET /deep" => answer("200 OK", "x: y", &"[".repeat(100 * 1024)),
            "GET /empty" => answer("200 OK", "x: y", r#"{"keys":[{"kty":"oct","k":"x"},7]}"#),
            _ => answer("302 Found", "location: http://127.0.0.1:1/", ""),
        })
    })
    .await;
    for (path, word) in
        [("long", "512 KiB"), ("deep", "RFC 7517"), ("empty", "no public key"), ("moved", "302")]
    {
        let (name, url) = (format!("{SPRING}.jwk-set-uri"), format!("{}/{path}", server.url()));
        let jwt = Jwt::new(read(&[(&name, &url)]).unwrap().unwrap(), Clock::system()).unwrap();
        let verdict = judge(&jwt, &TestKey::rsa().sign(&head("RS256", "k"), &claims())).await;
        let Verdict::Unavailable(why) = &verdict else { panic!("{verdict:?}") };
        assert!(why.contains(word), "{why}");
    }
}

#[test]
fn settings_that_name_no_provider_or_no_safe_algorithm_are_refused() {
    assert!(read(&[]).unwrap().is_none());
    let url = "https://id.example/keys";
    for (values, words) in [
        (vec![("audiences", "shop")], "jwk-set-uri"),
        (vec![("jwk-set-uri", "id.example")], "absolute URL"),
        (vec![("jwk-set-uri", url), ("jws-algorithms", "RS256,HS256")], "EdDSA"),
        (vec![("jwk-set-uri", url), ("jws-algorithms", "none")], "public key"),
        (vec![("public-key-location", "key.pem")], "jwk-set-uri"),
    ] {
        let values: Vec<_> =
            values.iter().map(|(name, value)| (format!("{SPRING}.{name}"), *value)).collect();
        let values: Vec<_> = values.iter().map(|(name, value)| (&**name, *value)).collect();
        let error = read(&values).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

//! What secrets look like, and where they stand.

use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// Keys that name secrets.
const KEYS: &[&str] = &[
    "password",
    "DB_PASSWORD",
    "db.pass",
    "apiKey",
    "api_key",
    "X-Api-Key",
    "client-secret",
    "access_token",
    "credentials",
    "session_cookie",
    "private.key",
    "PASSPHRASE",
    "jwt",
    "signature",
];

/// Values that give their secret away themselves; `{}` is the secret.
const VALUES: &[&str] = &[
    "postgres://shop:{}@db:5432/shop",
    "redis://:{}@cache:6379/0",
    "mongodb+srv://shop:{}@cluster.example/shop?retryWrites=true",
    "amqps://shop:{}@mq.example/%2f",
    "https://{}@sentry.example/42",
    "jdbc:postgresql://db/shop?user=shop&password={}",
    "jdbc:oracle:thin:@db:1521:x;password={};a=b",
    "Server=db;User Id=sa;Password={};Encrypt=yes",
    "Server=db;Password={} with {};Encrypt=yes",
    "Driver={ODBC};PWD={{};{}};Server=db",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==;EndpointSuffix=x",
    "host=db user=shop password='{} {}' port=5432",
    "shop:{}@tcp(db:3306)/shop",
    "shop:{}@db:3306/shop",
    "Bearer {}",
    "Basic {}==",
    "eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl",
    "ghp_{}",
    "glpat-{}",
    "xoxb-{}",
    "sk_live_{}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n{}\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----\\n",
    r#"{"db":{"password":"{}"},"n":1}"#,
    r#"[{"name":"DB_PASSWORD","value":"{}"}]"#,
    r#"{"a":"{\"token\":\"{}\"}"}"#,
    r#"{"a":"{\"b\":\"{\\\"secret\\\":\\\"{}\\\"}\"}"}"#,
    r#"refused: {\"password\":\"{}\", \"n\": 1} at 7"#,
    r#"["mysql","--password","{}"]"#,
    "https://shop.example/pay?page=2&access_token={}&x=1#top",
    "/pay?api_key={}",
    "mysql --host db --password {} shop",
    "tool --db-password={} run",
    "curl -u shop:{} https://shop.example",
    r#"Config { url: "x", password: "{}", n: 1 }"#,
    r#"Config { api_key: Some("{}"), n: 1 }"#,
    "curl -H 'X-Api-Key: {}' https://shop.example",
    "Authorization: Token {}",
    "Cookie: sid={}; theme=dark; other={}",
    "could not log in: password={}, user=shop",
    "<login><password>{}</password></login>",
    "password: {}",
];

/// A secret in its place.
#[derive(Clone, Debug)]
pub(crate) struct Plant {
    /// Names a secret, or does not.
    pub(crate) key: String,
    pub(crate) value: String,
    /// What must not be found.
    pub(crate) secret: String,
}

impl Plant {
    /// The value in one line, for headers and variables.
    pub(crate) fn line(&self) -> String {
        self.value.replace('\n', "\\n")
    }

    /// `key=value` or the like, as it stands in a text. A value under a key that says it is one
    /// secret; any other is one by itself.
    pub(crate) fn text(&self) -> String {
        if self.value == self.secret {
            format!("failed with {}={} at 7", self.key, self.value)
        } else {
            self.value.clone()
        }
    }
}

/// A secret under a key that names it, or one within a value.
fn plant() -> impl Strategy<Value = Plant> {
    // Letters and digits, so that no form of text writes it differently.
    let secret = "[a-z]{3}[0-9]{3}[A-Z]{3}[a-z0-9]{12}";
    let bare = (select(KEYS), secret).prop_map(|(key, secret)| Plant {
        key: key.to_owned(),
        value: secret.clone(),
        secret,
    });
    let within = (select(VALUES), secret).prop_map(|(shape, secret)| Plant {
        key: "note".to_owned(),
        value: shape.replace("{}", &secret),
        secret,
    });
    prop_oneof![1 => bare, 3 => within]
}

/// Plants of a seed, always the same.
pub(crate) fn plants(seed: u8, count: usize) -> Vec<Plant> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| plant().new_tree(&mut runner).unwrap().current()).collect()
}

/// One plant for each shape that there is.
pub(crate) fn one_of_each(seed: u8) -> Vec<Plant> {
    let secrets = plants(seed, KEYS.len() + VALUES.len());
    let mut secrets = secrets.into_iter().map(|plant| plant.secret);
    let mut each = Vec::new();
    for key in KEYS {
        let secret = secrets.next().unwrap();
        each.push(Plant { key: (*key).to_owned(), value: secret.clone(), secret });
    }
    for shape in VALUES {
        let secret = secrets.next().unwrap();
        each.push(Plant { key: "note".to_owned(), value: shape.replace("{}", &secret), secret });
    }
    each
}

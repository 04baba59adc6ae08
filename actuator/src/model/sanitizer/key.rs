//! Which keys name secrets.

/// Anywhere in a segment of the key, separators and case aside.
const ANYWHERE: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "credential",
    "authorization",
    "authentication",
    "cookie",
    "sessionid",
    "connectionstring",
];
/// As a word of its own, in `snake_case`, `kebab-case`, `camelCase` or `dotted.names`.
const WORDS: &[&str] =
    &["key", "keys", "pass", "pwd", "pw", "psw", "token", "tokens", "jwt", "signature", "sig"];
/// Words written together: `APIKEY`, `PGPASS`, `ACCESSTOKEN`.
const ENDINGS: &[(&str, &[&str])] = &[
    (
        "key",
        &[
            "api",
            "access",
            "private",
            "auth",
            "account",
            "master",
            "encryption",
            "signing",
            "ssh",
            "storage",
            "shared",
            "license",
            "session",
            "crypto",
            "aes",
            "hmac",
        ],
    ),
    (
        "pass",
        &[
            "db", "pg", "user", "mysql", "smtp", "mail", "redis", "sql", "ftp", "ldap", "admin",
            "root", "ssh",
        ],
    ),
];

/// Whether the key names a secret.
pub fn is_secret(key: &str) -> bool {
    let words = words(key);
    let starts_with = |wanted: &[&str]| {
        words.iter().map(String::as_str).take(wanted.len()).eq(wanted.iter().copied())
    };
    if starts_with(&["vcap", "services"])
        || starts_with(&["spring", "application", "json"])
        || starts_with(&["sun", "java", "command"])
        || words.last().is_some_and(|word| word == "auth")
        // Who knows the address of a webhook may call it.
        || words.ends_with(&["webhook".to_owned(), "url".to_owned()])
        || has_headers_of_call(&words)
    {
        return true;
    }
    words.iter().any(|word| is_secret_word(word)) || key.split('.').any(has_secret_part)
}

/// What is sent along with calls out says who calls, whatever the receiver calls it:
/// `OTEL_EXPORTER_OTLP_HEADERS`, `actuator.health.webhook.headers.x-chat`.
fn has_headers_of_call(words: &[String]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["headers"]) && has(&["otlp", "webhook"])
}

fn is_secret_word(word: &str) -> bool {
    WORDS.contains(&word)
        || word.ends_with("token")
        || word.ends_with("tokens")
        || ENDINGS.iter().any(|(ending, before)| {
            word.strip_suffix(ending).is_some_and(|start| before.contains(&start))
        })
}

fn has_secret_part(segment: &str) -> bool {
    let compact: String =
        segment.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    ANYWHERE.iter().any(|secret| compact.contains(secret))
}

/// The words of a key in lower case: split at everything that is no letter, and where the case
/// says so (`apiKey`, `APIKey`).
fn words(key: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let mut rest = key.chars().peekable();
    while let Some(c) = rest.next() {
        let next_is_lower = rest.peek().is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase()
            && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower));
        if (starts || !c.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_apart_into_words() {
        assert_eq!(words("myAPIKey_2.X-y"), ["my", "api", "key", "x", "y"]);
    }
}

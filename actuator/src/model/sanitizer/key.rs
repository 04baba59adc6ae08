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
/// What is the beginning of a key in words.
const BEGINNINGS: [&[&str]; 3] =
    [&["vcap", "services"], &["spring", "application", "json"], &["sun", "java", "command"]];
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

/// What is said about a secret, and is none: `token.type`, `password.length`, `secret.ttl`.
const ABOUT: &[&str] = &[
    "type",
    "types",
    "length",
    "count",
    "size",
    "ttl",
    "timeout",
    "expiry",
    "expiration",
    "duration",
    "interval",
    "enabled",
    "algorithm",
];

/// Whether the key names a secret. Lines of logs ask for each `name=value` in them: nothing is
/// allocated.
pub fn is_secret(key: &str) -> bool {
    // The one letter beyond ASCII (the sign for Kelvin) whose lower case is within.
    if key.contains('\u{212a}') {
        return is_secret(&key.replace('\u{212a}', "K"));
    }
    let (mut before, mut last) = ("", "");
    let (mut has_headers, mut has_call, mut is_named) = (false, false, false);
    for word in words(key) {
        is_named |= is_secret_word(word);
        has_headers |= is(word, "headers");
        has_call |= is(word, "otlp") || is(word, "webhook");
        (before, last) = (last, word);
    }
    // `signatureAlgorithmName` of a certificate.
    let names_algorithm = is(before, "algorithm") && is(last, "name");
    if names_algorithm || ABOUT.iter().any(|about| is(last, about)) {
        return false;
    }
    is_named
        || is(last, "auth")
        // Who knows the address of a webhook may call it.
        || is(before, "webhook") && is(last, "url")
        // What is sent along with calls out says who calls, whatever the receiver calls it:
        // `OTEL_EXPORTER_OTLP_HEADERS`, `actuator.health.webhook.headers.x-chat`.
        || has_headers && has_call
        || BEGINNINGS.iter().any(|beginning| begins(words(key), beginning))
        || key.split('.').any(has_secret_part)
}

fn is(word: &str, wanted: &str) -> bool {
    word.eq_ignore_ascii_case(wanted)
}

fn begins<'k>(mut words: impl Iterator<Item = &'k str>, wanted: &[&str]) -> bool {
    wanted.iter().all(|wanted| words.next().is_some_and(|word| is(word, wanted)))
}

fn is_secret_word(word: &str) -> bool {
    WORDS.iter().any(|secret| is(word, secret))
        || before_ending(word, "token").is_some()
        || before_ending(word, "tokens").is_some()
        || ENDINGS.iter().any(|(ending, before)| {
            before_ending(word, ending).is_some_and(|start| before.iter().any(|b| is(start, b)))
        })
}

/// What stands before this ending, if the word has it.
fn before_ending<'w>(word: &'w str, ending: &str) -> Option<&'w str> {
    let (start, end) = word.split_at_checked(word.len().checked_sub(ending.len())?)?;
    is(end, ending).then_some(start)
}

/// Whether a secret is named anywhere, whatever separates its letters.
fn has_secret_part(segment: &str) -> bool {
    segment.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).any(|(at, first)| {
        let rest = segment.get(at..).unwrap_or_default();
        ANYWHERE
            .iter()
            .filter(|secret| secret.starts_with(first.to_ascii_lowercase()))
            .any(|secret| spells(rest, secret))
    })
}

/// Whether the letters and digits of a text begin with a word.
fn spells(text: &str, word: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    word.chars().all(|wanted| letters.next().is_some_and(|c| c.eq_ignore_ascii_case(&wanted)))
}

/// The words of a key: split at everything that is no letter, and where the case says so (`apiKey`,
/// `APIKey`).
fn words(key: &str) -> impl Iterator<Item = &str> {
    let mut rest = key;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphabetic());
        let (word, behind) = rest.split_at_checked(end_of_word(rest))?;
        rest = behind;
        (!word.is_empty()).then_some(word)
    })
}

/// Where the word ends with which a text begins.
fn end_of_word(text: &str) -> usize {
    let mut previous = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
        let starts = c.is_uppercase()
            && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower));
        if starts || !c.is_alphabetic() {
            return at;
        }
        previous = c;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_apart_into_words() {
        let found: Vec<_> = words("__myAPIKey_2.X-yé").collect();
        assert_eq!(found, ["my", "API", "Key", "X", "yé"]);
        assert_eq!(words("_1.").count(), 0);
    }

    #[test]
    fn a_secret_is_known_whatever_its_letters_look_like() {
        for key in [
            "signature_name",
            "Pass_Word",
            "x.my-C.o.o.k.i.e",
            "my\u{212a}ey",
            "PASSWORDÄ",
            "äpassword",
            "WEBHOOK_Url",
        ] {
            let split = key == "x.my-C.o.o.k.i.e";
            assert_eq!(is_secret(key), !split, "{key}");
        }
        for key in [
            "",
            "é",
            "ä.ö",
            "passwoord",
            "url.webhook",
            "ppass",
            "cooky",
            "gen_ai.token.type",
            "tokenType",
            "password.length",
            "SESSION_COOKIE_TIMEOUT",
            "key.algorithm",
            "signatureAlgorithmName",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }
}

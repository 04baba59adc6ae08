//! Secrets that are known by their shape alone.

use std::ops::Range;

use super::is_word_byte;

/// How tokens of well-known services begin; what follows is at least [`MIN_TOKEN`] long.
const PREFIXES: &[&str] = &[
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "xoxr-",
    "xoxe-",
    "xapp-",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "AIza",
    "ya29.",
    "GOCSPX-",
    "hvs.",
    "hvb.",
    "npm_",
    "pypi-",
    "dckr_pat_",
    "dop_v1_",
    "doo_v1_",
    "dp.pt.",
    "dp.st.",
    "hf_",
    "SG.",
    "shpat_",
    "shpss_",
    "sq0atp-",
    "sq0csp-",
    "glrt-",
    "gldt-",
    "glptt-",
    "NRAK-",
    "PMAK-",
    "ATATT3",
    "lin_api_",
    "AGE-SECRET-KEY-1",
    "EAACEdEose0cBA",
];
const MIN_TOKEN: usize = 16;
/// How AWS access keys begin; they are 20 characters long.
const AWS_PREFIXES: &[&str] = &["AKIA", "ASIA", "ABIA", "ACCA"];
const AWS_LENGTH: usize = 20;
/// A longer word behind `Bearer` or `Basic` is a token, whatever it consists of.
const LONG_WORD: usize = 16;

/// A PEM block with a private key, up to its end or that of the text.
pub fn private_key(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find("-----BEGIN ")?;
        let label = start + "-----BEGIN ".len();
        at = label;
        let limit = text.floor_char_boundary((label + 64).min(text.len()));
        let Some((name, _)) = text.get(label..limit)?.split_once("-----") else {
            continue;
        };
        if !name.contains("PRIVATE KEY") {
            continue;
        }
        let rest = text.get(label..)?;
        let end = rest.find("-----END ").map_or(text.len(), |end| {
            let footer = label + end + "-----END ".len();
            let tail = text.get(footer..).unwrap_or_default();
            tail.find("-----").map_or(text.len(), |dashes| footer + dashes + 5)
        });
        return Some(start..end);
    }
}

/// A JWT, an AWS access key, a token of a well-known service, or what follows `Bearer ` and
/// `Basic `.
pub fn token(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_word_char)?;
        let rest = text.get(start..)?;
        let end = start + rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
        let word = text.get(start..end)?;
        if is_token(word) {
            return Some(start..end);
        }
        let scheme = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
        if scheme && let Some(found) = credentials(text, start, end) {
            return Some(found);
        }
        at = end;
    }
}

fn is_word_char(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_word_byte)
}

fn is_token(word: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let prefixed = PREFIXES.iter().any(|prefix| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= MIN_TOKEN && rest.bytes().any(|byte| byte.is_ascii_digit())
        })
    });
    let aws = word.len() == AWS_LENGTH
        && AWS_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
        && word.bytes().all(upper);
    prefixed || aws || is_jwt(word)
}

fn is_jwt(word: &str) -> bool {
    let mut parts = word.split('.');
    let mut long = || parts.next().is_some_and(|part| part.len() >= 8);
    word.starts_with("eyJ") && long() && long() && parts.next().is_some()
}

/// The credentials behind an authentication scheme, told from a word of a sentence: they look
/// random, are long, or stand where a header has them.
fn credentials(text: &str, scheme: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let start = end + 1;
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "._~+/=-".contains(c)))
        .unwrap_or(rest.len());
    let token = rest.get(..length)?;
    // `Bearer realm="x"`, but not `"Basic dXNlcjpwYXNz=="`.
    let is_attribute = rest.get(length..)?.starts_with('"')
        && token.strip_suffix('=').is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase()));
    if token.len() < 3 || is_attribute {
        return None;
    }
    let random = token.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=')
        || token.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    let before = text.get(..scheme)?;
    let header = before.ends_with(": ") || (scheme == 0 && length == rest.len());
    (random || header || token.len() >= LONG_WORD).then(|| start..start + length)
}

//! A token as it is written: three parts in base64 (RFC 7515, section 7.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;

/// Bytes of a token; those of large organisations have some 8 KiB.
pub(super) const LONGEST: usize = 16 * 1024;

/// A token whose signature is not checked yet.
#[derive(Debug)]
pub(super) struct Token<'t> {
    /// How it says that it is signed.
    pub(super) algorithm: Algorithm,
    /// The name of that.
    pub(super) algorithm_name: String,
    /// Which key it says that it is signed with.
    pub(super) key: Option<String>,
    /// What is signed.
    pub(super) message: &'t [u8],
    /// The signature.
    pub(super) signature: Vec<u8>,
    payload: &'t str,
}

/// What is read of the head. Members that are there twice make it unreadable.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
    b64: Option<bool>,
}

/// Whether this is written as a token is, and so is for this authenticator to judge.
pub(super) fn is_one(text: &str) -> bool {
    let mut parts = text.split('.');
    // A JSON object always begins so.
    parts.next().is_some_and(|head| head.starts_with("ey")) && parts.count() == 2
}

impl<'t> Token<'t> {
    /// Reads it; the reason why it cannot be one repeats nothing of it.
    pub(super) fn read(text: &'t str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("the token is longer than 16 KiB");
        }
        let (message, signature) = text.rsplit_once('.').ok_or("the token has no signature")?;
        let (head, payload) = message.split_once('.').ok_or("the token has no claims")?;
        let head = decoded(head).ok_or("the head of the token is no base64")?;
        let head: Head =
            serde_json::from_slice(&head).map_err(|_| "the head of the token cannot be read")?;
        if head.crit.is_some() || head.b64 == Some(false) {
            // RFC 7515, section 4.1.11: what is critical and not understood is refused.
            return Err("the token asks for extensions that are not known here");
        }
        let algorithm = Algorithm::named(&head.alg)
            .ok_or("the token is not signed with a public key by a known algorithm")?;
        Ok(Self {
            algorithm,
            algorithm_name: head.alg,
            key: head.kid,
            message: message.as_bytes(),
            signature: decoded(signature).ok_or("the signature of the token is no base64")?,
            payload,
        })
    }

    /// What it claims. To be believed only once the signature is checked.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, &'static str> {
        let claims = decoded(self.payload).ok_or("the claims of the token are no base64")?;
        serde_json::from_slice(&claims).map_err(|_| "the claims of the token are no JSON object")
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn whatever_a_token_is_it_is_read_or_refused(
            odd in "\\PC{0,40}|[a-zA-Z0-9_.-]{0,60}|ey[a-zA-Z0-9_-]{0,20}[.][a-zA-Z0-9_-]{0,20}[.][a-zA-Z0-9_-]{0,20}",
            head in "\\{(\"(alg|kid|crit|b64)\":(\"(RS256|ES256|none|HS256|x)\"|null|false|1|\\[\\]),?){0,4}\\}?",
        ) {
            let _ = (is_one(&odd), Token::read(&odd).map(|token| token.claims()));
            let token = format!("{}.{}.", URL_SAFE_NO_PAD.encode(&head), URL_SAFE_NO_PAD.encode(b"{}"));
            let _ = Token::read(&token).map(|token| token.claims());
        }
    }
}

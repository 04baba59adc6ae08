//! An identity provider of a test: keys, and tokens that it signs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, reason = "several tests share it, and each needs a part")]

use std::time::SystemTime;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeys, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    },
};
use serde_json::{Value, json};

/// A key, with its public half.
pub(crate) enum TestKey {
    Rsa(RsaKeys),
    Ec(EcdsaKeyPair, &'static str),
    Ed(Ed25519KeyPair),
}

impl TestKey {
    /// There is one such key only: none can be generated.
    pub(crate) fn rsa() -> Self {
        let pem = include_str!("../../../tests/jwt/rsa.key.pem");
        let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        Self::Rsa(RsaKeys::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap())
    }

    pub(crate) fn p256() -> Self {
        Self::ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")
    }

    pub(crate) fn p384() -> Self {
        Self::ec(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")
    }

    fn ec(algorithm: &'static EcdsaSigningAlgorithm, curve: &'static str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::Ec(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap(), curve)
    }

    pub(crate) fn ed25519() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    /// The public key as JSON.
    pub(crate) fn public(&self, id: &str) -> Value {
        match self {
            Self::Rsa(keys) => json!({
                "kty": "RSA", "kid": id, "use": "sig", "e": "AQAB",
                "n": encoded(&PublicKeyComponents::<Vec<u8>>::from(keys.public()).n),
            }),
            Self::Ec(keys, curve) => {
                let point = &keys.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({"kty": "EC", "kid": id, "crv": curve, "x": encoded(x), "y": encoded(y)})
            }
            Self::Ed(keys) => json!({
                "kty": "OKP", "kid": id, "crv": "Ed25519", "x": encoded(keys.public_key().as_ref()),
            }),
        }
    }

    /// A token with this head and these claims.
    pub(crate) fn sign(&self, head: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", json_part(head), json_part(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(keys) => {
                let mut signature = vec![0; keys.public().modulus_len()];
                let padding: &dyn ring::signature::RsaEncoding =
                    if head["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                keys.sign(padding, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Ec(keys, _) => keys.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed(keys) => keys.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", encoded(&signature))
    }
}

/// A token that is "signed" with what is public, as an HMAC.
pub(crate) fn sign_with_secret(secret: &[u8], head: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", json_part(head), json_part(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{message}.{}", encoded(hmac::sign(&key, message.as_bytes()).as_ref()))
}

/// A token that is not signed at all.
pub(crate) fn unsigned(head: &Value, claims: &Value) -> String {
    format!("{}.{}.", json_part(head), json_part(claims))
}

/// The set of these keys.
pub(crate) fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn json_part(value: &Value) -> String {
    encoded(value.to_string().as_bytes())
}

/// Seconds since 1970, so many from now.
pub(crate) fn seconds(from_now: i64) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + from_now
}

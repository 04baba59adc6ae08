//! The public keys of an identity provider, as JSON (RFC 7517).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::algorithm::Algorithm;

/// Keys of one provider that are looked at; they have two to ten.
const MOST: usize = 64;
/// Bytes of an RSA modulus: ring takes 2,048 to 8,192 bits.
const LARGEST: usize = 1024;

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// What tokens name it by.
    pub(super) id: Option<String>,
    /// The only algorithm it is for, if it says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// A set of keys. One that cannot be read is left out, and does not spoil the others.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Described {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Key {
    /// Reads a set of keys; those that can verify a signature are there. The error says what is
    /// wrong with the document.
    pub(super) fn set(json: &[u8]) -> Result<Vec<Self>, String> {
        let document: Document<'_> = serde_json::from_slice(json)
            .map_err(|error| format!("it is no set of keys (RFC 7517): {error}"))?;
        let keys: Vec<Self> = document
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_str(key.get()).ok())
            .filter_map(Self::read)
            .take(MOST)
            .collect();
        if keys.is_empty() {
            return Err("it holds no public key for signatures that are known".to_owned());
        }
        Ok(keys)
    }

    fn read(described: Described) -> Option<Self> {
        let Described { kty, kid, alg, purpose, key_ops, crv, n, e, x, y } = described;
        let is_for_signatures = purpose.is_none_or(|purpose| purpose == "sig")
            && key_ops.is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !is_for_signatures {
            return None;
        }
        // A secret (`oct`) in a public document is no secret: never a key.
        let material = match (&*kty, crv.as_deref()) {
            ("RSA", _) => Material::Rsa {
                modulus: number(&n?).filter(|number| number.len() <= LARGEST)?,
                exponent: number(&e?).filter(|number| number.len() <= 8)?,
            },
            ("EC", Some("P-256")) => Material::P256(point(&x?, &y?, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(&x?, &y?, 48)?),
            ("OKP", Some("Ed25519")) => {
                Material::Ed25519(bytes(&x?).filter(|key| key.len() == 32)?)
            }
            _ => return None,
        };
        Some(Self { id: kid, algorithm: alg, material })
    }

    /// Whether this key may be meant: its id, if the token names one, and its algorithm.
    pub(super) fn may_be(&self, id: Option<&str>, name: &str) -> bool {
        (id.is_none() || self.id.as_deref() == id)
            && self.algorithm.as_deref().is_none_or(|only| only == name)
    }

    /// Whether it made this signature of the message, by this algorithm and no other.
    pub(super) fn has_signed(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let plain = |with: &'static dyn VerificationAlgorithm, key: &Vec<u8>| {
            UnparsedPublicKey::new(with, key).verify(message, signature).is_ok()
        };
        let rsa = |with: &'static RsaParameters, n: &Vec<u8>, e: &Vec<u8>| {
            RsaPublicKeyComponents { n, e }.verify(with, message, signature).is_ok()
        };
        match (&self.material, algorithm) {
            (Material::Rsa { modulus, exponent }, algorithm) => {
                let with = match algorithm {
                    Algorithm::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                    Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                    Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
                    Algorithm::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
                    Algorithm::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
                    Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => return false,
                };
                rsa(with, modulus, exponent)
            }
            (Material::P256(key), Algorithm::Es256) => {
                plain(&signature::ECDSA_P256_SHA256_FIXED, key)
            }
            (Material::P384(key), Algorithm::Es384) => {
                plain(&signature::ECDSA_P384_SHA384_FIXED, key)
            }
            (Material::Ed25519(key), Algorithm::EdDsa) => plain(&signature::ED25519, key),
            _ => false,
        }
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    // Some providers pad.
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// A number without leading zeros, which some providers write and ring refuses.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(start..).map(<[u8]>::to_vec)
}

/// An uncompressed point, as ring reads it.
fn point(x: &str, y: &str, length: usize) -> Option<Vec<u8>> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == length && y.len() == length).then(|| [&[4], &*x, &*y].concat())
}

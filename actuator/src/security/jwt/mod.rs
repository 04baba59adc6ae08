//! Callers who show a JSON Web Token that an identity provider signed (RFC 7519), by Spring's
//! `spring.security.oauth2.resourceserver.jwt.*`.
//!
//! Only signatures with a public key are looked at: neither `none` nor an HMAC is ever one, so that
//! nobody can sign with what everybody may read. The keys are fetched from the provider, kept while
//! it is away, and fetched again when they are old or a token names another one.
//!
//! The signatures are checked by `ring`, which TLS brings along. What is left of JOSE is three
//! parts in base64 and two JSON objects, read here.

mod algorithm;
mod authenticator;
mod claims;
mod key;
mod keys;
#[cfg(test)]
mod property_tests;
mod provider;
mod roles;
mod settings;
mod token;

pub use authenticator::Jwt;
pub use settings::JwtSettings;

#[cfg(test)]
mod test_tokens;
#[cfg(test)]
mod tests;

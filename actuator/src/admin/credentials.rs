//! How this service says who it is, and whom it trusts: the settings of user, token, headers and
//! certificates. No secret is ever repeated in a complaint or in debug output.

use std::{fmt, path::PathBuf};

use reqwest::header::HeaderValue;

use super::{address::Credentials, settings::name};
use crate::{
    settings::SettingsReader,
    support::outgoing::{Headers, Trust},
};

/// How a call says who it comes from.
#[derive(Clone, Default)]
pub enum Authorization {
    /// Not at all.
    #[default]
    None,
    /// By name and password.
    Basic(Credentials),
    /// By a token.
    Bearer(String),
}

/// Reads user name and password, or the token.
pub fn authorization(reader: &mut SettingsReader<'_>) -> Authorization {
    let username: Option<String> = reader.value(&name("username"));
    let password: Option<String> = reader.value(&name("password"));
    let token: Option<String> = reader.value(&name("token"));
    match (username, password, token) {
        (None, None, None) => Authorization::None,
        (Some(username), Some(password), None) => {
            Authorization::Basic(Credentials { username, password })
        }
        (None, None, Some(token)) => {
            if HeaderValue::from_str(&token).is_err() || token.trim().is_empty() {
                reader.reject_hidden(&name("token"), "expected visible ASCII characters");
            }
            Authorization::Bearer(token)
        }
        (_, _, Some(_)) => {
            reader.reject_hidden(&name("token"), "give either a token or username and password");
            Authorization::None
        }
        (Some(_), None, None) => {
            reader.reject(&name("username"), "needs spring.boot.admin.client.password beside it");
            Authorization::None
        }
        (None, Some(_), None) => {
            reader.reject_hidden(
                &name("password"),
                "needs spring.boot.admin.client.username beside it",
            );
            Authorization::None
        }
    }
}

/// Reads the headers to send with every call; all are marked as sensitive.
pub fn headers(reader: &mut SettingsReader<'_>) -> Headers {
    let mut headers = Headers::default();
    for (header, value) in reader.map(&name("headers")) {
        if let Err(complaint) = headers.insert(&header, &value) {
            reader.reject_hidden(&name(&format!("headers.{header}")), complaint);
        }
    }
    headers
}

/// Reads the PEM files.
pub fn trust(reader: &mut SettingsReader<'_>) -> Trust {
    let mut trust = Trust::default();
    if let Some(file) = reader.value::<PathBuf>(&name("ca-certificate"))
        && let Err(complaint) = trust.trust_only(&file)
    {
        reader.reject(&name("ca-certificate"), complaint);
    }
    let chain: Option<PathBuf> = reader.value(&name("client-certificate"));
    let key: Option<PathBuf> = reader.value(&name("client-key"));
    match (chain, key) {
        (Some(chain), Some(key)) => {
            if let Err(complaint) = trust.identify_with(&chain, &key) {
                reader.reject(&name("client-certificate"), complaint);
            }
        }
        (Some(_), None) => reader
            .reject(&name("client-certificate"), "needs spring.boot.admin.client.client-key too"),
        (None, Some(_)) => reader
            .reject(&name("client-key"), "needs spring.boot.admin.client.client-certificate too"),
        (None, None) => {}
    }
    trust
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic(credentials) => f.debug_tuple("Basic").field(credentials).finish(),
            Self::Bearer(_) => f.write_str("Bearer(******)"),
        }
    }
}

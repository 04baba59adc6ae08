//! How this service says who it is: the settings of user and token. No secret is ever repeated in
//! a complaint or in debug output.

use std::fmt;

use reqwest::header::HeaderValue;

use super::{address::Credentials, settings::name};
use crate::settings::SettingsReader;

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

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic(credentials) => f.debug_tuple("Basic").field(credentials).finish(),
            Self::Bearer(_) => f.write_str("Bearer(******)"),
        }
    }
}

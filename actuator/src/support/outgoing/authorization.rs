//! How a call says who it comes from.

use std::fmt;

use reqwest::{RequestBuilder, header::HeaderValue};

/// Name and password, for basic authentication.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub username: String,
    /// The user's password; never shown.
    pub password: String,
}

/// Who a call comes from. Debug output shows no secret.
#[derive(Clone, Default)]
pub enum Authorization {
    /// Nobody.
    #[default]
    None,
    /// By name and password.
    Basic(Credentials),
    /// By a token.
    Bearer(String),
}

impl Authorization {
    /// Whether this text can be a token.
    pub fn is_token(text: &str) -> bool {
        HeaderValue::from_str(text).is_ok() && !text.trim().is_empty()
    }

    /// Says it in a request.
    pub fn apply(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::None => request,
            Self::Basic(Credentials { username, password }) => {
                request.basic_auth(username, Some(password))
            }
            Self::Bearer(token) => request.bearer_auth(token),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, ******)", self.username)
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

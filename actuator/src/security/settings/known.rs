//! Users, tokens and the secret, as settings describe them. Complaints repeat no secret.

use std::time::Duration;

use super::{OPERATOR, VIEWER, names::described};
use crate::{
    model::principal::Principal,
    security::{
        compare,
        password::StoredPassword,
        shared_secret::{SecretSettings, from_hex},
        tokens::Token,
        users::User,
    },
    settings::SettingsReader,
};

/// A token or secret of fewer bytes can be guessed.
const SHORT: usize = 16;
/// A cookie is good for a month at most.
const LONGEST_COOKIE: Duration = Duration::from_hours(31 * 24);
const COOKIE: Duration = Duration::from_hours(12);

/// Who is known.
#[derive(Default)]
pub struct Known {
    /// Users with passwords.
    pub users: Vec<User>,
    /// Bearer tokens.
    pub tokens: Vec<Token>,
    /// The secret that all share.
    pub secret: Option<(String, SecretSettings)>,
    /// What is unwise, for the log.
    pub warnings: Vec<String>,
}

/// `spring.security.user.*` and `actuator.security.users.*`.
pub fn users(reader: &mut SettingsReader<'_>, known: &mut Known) {
    const SPRING: &str = "spring.security.user";
    const OWN: &str = "actuator.security.users";
    if reader.value::<String>(&format!("{SPRING}.password")).is_some() {
        let name = reader.value_or(&format!("{SPRING}.name"), "user".to_owned());
        // Spring's one user may do everything.
        user(reader, known, SPRING, &name, OPERATOR);
    } else if reader.value::<String>(&format!("{SPRING}.name")).is_some() {
        reader.reject(&format!("{SPRING}.name"), format_args!("needs {SPRING}.password beside it"));
    }
    for name in described(reader, OWN, &["password", "roles"]) {
        if known.users.iter().any(|user| user.principal.name == name) {
            reader.reject_hidden(
                &format!("{OWN}.{name}.password"),
                format_args!("{SPRING}.name is the same user; keep one of the two"),
            );
            continue;
        }
        user(reader, known, &format!("{OWN}.{name}"), &name, VIEWER);
    }
}

fn user(
    reader: &mut SettingsReader<'_>,
    known: &mut Known,
    prefix: &str,
    name: &str,
    default_role: &str,
) {
    let setting = format!("{prefix}.password");
    let principal = Principal::new(name, roles(reader, prefix, default_role));
    let Some(password) = reader.value::<String>(&setting) else {
        reader.reject(&format!("{prefix}.roles"), format_args!("needs {setting} beside it"));
        return;
    };
    if name.is_empty() || name.contains(':') {
        reader.reject_hidden(&setting, "the name of a user must not be empty or hold a colon");
        return;
    }
    match StoredPassword::parse(&password) {
        Ok(password) => {
            if !password.is_slow() {
                known.warnings.push(format!(
                    "{setting} is in the clear: whoever reads the settings has it; put its hash \
                     there ({{bcrypt}}$2b$… or {{argon2}}$argon2id$…)"
                ));
            }
            known.users.push(User { principal, password });
        }
        Err(complaint) => reader.reject_hidden(&setting, complaint),
    }
}

/// `actuator.security.tokens.*`.
pub fn tokens(reader: &mut SettingsReader<'_>, known: &mut Known) {
    const PREFIX: &str = "actuator.security.tokens";
    for name in described(reader, PREFIX, &["value", "sha256", "roles"]) {
        let prefix = format!("{PREFIX}.{name}");
        let [value, sha256] = ["value", "sha256"].map(|member| format!("{prefix}.{member}"));
        let roles = roles(reader, &prefix, VIEWER);
        let digest = match (reader.value::<String>(&value), reader.value::<String>(&sha256)) {
            (Some(token), None) if is_visible(&token) => {
                known.warn_if_short(&value, &token);
                compare::sha256(token.as_bytes())
            }
            (Some(_), None) => {
                reader.reject_hidden(&value, "expected visible ASCII characters");
                continue;
            }
            (None, Some(hex)) => {
                let Some(digest) = from_hex(&hex.trim().to_ascii_lowercase()) else {
                    reader.reject_hidden(&sha256, "expected the 64 hexadecimal digits of SHA-256");
                    continue;
                };
                digest
            }
            (Some(_), Some(_)) => {
                reader.reject_hidden(&sha256, format_args!("keep this or {value}, not both"));
                continue;
            }
            (None, None) => {
                reader.reject(
                    &format!("{prefix}.roles"),
                    format_args!("needs {value} or {sha256} beside it"),
                );
                continue;
            }
        };
        known.tokens.push(Token { principal: Principal::new(name, roles), digest });
    }
}

/// `actuator.security.secret.*`.
pub fn secret(reader: &mut SettingsReader<'_>, known: &mut Known) {
    const PREFIX: &str = "actuator.security.secret";
    let value = format!("{PREFIX}.value");
    let name = |reader: &mut SettingsReader<'_>, member: &str, default: &str| {
        let setting = format!("{PREFIX}.{member}");
        let name = reader.value_or(&setting, default.to_owned());
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if !name.bytes().all(is_token) || name.is_empty() && !default.is_empty() {
            reader.reject(&setting, "expected letters, digits, dashes, underscores and dots");
        }
        name
    };
    let settings = SecretSettings {
        roles: roles(reader, PREFIX, OPERATOR),
        header: name(reader, "header", "X-API-Key"),
        query_parameter: Some(name(reader, "query-parameter", "")).filter(|name| !name.is_empty()),
        cookie: name(reader, "cookie.name", "ACTUATOR_SECRET"),
        max_age: reader.duration_within(
            &format!("{PREFIX}.cookie.max-age"),
            COOKIE,
            LONGEST_COOKIE,
        ),
    };
    let Some(secret) = reader.value::<String>(&value) else { return };
    if !is_visible(&secret) {
        reader.reject_hidden(&value, "expected visible ASCII characters");
        return;
    }
    known.warn_if_short(&value, &secret);
    known.secret = Some((secret, settings));
}

fn roles(reader: &mut SettingsReader<'_>, prefix: &str, default: &str) -> Vec<String> {
    reader.list(&format!("{prefix}.roles")).unwrap_or_else(|| vec![default.to_owned()])
}

/// Whether it can stand in a header.
fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

impl Known {
    fn warn_if_short(&mut self, setting: &str, secret: &str) {
        if secret.len() < SHORT {
            self.warnings.push(format!(
                "{setting} has fewer than {SHORT} characters and can be guessed; take a long random \
                 one (openssl rand -hex 32)"
            ));
        }
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known")
            .field("users", &self.users)
            .field("tokens", &self.tokens.len())
            .field("secret", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

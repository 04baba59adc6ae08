//! What can be set about error answers.

use super::without_sql::without_sql;
use crate::{
    model::{principal::Principal, sanitizer::Sanitizer},
    settings::{FromSetting, SettingsReader, one_of},
    support::text::shortened,
};

/// Bytes of a message that are shown.
const MAX_MESSAGE: usize = 1024;

const STACKTRACE: &str = "server.error.include-stacktrace";
const EXCEPTION: &str = "server.error.include-exception";
const ROLES: &str = "actuator.errors.roles";

/// Whether a member is shown (Spring's `ErrorProperties.IncludeAttribute`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IncludeAttribute {
    /// To nobody.
    #[default]
    Never,
    /// To everybody.
    Always,
    /// If the query has a parameter of its name that is not `false`.
    OnParam,
}

/// To whom what lies behind an error is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Disclosure {
    /// To nobody.
    #[default]
    Never,
    /// To callers that hold one of the roles.
    WhenAuthorized,
    /// To such callers, if the query asks for it.
    OnParam,
    /// To everybody.
    Always,
}

/// The members of error documents that are shown, on the management API too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Includes {
    /// `server.error.include-message`.
    pub(crate) message: IncludeAttribute,
    /// `server.error.include-path`.
    pub(crate) path: IncludeAttribute,
}

/// The form of error answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// Spring's error document.
    #[default]
    Spring,
    /// Problem details, RFC 9457.
    Problem,
}

/// `actuator.errors.*` and `server.error.*`.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSettings {
    /// Whether the layer does anything; unset, it does where code puts it.
    pub(crate) enabled: Option<bool>,
    /// The form that is written unless the caller asks for problem details.
    pub(crate) format: ErrorFormat,
    /// What the documents hold.
    pub(crate) includes: Includes,
    /// Who sees the error with its causes.
    pub(super) stacktrace: Disclosure,
    /// Who sees the type of the error.
    pub(super) exception: Disclosure,
    /// The roles of those who are authorised to see what lies behind an error.
    pub(super) roles: Vec<String>,
    /// Whether Spring's form has the id of the request; problem details always have it.
    pub(super) request_id: bool,
    /// What hides secrets in messages.
    pub(crate) sanitizer: Sanitizer,
}

impl Default for Includes {
    fn default() -> Self {
        Self { message: IncludeAttribute::Never, path: IncludeAttribute::Always }
    }
}

impl Default for ErrorSettings {
    fn default() -> Self {
        Self {
            enabled: None,
            format: ErrorFormat::Spring,
            includes: Includes::default(),
            stacktrace: Disclosure::Never,
            exception: Disclosure::Never,
            roles: Vec::new(),
            request_id: false,
            sanitizer: Sanitizer::default(),
        }
    }
}

impl ErrorSettings {
    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        let roles = reader.list(ROLES).unwrap_or_default();
        let mut disclosure = |name: &str| {
            let shown = named(reader, name).unwrap_or_default();
            let by_role = matches!(shown, Disclosure::WhenAuthorized | Disclosure::OnParam);
            if by_role && roles.is_empty() {
                let remedy =
                    format_args!("nobody would see it: name the roles of those who may in {ROLES}");
                reader.reject(name, remedy);
            }
            shown
        };
        let (stacktrace, exception) = (disclosure(STACKTRACE), disclosure(EXCEPTION));
        Self {
            enabled: reader.value("actuator.errors.enabled"),
            format: format(reader),
            includes: Includes {
                message: named(reader, "server.error.include-message")
                    .unwrap_or(defaults.includes.message),
                path: named(reader, "server.error.include-path").unwrap_or(defaults.includes.path),
            },
            stacktrace,
            exception,
            roles,
            request_id: reader.value_or("actuator.errors.include-request-id", defaults.request_id),
            sanitizer: defaults.sanitizer,
        }
    }

    /// The words of an error as callers may read them: without secrets and statements, and not too
    /// long.
    pub(in crate::web) fn told(&self, words: &str) -> String {
        let clean = self.sanitizer.sanitize_text(words);
        shortened(&without_sql(&clean), MAX_MESSAGE).to_owned()
    }
}

/// The value under the newer name, else under the older one.
fn named<T: FromSetting>(reader: &mut SettingsReader<'_>, older: &str) -> Option<T> {
    let newer = older.replacen("server.error.", "spring.web.error.", 1);
    reader.value(&newer).or_else(|| reader.value(older))
}

fn format(reader: &mut SettingsReader<'_>) -> ErrorFormat {
    let alias: bool = reader.value_or("spring.mvc.problemdetails.enabled", false);
    let format = reader.value("actuator.errors.format");
    format.unwrap_or(if alias { ErrorFormat::Problem } else { ErrorFormat::Spring })
}

impl IncludeAttribute {
    /// Whether a member is shown to who sent this query. `parameter` is its name there.
    pub(in crate::web) fn shows(self, parameter: &str, query: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::OnParam => asks_for(parameter, query),
        }
    }
}

impl Disclosure {
    /// Whether it is shown to this caller.
    pub(super) fn shows(
        self,
        parameter: &str,
        query: &str,
        caller: Option<&Principal>,
        roles: &[String],
    ) -> bool {
        // Nobody has one of no roles: here an empty list is not "any caller".
        let authorized =
            || !roles.is_empty() && caller.is_some_and(|caller| caller.has_any_role(roles));
        match self {
            Self::Never => false,
            Self::WhenAuthorized => authorized(),
            Self::OnParam => asks_for(parameter, query) && authorized(),
            Self::Always => true,
        }
    }
}

/// Whether a query has this parameter, and it is not `false`, as Spring reads it.
fn asks_for(parameter: &str, query: &str) -> bool {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .any(|(name, value)| name == parameter && !value.eq_ignore_ascii_case("false"))
}

impl FromSetting for IncludeAttribute {
    fn from_setting(text: &str) -> Result<Self, String> {
        const CHOICES: [(&str, IncludeAttribute); 3] = [
            ("never", IncludeAttribute::Never),
            ("always", IncludeAttribute::Always),
            ("on-param", IncludeAttribute::OnParam),
        ];
        one_of(text, &CHOICES)
    }
}

impl FromSetting for Disclosure {
    fn from_setting(text: &str) -> Result<Self, String> {
        const CHOICES: [(&str, Disclosure); 4] = [
            ("never", Disclosure::Never),
            ("when-authorized", Disclosure::WhenAuthorized),
            ("on-param", Disclosure::OnParam),
            ("always", Disclosure::Always),
        ];
        // Whether the type of an error is shown is true or false in Spring.
        match text.trim() {
            "true" => Ok(Self::Always),
            "false" => Ok(Self::Never),
            text => one_of(text, &CHOICES),
        }
    }
}

impl FromSetting for ErrorFormat {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("spring", Self::Spring), ("problem", Self::Problem)])
    }
}

//! Who is asking, once somebody has found out.

/// An authenticated caller and the roles it holds.
///
/// Middleware of the application may say who calls with
/// [`set_principal`](crate::request::set_principal): it is the caller of the management API then,
/// too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The name, as it is shown in audit events and HTTP exchanges.
    pub name: String,
    /// The roles, without a `ROLE_` prefix.
    pub roles: Vec<String>,
}

impl Principal {
    /// A caller with roles; a prefix `ROLE_` of theirs is cut.
    #[must_use]
    pub fn new<R: AsRef<str>>(name: impl Into<String>, roles: impl IntoIterator<Item = R>) -> Self {
        let bare = |role: R| {
            let role = role.as_ref();
            role.strip_prefix("ROLE_").unwrap_or(role).to_owned()
        };
        Self { name: name.into(), roles: roles.into_iter().map(bare).collect() }
    }

    /// Whether the caller holds one of `roles`; an empty list asks for nothing but a caller.
    #[must_use]
    pub fn has_any_role(&self, roles: &[String]) -> bool {
        roles.is_empty()
            || roles.iter().any(|wanted| {
                let wanted = wanted.strip_prefix("ROLE_").unwrap_or(wanted);
                self.roles.iter().any(|role| role == wanted)
            })
    }
}

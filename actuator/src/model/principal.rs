//! Who is asking, once somebody has found out.

/// An authenticated caller and the roles it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The name, as it is shown in audit events and HTTP exchanges.
    pub name: String,
    /// The roles, without a `ROLE_` prefix.
    pub roles: Vec<String>,
}

impl Principal {
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

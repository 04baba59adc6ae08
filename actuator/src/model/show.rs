//! Who may see the finer parts of an answer (`show-details`, `show-components`, `show-values`).

use super::principal::Principal;

/// Spring's three levels of showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Nobody sees it.
    Never,
    /// Authenticated callers that hold one of the configured roles see it.
    WhenAuthorized,
    /// Everybody sees it.
    Always,
}

impl Show {
    /// Whether this caller sees it; no role asks for nothing but a caller.
    pub fn allows(self, principal: Option<&Principal>, roles: &[String]) -> bool {
        match self {
            Self::Never => false,
            Self::WhenAuthorized => principal.is_some_and(|caller| caller.has_any_role(roles)),
            Self::Always => true,
        }
    }
}

/// Who sees the values of an endpoint (`show-values` and `roles` of `env`, `configprops`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowValues {
    /// Who sees values (`show-values`).
    pub show: Show,
    /// The roles that `when-authorized` asks for (`roles`).
    pub roles: Vec<String>,
}

impl ShowValues {
    /// Whether this caller sees values.
    pub fn allows(&self, caller: Option<&Principal>) -> bool {
        self.show.allows(caller, &self.roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_authorized_asks_for_a_caller_with_one_of_the_roles() {
        let caller = Principal { name: "ada".to_owned(), roles: vec!["ADMIN".to_owned()] };
        let admin = ["ROLE_ADMIN".to_owned()];
        let other = ["AUDITOR".to_owned()];
        assert!(!Show::WhenAuthorized.allows(None, &[]));
        assert!(Show::WhenAuthorized.allows(Some(&caller), &[]));
        assert!(Show::WhenAuthorized.allows(Some(&caller), &admin));
        assert!(!Show::WhenAuthorized.allows(Some(&caller), &other));
        assert!(!Show::Never.allows(Some(&caller), &[]));
        assert!(Show::Always.allows(None, &other));
    }
}

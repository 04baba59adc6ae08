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

    /// Reads the text of a setting, loosely as Spring does (`when-authorized`,
    /// `WHEN_AUTHORIZED`). The error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let letters: String =
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        match letters.as_str() {
            "never" => Ok(Self::Never),
            "whenauthorized" => Ok(Self::WhenAuthorized),
            "always" => Ok(Self::Always),
            _ => Err("expected never, when-authorized or always".to_owned()),
        }
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

    #[test]
    fn levels_are_read_loosely() {
        assert_eq!(Show::parse("WHEN_AUTHORIZED"), Ok(Show::WhenAuthorized));
        assert_eq!(Show::parse("always"), Ok(Show::Always));
        assert!(Show::parse("sometimes").is_err());
    }
}

//! How much of an endpoint may be used: none, only reading, or all of it.

use std::fmt;

/// The access granted to an endpoint (`management.endpoint.<id>.access`), ordered from least to
/// most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// The endpoint does not exist.
    None,
    /// Only its read operations exist.
    ReadOnly,
    /// All of its operations exist.
    Unrestricted,
}

impl Access {
    /// The least of the two, for capping by `management.endpoints.access.max-permitted`.
    #[must_use]
    pub fn cap(self, max_permitted: Self) -> Self {
        self.min(max_permitted)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::ReadOnly => "read-only",
            Self::Unrestricted => "unrestricted",
        })
    }
}

//! Lists of header names.

use super::listed;
use crate::settings::SettingsReader;

/// Names of headers: all, or those of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderNames {
    /// Every name.
    All,
    /// These, in lower case; one that ends in `*` stands for all that begin so.
    Listed(Vec<String>),
}

impl HeaderNames {
    /// No name.
    pub const NONE: Self = Self::Listed(Vec::new());

    /// Reads a list; `*` is all. `None` if it is not set.
    pub(super) fn read(reader: &mut SettingsReader<'_>, name: &str) -> Option<Self> {
        let mut names = Vec::new();
        for value in listed(reader, name)? {
            let value = value.trim().to_ascii_lowercase();
            let start = value.strip_suffix('*').unwrap_or(&value);
            if !start.bytes().all(is_token) {
                let expected = "is no name of a header, nor the beginning of one with * behind it";
                reader.reject(name, format_args!("{value} {expected}"));
            }
            names.push(value);
        }
        Some(if names.iter().any(|name| name == "*") { Self::All } else { Self::Listed(names) })
    }

    /// Whether a name in lower case is among them.
    pub(super) fn includes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(names) => names.iter().any(|listed| match listed.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => listed == name,
            }),
        }
    }
}

/// RFC 9110 5.6.2, without `*`, which has a meaning here.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte)
}

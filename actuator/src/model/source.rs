//! Where something was declared, so that every message can point at it.

use std::fmt;

/// The place of a declaration in somebody's source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The package that declares it, as in `CARGO_PKG_NAME`.
    pub package: &'static str,
    /// The path of the declaring item, for example `shop::checks::db`.
    pub path: &'static str,
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line in the file, from 1.
    pub line: u32,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

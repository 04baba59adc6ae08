//! A frame of a stack, in the words of thread dumps and profiles.

use std::fmt;

/// One function that is being executed. One that the compiler put into its caller is a frame too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StackFrame {
    /// What the function belongs to: the path of its module, with the type if it has one; for a
    /// function of C the file that it was loaded from. Java's class.
    pub scope: Box<str>,
    /// The function, and the closures in it. An address in hexadecimal digits where nobody knows
    /// its name.
    pub function: Box<str>,
    /// The source file, below the folder of its package.
    pub file: Option<Box<str>>,
    /// The line that is being executed, or the call in it.
    pub line: Option<u32>,
    /// Whether it is none of Rust's.
    pub is_native: bool,
}

impl fmt::Display for StackFrame {
    /// Its full name: `tokio::runtime::park::Inner::park`, `epoll_wait`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.scope, self.is_native) {
            ("", _) | (_, true) => f.write_str(&self.function),
            (scope, false) => write!(f, "{scope}::{}", self.function),
        }
    }
}

//! The one error of the public API: opaque, with predicates and a message that says what to do.

use std::{error::Error as StdError, fmt};

/// The result of what this crate can refuse.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a start was refused, or why a probe got no answer.
///
/// The message (`Display`) names every culprit at once, each with its place (file and line,
/// setting, variable) and the remedy. Nothing that happens after the start, such as an admin
/// server that is down, is ever an `Error`: it is logged and shown.
pub struct Error {
    kind: ErrorKind,
    message: String,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    Declaration,
    Setting,
    Bind,
    Runtime,
    Probe,
    Application,
    /// The service ended, and the process is to do so with this code.
    Exit(u8),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None }
    }

    pub(crate) fn with_cause(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Declarations conflict, or ask for components that nobody registered.
    pub fn is_declaration(&self) -> bool {
        self.kind == ErrorKind::Declaration
    }

    /// A setting cannot be read or contradicts another.
    pub fn is_setting(&self) -> bool {
        self.kind == ErrorKind::Setting
    }

    /// A listener cannot be opened.
    pub fn is_bind(&self) -> bool {
        self.kind == ErrorKind::Bind
    }

    /// The surrounding runtime does not allow what was asked.
    pub fn is_runtime(&self) -> bool {
        self.kind == ErrorKind::Runtime
    }

    /// A probe got no answer from the running instance.
    pub fn is_probe(&self) -> bool {
        self.kind == ErrorKind::Probe
    }

    /// The application's own set-up failed; `source()` has its error.
    pub fn is_application(&self) -> bool {
        self.kind == ErrorKind::Application
    }

    /// The code with which the process is to end because of this: what the application or a signal
    /// said if the service has ended, else 1.
    pub fn exit_code(&self) -> u8 {
        if let ErrorKind::Exit(code) = self.kind { code } else { 1 }
    }

    /// A service that has ended with a code.
    pub(crate) fn exit(code: u8, reason: &str) -> Self {
        Self::new(ErrorKind::Exit(code), format!("ended with exit code {code} ({reason})"))
    }

    /// The error behind this one, if there is one.
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }

    /// Wraps an error of the application's own set-up code.
    pub fn application(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let cause = cause.into();
        Self::new(ErrorKind::Application, format!("the application's set-up failed: {cause}"))
            .with_cause(cause)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// `fn main() -> actuator::Result<()>` prints the Debug form: it has to be the readable one.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Any error of the application's own, so that `?` works in its set-up.
///
/// `Error` itself does not implement `std::error::Error`: the two exclude each other. It
/// converts into a `Box<dyn std::error::Error>` all the same.
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Self {
        Self::application(cause)
    }
}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

/// What an [`Error`] is inside a box.
struct Boxed(Error);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for Boxed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

//! Which package is running, as its own compilation knows it.

/// The package whose `main` calls [`crate::serve!`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// `CARGO_PKG_NAME`; the application's name unless `spring.application.name` says otherwise.
    pub name: &'static str,
    /// `CARGO_PKG_VERSION`.
    pub version: &'static str,
}

//! Whether what came back is an error. The type decides, not how it is spelt: an alias of
//! `Result` is one. A method of the type itself goes before that of a trait, so that the one for
//! results is taken where it fits.

use std::any::type_name;

use super::Failure;

/// What a function gave back.
#[derive(Debug)]
pub struct Returned<'r, T>(pub &'r T);

impl<T, E> Returned<'_, Result<T, E>> {
    /// The type of the error, if it is one.
    #[inline]
    pub fn error(&self) -> Option<Failure> {
        self.0.is_err().then(|| Failure::Type(type_name::<E>()))
    }
}

/// What is no result is no error.
pub trait AnyReturned {
    /// None.
    fn error(&self) -> Option<Failure>;
}

impl<T> AnyReturned for Returned<'_, T> {
    #[inline]
    fn error(&self) -> Option<Failure> {
        None
    }
}

/// What may hold an error that has a name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no error that could be named",
    label = "not for a `Result`",
    note = "`error = …` names the error of a function that returns a `Result`; remove it"
)]
pub trait Fallible {
    /// The error.
    type Error;

    /// The error, if it is one.
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> Fallible for Result<T, E> {
    type Error = E;

    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// The error that was returned, if it was one.
#[inline]
pub fn error_of<R: Fallible>(returned: &R) -> Option<&R::Error> {
    returned.error()
}

/// Calls a closure. Where one is given to this function, the compiler knows that it is called
/// once, so that it may give back what it has captured.
#[inline]
pub fn call<T>(function: impl FnOnce() -> T) -> T {
    function()
}

/// A value that is never made: its type tells the compiler what a block gives.
pub fn never<T>() -> T {
    unreachable!("only its type is asked for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_known_whatever_they_are_called() {
        type Answer = std::io::Result<u8>;
        let failed: Answer = Err(std::io::ErrorKind::NotFound.into());
        assert_eq!(Returned(&failed).error(), Some(Failure::Type("std::io::error::Error")));
        let worked: Answer = Ok(1);
        assert_eq!(Returned(&worked).error(), None);
        assert_eq!(Returned(&Some(1)).error(), None);
        assert_eq!(Returned(&()).error(), None);
    }
}

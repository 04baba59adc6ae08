//! How a call ends, and what tags say about it.

use crate::support::text::shortened;

/// How a call has ended. Types are told apart by their full names, and shown by their last words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It came back, and not with an error.
    Success,
    /// It came back with an error.
    Failure(Failure),
    /// It panicked.
    Panic,
    /// Its future was dropped before its end.
    Cancelled,
}

/// Which error came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// One of this type, by the compiler's name for it.
    Type(&'static str),
    /// What the application calls it.
    Named(&'static str),
}

/// What the tag `exception` says of an error.
pub fn exception(failure: Failure) -> String {
    Ending::Failure(failure).exception()
}

/// The longest value of the tag `exception`.
const MAX_BYTES: usize = 100;

impl Ending {
    /// The value of the tag `exception`.
    pub(super) fn exception(self) -> String {
        match self {
            Self::Success => "none".to_owned(),
            Self::Failure(Failure::Type(name)) => exception_of_type(name),
            Self::Failure(Failure::Named(name)) => shortened(name, MAX_BYTES).to_owned(),
            Self::Panic => "panic".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
        }
    }

    /// The value of the tag `outcome`.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failure(_) | Self::Panic => "ERROR",
            Self::Cancelled => "UNKNOWN",
        }
    }

    /// How a call has ended that did not come back.
    pub(super) fn abandoned() -> Self {
        if std::thread::panicking() { Self::Panic } else { Self::Cancelled }
    }
}

/// The value of the tag `exception` for an error of a type, by the compiler's name for it.
pub fn exception_of_type(type_name: &str) -> String {
    shortened(&simple_name(type_name), MAX_BYTES).to_owned()
}

/// The last word of a type's name: `shop::OrderError` is `OrderError`, and so is what is boxed or
/// borrowed; parameters are left out.
fn simple_name(type_name: &str) -> String {
    let mut name = type_name.trim();
    loop {
        let inner = name.strip_prefix('&').or_else(|| name.strip_prefix("mut "));
        name = match inner.or_else(|| boxed(name)).or_else(|| name.strip_prefix("dyn ")) {
            Some(inner) => inner.trim(),
            None => break,
        };
    }
    if name.starts_with('(') {
        return words(name);
    }
    let end = name.find(['<', '+', ' ', ',']).unwrap_or(name.len());
    let path = name.get(..end).unwrap_or(name);
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// `T` of `Box<T>`, `Arc<T>` and `Rc<T>`.
fn boxed(name: &str) -> Option<&str> {
    let of = |container: &str| name.strip_prefix(container)?.strip_suffix('>');
    ["alloc::boxed::Box<", "alloc::sync::Arc<", "alloc::rc::Rc<"].into_iter().find_map(of)
}

/// A tuple with the paths before its types left out.
fn words(name: &str) -> String {
    let parts = name.split_inclusive(['(', ')', ',', ' ', '<', '>']);
    parts.map(|part| part.rsplit("::").next().unwrap_or(part)).collect()
}

#[cfg(test)]
mod tests {
    use std::{any::type_name, error::Error, io, sync::Arc};

    use super::*;

    struct OrderError<T>(std::marker::PhantomData<T>);

    #[test]
    fn an_error_is_shown_by_the_last_word_of_its_type() {
        let shown = |name| Ending::Failure(Failure::Type(name)).exception();
        assert_eq!(shown(type_name::<io::Error>()), "Error");
        assert_eq!(shown(type_name::<OrderError<Vec<u8>>>()), "OrderError");
        assert_eq!(shown(type_name::<Box<OrderError<u8>>>()), "OrderError");
        assert_eq!(shown(type_name::<Arc<io::Error>>()), "Error");
        assert_eq!(shown(type_name::<Box<dyn Error + Send + Sync>>()), "Error");
        assert_eq!(shown(type_name::<&'static str>()), "str");
        assert_eq!(shown(type_name::<String>()), "String");
        assert_eq!(shown(type_name::<()>()), "()");
        assert_eq!(shown(type_name::<(io::ErrorKind, String)>()), "(ErrorKind, String)");
        assert_eq!(Ending::Failure(Failure::Named("sold::out")).exception(), "sold::out");
        assert_eq!(shown(Box::leak("é".repeat(99).into_boxed_str())).len(), 100);
    }
}

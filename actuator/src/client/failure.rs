//! The kind of an error, as the tag `exception`: a small set of names.

use std::{
    any::{Any, type_name},
    error::Error,
    io,
};

use crate::support::text::simple_type_name;

type BoxError = Box<dyn Error + Send + Sync>;

/// What an error of a client is called: the kind of the I/O error that caused it, else the simple
/// name of its type.
pub fn name_of<E: 'static>(error: &E) -> &'static str {
    let any: &dyn Any = error;
    let boxed = any.downcast_ref::<BoxError>().map(|error| -> &(dyn Error + 'static) { &**error });
    let io = any.downcast_ref::<io::Error>().map(|error| -> &(dyn Error + 'static) { error });
    boxed.or(io).and_then(io_kind).unwrap_or_else(|| simple_type_name(type_name::<E>()))
}

/// The kind of the I/O error among the causes, the innermost that has a name.
pub fn io_kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let own = error.downcast_ref::<io::Error>();
    // An io::Error that wraps another hides it from source().
    let wrapped = own.and_then(io::Error::get_ref).and_then(|inner| io_kind(inner));
    let inner = wrapped.or_else(|| error.source().and_then(io_kind));
    inner.or_else(|| own.and_then(|error| kind_name(error.kind())))
}

fn kind_name(kind: io::ErrorKind) -> Option<&'static str> {
    use io::ErrorKind as Kind;
    Some(match kind {
        Kind::AddrNotAvailable => "AddrNotAvailable",
        Kind::BrokenPipe => "BrokenPipe",
        Kind::ConnectionAborted => "ConnectionAborted",
        Kind::ConnectionRefused => "ConnectionRefused",
        Kind::ConnectionReset => "ConnectionReset",
        Kind::HostUnreachable => "HostUnreachable",
        Kind::InvalidData => "InvalidData",
        Kind::NetworkUnreachable => "NetworkUnreachable",
        Kind::NotConnected => "NotConnected",
        Kind::PermissionDenied => "PermissionDenied",
        Kind::TimedOut => "TimedOut",
        Kind::UnexpectedEof => "UnexpectedEof",
        _ => return None,
    })
}

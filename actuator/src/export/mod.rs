//! The edges that push meters to others.

pub(crate) mod statsd;

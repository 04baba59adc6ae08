//! One file per macro: parse → check → expand.

pub(crate) mod health_check;
pub(crate) mod provider;

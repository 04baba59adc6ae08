//! Systems that hand no sockets over.

use std::{collections::BTreeMap, net::SocketAddr};

use super::socket::BoundListener;
use crate::error::Result;

/// Nothing.
#[derive(Debug, Default)]
pub(crate) struct Inherited;

impl Inherited {
    /// There is nothing to take.
    pub(crate) fn take(_: &BTreeMap<String, String>) -> Result<Self> {
        Ok(Self)
    }

    /// Nothing once more.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        Ok(Self)
    }

    /// There is none.
    pub(crate) fn application_address(&self) -> Option<SocketAddr> {
        None
    }

    /// There is none.
    pub(crate) fn management_address(&self) -> Option<SocketAddr> {
        None
    }

    /// There is none.
    pub(crate) fn has_management(&self) -> bool {
        false
    }

    /// There is none.
    pub(in crate::server) fn application(&mut self) -> Result<Option<BoundListener>> {
        Ok(None)
    }

    /// There is none.
    pub(in crate::server) fn management(&mut self) -> Result<Option<BoundListener>> {
        Ok(None)
    }
}

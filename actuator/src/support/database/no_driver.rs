//! Stands for a driver whose feature is off.

use super::DriverVisitor;

/// Nothing to be seen.
pub fn visit(_visitor: &mut impl DriverVisitor) {}

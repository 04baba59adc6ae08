//! HTTP in: finding the operation, negotiating, reading arguments, writing answers.

mod layer;

pub use layer::ActuatorLayer;

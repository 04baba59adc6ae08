//! From link time to run time: what was declared, in a fixed order, bound to its components.

mod component;

pub use component::{Components, MissingComponent};

//! What the replay is made of.

pub mod application;
pub mod bundles;
pub mod comparison;
pub mod differences;
pub mod plan;
pub mod prometheus;
pub mod recording;
pub mod rules;
pub mod runs;
pub mod shape;
pub mod wire;

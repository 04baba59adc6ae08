//! What the measurements share: a small load generator and a table. The measurements themselves
//! stand in `benches/`: `cargo bench -p actuator-benches`.

pub mod load;
pub mod plain;
pub mod table;

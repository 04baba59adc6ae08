//! What the measurements share: load over HTTP, processes to measure
//! beside, and a table. The measurements themselves
//! stand in `benches/`: `cargo bench -p actuator-benches`.

pub mod crowd;
pub mod load;
pub mod peer;
pub mod plain;
pub mod process;
pub mod table;

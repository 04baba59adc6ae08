//! Nothing but the benches beside it: `cargo bench -p actuator-benches`.

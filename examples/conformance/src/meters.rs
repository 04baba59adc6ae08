//! The data source of the recorded application: its meters, without the thing.

use actuator::meter::{
    MeterRegistry,
    pool::{PoolMeters, PoolState},
};

/// Registers them.
pub fn register(registry: &MeterRegistry) {
    PoolMeters::register(registry, "dataSource", || PoolState {
        idle: 10,
        min: 10,
        max: Some(10),
        ..PoolState::default()
    });
}

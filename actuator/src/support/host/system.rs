//! The machine: processor usage and load.

use sysinfo::System;

/// Measures the processors of the machine between two readings.
#[derive(Debug)]
pub(crate) struct SystemUsage {
    system: Option<System>,
}

impl SystemUsage {
    /// Starts to measure: the first reading counts from here.
    pub(crate) fn new() -> Self {
        let mut system = System::new().ok();
        if let Some(system) = &mut system {
            system.refresh_cpu_usage();
        }
        Self { system }
    }

    /// The share of all processors in use since the last call, 0 to 1.
    pub(crate) fn cpu_usage(&mut self) -> Option<f64> {
        let system = self.system.as_mut()?;
        system.refresh_cpu_usage();
        let usage = f64::from(system.global_cpu_usage()) / 100.0;
        usage.is_finite().then(|| usage.clamp(0.0, 1.0))
    }

    /// The load averages of the last minute, five minutes and fifteen.
    pub(crate) fn load_averages() -> [Option<f64>; 3] {
        let load = System::load_average().ok();
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let load = load.as_ref();
        [load.map(|load| load.one), load.map(|load| load.five), load.map(|load| load.fifteen)]
            .map(finite)
    }
}

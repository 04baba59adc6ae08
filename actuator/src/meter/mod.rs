//! Meters: counters, gauges, timers, and the samples of process and system.

//! The service through its front door: started as users start it, asked over real connections.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod abuse;
mod admin_needs;
mod app;
mod attacks;
mod attacks_tricks;
mod audit;
mod audit_trail;
mod bad_input;
mod browser;
mod callers;
mod calls_pools_caches;
mod conditions;
#[cfg(feature = "debug")]
mod debug;
mod embedded;
mod env_writes;
mod error_odds;
mod errors;
mod exchanges;
mod exposure;
mod forwarded;
mod health;
mod health_engine;
mod health_events;
mod health_load;
mod health_odds;
mod health_stress;
mod health_views;
mod host_checks;
mod insides;
mod levels;
mod life;
mod life_supervised;
mod listener;
#[cfg(unix)]
mod listener_crowd;
#[cfg(feature = "http2")]
mod listener_http2;
#[cfg(unix)]
mod listener_inherited;
#[cfg(unix)]
mod listener_management;
mod listener_smuggling;
mod management_port;
mod meters;
mod metrics_bounds;
mod metrics_hostile;
mod metrics_settings;
mod metrics_stress;
mod network_checks;
mod openapi;
mod paths;
mod prometheus;
/// The same reader that the formats are tested with.
#[allow(dead_code)]
#[path = "../../src/exposition/test_messages.rs"]
mod protobuf;
mod recording;
mod refresh;
mod refusals;
mod requests;
mod runtimes;
mod sbom;
mod scheduled_tasks;
mod scrape_faults;
mod security;
mod startup;
mod startup_steps;
mod statsd;
mod stores;
/// The same reader that the formats are tested with.
#[allow(dead_code)]
#[path = "../../src/exposition/test_parser.rs"]
mod text_parser;
mod traps;
mod traps_times;
mod typed_settings;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts bytes, for what must not grow.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

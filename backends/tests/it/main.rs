//! The built-in checks and meters of databases and Redis, what their refusals become for callers, and the push to a Pushgateway, through the front door of a
//! service, against real servers.

#![allow(clippy::unwrap_used)] // a test may fail

mod constraints;
mod databases;
mod discovery;
mod histories;
mod migrations;
mod pools;
mod pushgateway;
mod redis;
mod service;
mod silence;
mod sqlite;

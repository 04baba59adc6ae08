//! The struct of settings that the recorded application has.

use std::{collections::BTreeMap, time::Duration};

use actuator::Settings;

/// How a client of the application is configured.
#[derive(Settings)]
#[settings(prefix = "demo.client")]
#[expect(dead_code, reason = "it is there to be shown")]
pub struct ClientProperties {
    #[settings(default = "http://user:secret@backend.example/api")]
    url: String,
    #[settings(default = "svc")]
    username: String,
    password: Option<String>,
    #[settings(default = "5s")]
    timeout: Duration,
    #[settings(default = 3)]
    retries: u32,
    #[settings(default = true)]
    enabled: bool,
    hosts: Vec<String>,
    limits: BTreeMap<String, u32>,
    pool: Pool,
}

/// Connections that are kept.
#[derive(Settings)]
#[expect(dead_code, reason = "it is there to be shown")]
struct Pool {
    #[settings(default = 10)]
    max: u32,
    token: Option<String>,
}

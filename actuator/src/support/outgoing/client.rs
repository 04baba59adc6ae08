//! The settings that every HTTP client has in common.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    ClientBuilder,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};

use super::{lookup::Lookup, tls::Trust};

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the first packet to a connection, TLS included.
    pub connect: Duration,
    /// How long the other side may stay silent.
    pub read: Duration,
    /// The whole call, from its start to the last byte of the answer.
    pub whole: Duration,
}

/// A client that says who it is, and does only what it is told: a redirect is an answer, nothing
/// is sent twice, no proxy is looked for, a name whose lookup hangs holds one thread. With `https`
/// it reads certificates, which blocks for some milliseconds.
pub fn client_builder(
    trust: &Trust,
    https: bool,
    timeouts: Timeouts,
    headers: HeaderMap,
) -> Result<ClientBuilder, impl fmt::Display> {
    let agent = concat!("actuator/", env!("CARGO_PKG_VERSION"));
    let mut all = HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]);
    all.extend(headers);
    trust.configure(reqwest::Client::builder(), https).map(|builder| {
        builder
            .default_headers(all)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Arc::new(Lookup::system()))
            // A connection that idles until the next call is as good as a closed one.
            .pool_max_idle_per_host(0)
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .timeout(timeouts.whole)
    })
}

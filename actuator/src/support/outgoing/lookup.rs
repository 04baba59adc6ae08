//! From a name to its addresses, as the operating system resolves it.
//!
//! The system's resolver blocks its thread and cannot be cancelled, so it runs beside the runtime,
//! and a name that hangs holds one thread, however often it is asked for.

use std::{fmt, io, net::IpAddr, net::SocketAddr, pin::Pin, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::support::single_flight::SingleFlight;

/// What resolves a name.
type Resolver = dyn Fn(String) -> Answer + Send + Sync;
type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Resolves names; clones share the lookups that are under way.
#[derive(Clone)]
pub struct Lookup {
    flights: Arc<SingleFlight<String, Result<Vec<IpAddr>, String>>>,
    resolve: Arc<Resolver>,
}

impl Lookup {
    /// The operating system's way: `/etc/hosts`, name servers, and what else it is set up for.
    pub fn system() -> Self {
        Self::with(|host| async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }

    /// Another way.
    pub fn with<F>(resolve: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        Self { flights: Arc::default(), resolve: Arc::new(move |host| Box::pin(resolve(host))) }
    }

    /// The addresses of `host`, each once, in the resolver's order; of an address, itself.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let key = host.to_owned();
        let resolve = Arc::clone(&self.resolve);
        let asked = key.clone();
        let found = self.flights.run(key, || async move {
            let mut found = resolve(asked).await.map_err(|error| error.to_string())?;
            let mut seen = std::collections::BTreeSet::new();
            found.retain(|address| seen.insert(*address));
            Ok(found)
        });
        found.await.unwrap_or_else(|| Err("the lookup ended without an answer".to_owned()))
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").finish_non_exhaustive()
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.clone();
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

//! Bundles of certificates where subjects meet: in info, in health, and as meters.

use std::{
    fmt, future,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::runtime::Handle;

use super::{insides::ListenerCertificates, tls::BundleFiles};
use crate::{
    certs::{ChainStanding, SslBundles, seconds_until},
    endpoint::{ChainDescriptor, SslDescriptor},
    health::{Health, HealthCheck, Status},
    meter::{FunctionRows, MeterRegistry, Tag, as_f64},
    model::{endpoint::BoxFuture, provider::Provider},
    settings::{LiveSettings, SettingsReader},
    support::clock::Clock,
};

/// The name of the section of info and of the check, as Spring's.
pub(super) const NAME: &str = "ssl";
/// The pause after a look at the files that has panicked.
const AFTER_PANIC: Duration = Duration::from_mins(1);

/// The bundles, and who follows them; clones are the same.
#[derive(Clone, Default)]
pub(super) struct Bundles {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    loaded: SslBundles,
    /// Locked while what it says is put into force.
    files: Mutex<BundleFiles>,
    listeners: ListenerCertificates,
    rows: OnceLock<FunctionRows>,
    /// Where files are looked at from, once that is known.
    handle: OnceLock<Handle>,
    is_watched: AtomicBool,
}

impl Bundles {
    /// Those of these files; what `listeners` use of them is as they have it.
    pub(super) fn new(files: BundleFiles, listeners: ListenerCertificates) -> Self {
        let shared = Shared { files: Mutex::new(files), listeners, ..Shared::default() };
        shared.change(|_| {});
        Self { shared: Arc::new(shared) }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.shared.loaded.list().is_empty()
    }

    /// How long each chain lasts, by the certificate that ends first; asked for when it is read.
    pub(super) fn bind_meters(&self, registry: &MeterRegistry) {
        let rows = registry
            .meter("ssl.chain.expiry")
            .description("SSL certificate chain expiry for key store and trust store chains")
            .base_unit("seconds")
            .function_rows();
        // It is bound once.
        let _ = self.shared.rows.set(rows);
        self.shared.show_rows();
    }

    /// The section of info.
    pub(super) fn section(&self) -> Provider {
        let loaded = self.shared.loaded.clone();
        let provide = move || -> BoxFuture<'static, _> {
            let bundles = loaded.list();
            let told = SslDescriptor::of(&bundles, Clock::system().now());
            Box::pin(future::ready(serde_json::to_value(told).map_err(|error| error.to_string())))
        };
        Provider { name: NAME.to_owned(), source: None, provide: Arc::new(provide) }
    }

    /// The check of the certificates that are shown to others: out of service if one is not valid.
    /// What ends within `soon` is listed too.
    pub(super) fn check(&self, soon: Duration) -> HealthCheck {
        let loaded = self.shared.loaded.clone();
        HealthCheck::new(NAME, move || future::ready(health(&loaded, soon)))
    }

    /// Takes part in every change of settings.
    pub(super) fn follow(&self, live: &LiveSettings) {
        let bundles = self.clone();
        live.join_for(["spring.ssl.bundle"], move |settings| {
            let mut reader = SettingsReader::new(settings);
            let files = bundles.shared.files().read_again(&mut reader);
            reader.finish()?;
            let bundles = bundles.clone();
            Ok(Box::new(move || {
                bundles.shared.change(|present| *present = files);
                bundles.begin();
            }))
        });
    }

    /// Looks at the files from time to time, in the runtime of `handle`; the first one counts.
    pub(super) fn watch(&self, handle: &Handle) {
        // Asked for again by whoever registers the service.
        let _ = self.shared.handle.set(handle.clone());
        self.begin();
    }

    fn begin(&self) {
        let Some(handle) = self.shared.handle.get() else { return };
        if !self.shared.files().is_empty() && !self.shared.is_watched.swap(true, SeqCst) {
            handle.spawn(watch(Arc::downgrade(&self.shared)));
        }
    }
}

/// As long as somebody else has the bundles.
async fn watch(shared: Weak<Shared>) {
    loop {
        let Some(there) = shared.upgrade() else { return };
        // Files may be on a network.
        let looked = tokio::task::spawn_blocking(move || {
            there.look();
            there.files().pause()
        });
        let pause = match looked.await {
            Ok(pause) => pause,
            // The next look may go better.
            Err(error) if error.is_panic() => AFTER_PANIC,
            Err(_) => return,
        };
        tokio::time::sleep(pause).await;
    }
}

impl Shared {
    fn files(&self) -> std::sync::MutexGuard<'_, BundleFiles> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads again what has changed. Blocks.
    fn look(&self) {
        let in_force = self.listeners.list();
        self.change(|files| files.look(&in_force));
    }

    fn change(&self, change: impl FnOnce(&mut BundleFiles)) {
        let mut files = self.files();
        change(&mut files);
        if self.loaded.replace(files.bundles(&self.listeners.list())) {
            self.show_rows();
        }
    }

    /// A series for each chain.
    fn show_rows(&self) {
        let Some(rows) = self.rows.get() else { return };
        let bundles = self.loaded.list();
        let chains = bundles.iter().flat_map(|bundle| {
            let stores = bundle.stores().into_iter();
            stores.flat_map(move |(store, chains)| {
                chains.iter().map(move |chain| (&bundle.name, store, chain))
            })
        });
        rows.set(chains.filter_map(|(bundle, store, chain)| {
            let tags = vec![
                Tag::new("bundle", bundle),
                Tag::new("certificate", &chain.first_to_end()?.serial),
                Tag::new("chain", &chain.alias),
                Tag::new("source", store),
            ];
            let (loaded, bundle, alias) =
                (self.loaded.clone(), bundle.clone(), chain.alias.clone());
            let seconds = move || match loaded.end_of(&bundle, store, &alias) {
                Some(end) => signed(seconds_until(end, Clock::system().now())),
                None => f64::NAN,
            };
            Some((tags, Box::new(seconds) as _))
        }));
    }
}

fn signed(seconds: i64) -> f64 {
    let size = as_f64(seconds.unsigned_abs());
    if seconds < 0 { -size } else { size }
}

fn health(loaded: &SslBundles, soon: Duration) -> Health {
    let (bundles, now) = (loaded.list(), Clock::system().now());
    let (mut expiring, mut invalid, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for chain in bundles.iter().flat_map(|bundle| &bundle.key_store) {
        let told = || ChainDescriptor::of(chain, now);
        match chain.standing(now, soon) {
            ChainStanding::Valid => valid.push(told()),
            // It is valid too.
            ChainStanding::ExpiresSoon => {
                expiring.push(told());
                valid.push(told());
            }
            ChainStanding::Invalid => invalid.push(told()),
        }
    }
    let status = if invalid.is_empty() { Status::UP } else { Status::OUT_OF_SERVICE };
    Health::new(status)
        .with_detail("expiringChains", expiring)
        .with_detail("invalidChains", invalid)
        .with_detail("validChains", valid)
}

impl fmt::Debug for Bundles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundles").field("loaded", &self.shared.loaded).finish_non_exhaustive()
    }
}

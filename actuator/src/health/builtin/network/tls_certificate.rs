//! How long a certificate will last: one in a file, or the one that a server shows.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::{Instant, timeout_at};

use super::outgoing::{TIMEOUT, bounded, named, refused};
use crate::{
    error::Result,
    health::{Health, HealthCheck, HealthIndicator},
    model::endpoint::BoxFuture,
    support::{
        certificate::Certificate,
        clock::Clock,
        outgoing::{HostPort, Lookup, PeerReader, Trust, chain_of_file, connect},
        single_flight::SingleFlight,
        time::iso_instant,
    },
};

const DAY: u64 = 24 * 60 * 60;
/// Below how many days a certificate is a warning unless told otherwise.
const WARN_BELOW: u32 = 14;

/// UP while a certificate is valid for a while, a warning (RESTRICTED) in its last 14 days, DOWN
/// when it is expired, not valid yet, or cannot be read.
///
/// ```
/// # fn main() -> actuator::Result<()> {
/// use actuator::checks::TlsCertificate;
///
/// let own = TlsCertificate::file("/etc/tls/tls.crt").warn_below_days(30);
/// let shop = TlsCertificate::server("shop.example:443")?;
/// # let _ = (own, shop); Ok(())
/// # }
/// ```
///
/// Of a chain, the certificate that ends first decides, and is the one that is shown. That of a
/// server is read whether or not it is trusted; trust is a detail, unless
/// [`require_trust`](Self::require_trust) makes it a condition.
#[derive(Clone, Debug)]
pub struct TlsCertificate {
    plan: Arc<Plan>,
}

#[derive(Clone, Debug)]
struct Plan {
    source: Source,
    warn_below: u32,
    require_trust: bool,
    timeout: Duration,
    clock: Clock,
}

#[derive(Clone, Debug)]
enum Source {
    File { path: PathBuf, reads: Arc<SingleFlight<(), Result<Vec<Certificate>, String>>> },
    Server { target: HostPort, name: String, lookup: Lookup, reader: PeerReader },
}

/// What was found.
struct Found {
    chain: Vec<Certificate>,
    /// Whether a server's is trusted; `None` of a file.
    trust: Option<Result<(), String>>,
}

impl TlsCertificate {
    /// The certificates of a PEM file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::File { path: path.into(), reads: Arc::default() })
    }

    /// The certificates that the server at `host:port` shows to callers of that host.
    pub fn server(address: &str) -> Result<Self> {
        HostPort::parse(address).map(Self::at).map_err(refused)
    }

    /// A host and a port, or the path of a file: what has a slash, or ends as such files do.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let ends = ["pem", "crt", "cer"];
        let extension = Path::new(text).extension().and_then(|extension| extension.to_str());
        if text.contains(['/', '\\']) || extension.is_some_and(|found| ends.contains(&found)) {
            return Ok(Self::file(text));
        }
        HostPort::parse(text).map(Self::at).map_err(|_| {
            "expected a host and a port such as example.org:443, or the path of a PEM file such as \
             /etc/tls/tls.crt"
                .to_owned()
        })
    }

    /// Asks the server for the certificate of another name than that of its host (SNI).
    #[must_use]
    pub fn server_name(self, other: &str) -> Self {
        self.with(|plan| {
            if let Source::Server { name, .. } = &mut plan.source {
                other.clone_into(name);
            }
        })
    }

    /// Below how many days left it is a warning; 14 by default.
    #[must_use]
    pub fn warn_below_days(self, days: u32) -> Self {
        self.with(|plan| plan.warn_below = days)
    }

    /// Makes a server's certificate DOWN that is not trusted, or made for another name.
    #[must_use]
    pub fn require_trust(self) -> Self {
        self.with(|plan| plan.require_trust = true)
    }

    /// Trusts only the authorities of this PEM file, instead of those of the operating system.
    /// The file is read at once.
    pub fn trust_only(self, file: impl AsRef<Path>) -> Result<Self> {
        let mut trust = Trust::default();
        trust.trust_only(file.as_ref()).map_err(refused)?;
        Ok(self.with_trust(trust))
    }

    pub(super) fn with_trust(self, trust: Trust) -> Self {
        self.with(|plan| {
            if let Source::Server { reader, .. } = &mut plan.source {
                *reader = PeerReader::new(trust);
            }
        })
    }

    /// How long it may take; 3 seconds by default.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|plan| plan.timeout = bounded(timeout))
    }

    /// This check at `path` (`shop`, `brokers/eu`), for [`App::add_health_check`]. Its deadline
    /// is behind its own timeout, so that it is the check that says what it waited for.
    ///
    /// [`App::add_health_check`]: crate::App::add_health_check
    pub fn named(self, path: impl Into<String>) -> HealthCheck {
        let timeout = self.plan.timeout;
        named(path, self, timeout)
    }

    fn at(target: HostPort) -> Self {
        let name = target.host.clone();
        let reader = PeerReader::new(Trust::default());
        Self::new(Source::Server { target, name, lookup: Lookup::system(), reader })
    }

    fn new(source: Source) -> Self {
        let plan = Plan {
            source,
            warn_below: WARN_BELOW,
            require_trust: false,
            timeout: TIMEOUT,
            clock: Clock::system(),
        };
        Self { plan: Arc::new(plan) }
    }

    fn with(mut self, change: impl FnOnce(&mut Plan)) -> Self {
        change(Arc::make_mut(&mut self.plan));
        self
    }
}

impl HealthIndicator for TlsCertificate {
    fn check(&self) -> BoxFuture<'static, Health> {
        let plan = Arc::clone(&self.plan);
        Box::pin(async move {
            match plan.source.read(plan.timeout).await {
                Ok(found) => plan.judge(&found),
                Err(error) => plan.source.shown(Health::from_error(error)),
            }
        })
    }
}

impl Source {
    async fn read(&self, limit: Duration) -> Result<Found, String> {
        let deadline = Instant::now() + limit;
        let late = || format!("no answer within {}", humantime::format_duration(limit));
        match self {
            Self::File { path, reads } => {
                let path = path.clone();
                let read = reads.run((), || async {
                    let read = tokio::task::spawn_blocking(move || chain_of_file(&path)).await;
                    read.unwrap_or_else(|_| Err("the runtime is shutting down".to_owned()))
                });
                let chain = timeout_at(deadline, read).await.map_err(|_| late())?;
                let chain = chain.ok_or("the runtime is shutting down")??;
                Ok(Found { chain, trust: None })
            }
            Self::Server { target, name, lookup, reader } => {
                let stream = connect(target, lookup, limit).await?;
                let shown = timeout_at(deadline, reader.read(stream, name)).await;
                let shown = shown.map_err(|_| format!("{} to the TLS handshake", late()))??;
                let chain: Result<_, _> =
                    shown.chain.iter().map(|der| Certificate::of_der(der)).collect();
                Ok(Found { chain: chain?, trust: Some(shown.trust) })
            }
        }
    }

    /// Adds where the certificates come from.
    fn shown(&self, health: Health) -> Health {
        match self {
            Self::File { path, .. } => health.with_detail("file", path.to_string_lossy()),
            Self::Server { target, .. } => health.with_detail("address", target.to_string()),
        }
    }
}

impl Plan {
    fn judge(&self, found: &Found) -> Health {
        let now = self.clock.now();
        let early = found.chain.iter().find(|certificate| certificate.not_before > now);
        let first_to_end = found.chain.iter().min_by_key(|certificate| certificate.not_after);
        let Some(certificate) = early.or(first_to_end) else {
            return self.source.shown(Health::from_error("no certificate"));
        };
        let days = days_left(certificate.not_after, now);
        let distrust = found.trust.as_ref().and_then(|trust| trust.as_ref().err());
        let (health, error) = self.verdict(certificate, early.is_some(), days, distrust);
        let health = self
            .source
            .shown(health)
            .with_detail("subject", &certificate.subject)
            .with_detail("issuer", &certificate.issuer)
            .with_detail("notBefore", iso_instant(certificate.not_before))
            .with_detail("notAfter", iso_instant(certificate.not_after))
            .with_detail("daysLeft", days);
        let health = match &found.trust {
            Some(trust) => health.with_detail("trusted", trust.is_ok()),
            None => health,
        };
        let health = match distrust {
            Some(reason) => health.with_detail("trustError", reason),
            None => health,
        };
        match error {
            Some(error) => health.with_detail("error", error),
            None => health,
        }
    }

    /// The bare health, and why it is not UP.
    fn verdict(
        &self,
        certificate: &Certificate,
        early: bool,
        days: i64,
        distrust: Option<&String>,
    ) -> (Health, Option<String>) {
        let end = iso_instant(certificate.not_after);
        if early {
            let begin = iso_instant(certificate.not_before);
            return (Health::down(), Some(format!("not valid before {begin}")));
        }
        if days < 0 {
            return (Health::down(), Some(format!("expired on {end}")));
        }
        if let Some(reason) = distrust.filter(|_| self.require_trust) {
            return (Health::down(), Some(format!("not trusted: {reason}")));
        }
        if days < i64::from(self.warn_below) {
            let least = self.warn_below;
            let text =
                format!("expires in {days} days, on {end}: fewer than {least} days are left");
            return (Health::degraded(), Some(text));
        }
        (Health::up(), None)
    }
}

/// Whole days until `end`; negative as soon as it has passed.
fn days_left(end: SystemTime, now: SystemTime) -> i64 {
    let days = |seconds: u64| i64::try_from(seconds / DAY).unwrap_or(i64::MAX);
    match end.duration_since(now) {
        Ok(left) => days(left.as_secs()),
        Err(passed) => -1 - days(passed.duration().as_secs()),
    }
}

#[cfg(test)]
#[path = "tls_certificate_tests.rs"]
mod tests;

//! Handshakes with those who connect.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{
    Complaint, TlsSettings, client_certificate, handshakes::Handshakes, material::Material, reload,
    source::PemSource,
};
use crate::{
    model::peer::ClientCertificate,
    settings::SettingsReader,
    support::{
        certificate::{Certificate, CertificateRole, LoadedChain},
        time::iso_instant,
    },
};

/// How long a handshake may take, from the first byte to the last.
const LONGEST: Duration = Duration::from_secs(10);
/// Handshakes in progress at once; each takes some 20 KiB.
const MOST: usize = 1_000;
/// How long before its end a certificate is a warning: as Spring's
/// `management.health.ssl.certificate-validity-warning-threshold`.
pub(super) const WARN_BELOW: Duration = Duration::from_hours(14 * 24);

/// A connection that is encrypted.
pub(crate) type TlsStream<S = TcpStream> = tokio_rustls::server::TlsStream<S>;

/// The TLS of a listener. Copies are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    state: Arc<State>,
    handshakes: Handshakes,
}

/// What is in force, until something else was read.
#[derive(Debug)]
pub(super) struct State {
    current: RwLock<InForce>,
}

/// Settings, and what was read by them.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    pub(super) settings: Arc<TlsSettings>,
    pub(super) material: Arc<Material>,
}

impl Tls {
    /// Reads the files. Blocks. Certificates that expire soon are told in the log by
    /// [`Self::watch`].
    pub(crate) fn load(settings: &TlsSettings) -> Result<Self, Complaint> {
        let material = Arc::new(Material::load(settings)?);
        let current = RwLock::new(InForce { settings: Arc::new(settings.clone()), material });
        Ok(Self { state: Arc::new(State { current }), handshakes: Handshakes::new(MOST) })
    }

    /// The same certificate for another listener: a flood of handshakes at one does not push those
    /// of the other away.
    pub(crate) fn for_another_listener(&self) -> Self {
        Self { state: Arc::clone(&self.state), handshakes: Handshakes::new(MOST) }
    }

    /// Shakes hands with who connected, within ten seconds, and gives the certificate that it
    /// showed and an authority vouches for. Not to be awaited where others are accepted.
    pub(crate) async fn accept<S>(
        &self,
        stream: S,
    ) -> io::Result<(TlsStream<S>, Option<Arc<ClientCertificate>>)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let material = self.state.in_force().material;
        let mut handshake = self.handshakes.begin();
        let accepting = TlsAcceptor::from(Arc::clone(&material.config)).accept(stream);
        let stream = tokio::select! {
            accepted = timeout(LONGEST, accepting) => accepted.map_err(|_| {
                io::Error::new(io::ErrorKind::TimedOut, "no TLS handshake within 10 s")
            })??,
            () = handshake.is_in_the_way() => {
                let reason = "gave way to newer TLS handshakes";
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, reason));
            }
        };
        let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        // The service's own is that of its probe, and no client's.
        let shown = shown.filter(|certificate| **certificate != material.own);
        let shown = shown.map(|certificate| Arc::new(client_certificate::of_der(certificate)));
        Ok((stream, shown))
    }

    /// Whether HTTP/2 was agreed upon.
    pub(crate) fn speaks_http2<S>(stream: &TlsStream<S>) -> bool {
        stream.get_ref().1.alpn_protocol() == Some(b"h2")
    }

    /// Reads the files again whenever they change, as long as a copy of this is there, and says in
    /// the log when the certificate ends.
    pub(crate) fn watch(&self, handle: &Handle) {
        handle.spawn(reload::watch(Arc::downgrade(&self.state)));
    }

    /// Reads the files of settings that were read again, and gives what puts them into force; the
    /// reader knows what is wrong with other settings. With the same ones it is the files that are
    /// bad: as when they change by themselves, the old certificate goes on. Blocks.
    pub(crate) fn follow(
        &self,
        settings: &TlsSettings,
        reader: &mut SettingsReader<'_>,
    ) -> Option<Box<dyn FnOnce() + Send>> {
        let Complaint { setting, text } = match self.prepare(settings) {
            Ok(commit) => return Some(Box::new(commit)),
            Err(complaint) => complaint,
        };
        let InForce { settings: present, material } = self.state.in_force();
        if *present != *settings {
            reader.reject_hidden(&setting, text);
            return None;
        }
        Some(Box::new(move || {
            tracing::warn!(
                target: "actuator::server",
                "the certificate cannot be read again, {material} goes on: {text} ({setting})"
            );
        }))
    }

    /// Reads the files of other settings, and gives what puts them into force. Blocks.
    pub(super) fn prepare(
        &self,
        settings: &TlsSettings,
    ) -> Result<impl FnOnce() + Send + 'static, Complaint> {
        let material = Arc::new(Material::load(settings)?);
        let (state, settings) = (Arc::clone(&self.state), Arc::new(settings.clone()));
        Ok(move || state.put_into_force(InForce { settings, material }))
    }

    /// The certificates that are in force now, for the listener of this name.
    pub(crate) fn loaded(&self, listener: &str) -> Vec<LoadedChain> {
        let InForce { settings, material } = self.state.in_force();
        let chain = |source: &PemSource, role, certificates: &[Certificate]| LoadedChain {
            role,
            used_by: Some(listener.to_owned()),
            setting: source.setting.clone(),
            file: source.to_string(),
            certificates: certificates.to_vec(),
            problem: None,
        };
        let own = chain(&settings.certificate, CertificateRole::Server, &material.chain);
        let trusted = settings.trust.as_ref().filter(|_| !material.trusted.is_empty());
        let trusted =
            trusted.map(|source| chain(source, CertificateRole::Authority, &material.trusted));
        std::iter::once(own).chain(trusted).collect()
    }

    /// What looks at the files once, at each call.
    #[cfg(test)]
    pub(super) fn looks(&self) -> impl FnMut() + use<> {
        let (state, mut watch) = (Arc::clone(&self.state), reload::Watch::default());
        move || watch.look(&state)
    }

    /// What the service's own certificate says, for the log: `CN=shop, valid until …`.
    #[cfg(test)]
    pub(super) fn certificate(&self) -> String {
        self.state.in_force().material.to_string()
    }
}

impl State {
    /// What is in force now.
    pub(super) fn in_force(&self) -> InForce {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For handshakes that begin from now on.
    pub(super) fn put_into_force(&self, new: InForce) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// Warns of a certificate that ends soon.
    pub(super) fn warn_of_the_end(&self) {
        let InForce { settings, material } = self.in_force();
        if let Some(why) = material.ends_soon(SystemTime::now()) {
            tracing::warn!(
                target: "actuator::server",
                "the certificate {why} ({}): replace it", settings.certificate
            );
        }
    }
}

impl std::fmt::Display for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let until = iso_instant(self.certificate.not_after);
        write!(f, "{}, valid until {until}", self.certificate.subject)
    }
}

//! In place of `tls` in a build without that feature: settings that ask for TLS are refused, rather
//! than to leave a port plain.

use std::{
    convert::Infallible,
    io::{self, Read, Write},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    runtime::Handle,
};

use super::listener::ListenerSettings;
use crate::{
    certs::Bundle, error::Result, model::peer::ClientCertificate, settings::SettingsReader,
    support::certificate::LoadedChain,
};

const REMEDY: &str = "this build of actuator leaves the feature `tls` out; add it to the \
                      dependency, or take the setting away";

/// No listener speaks TLS.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListenersTls {
    /// None.
    pub(crate) application: Option<TlsSettings>,
    /// None.
    pub(crate) management: Option<TlsSettings>,
}

/// None are read.
#[derive(Debug, Default)]
pub(crate) struct BundleFiles;

/// There are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsSettings(Infallible);

/// There is none.
#[derive(Clone, Debug)]
pub(crate) struct Tls(Infallible);

/// There is none.
#[derive(Debug)]
pub(crate) struct TlsStream(Infallible);

/// There is none.
#[derive(Clone, Debug)]
pub(crate) struct OwnClient(Infallible);

impl ListenersTls {
    /// Refuses what asks for TLS.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, _: bool, _: &ListenerSettings) -> Self {
        for prefix in ["server.ssl", "management.server.ssl"] {
            let names = reader.map(prefix);
            if reader.value_or(&format!("{prefix}.enabled"), true) {
                for (name, _) in names {
                    reader.reject_hidden(&format!("{prefix}.{name}"), REMEDY);
                }
            }
        }
        Self::default()
    }

    /// There is nothing to check.
    #[expect(clippy::unused_self, reason = "the interface of `tls`")]
    pub(crate) fn check(&self, _: &mut SettingsReader<'_>) {}
}

#[expect(clippy::unused_self, reason = "the interface of `tls`")]
impl BundleFiles {
    /// There is nothing to read.
    pub(crate) fn read(_: &mut SettingsReader<'_>) -> Self {
        Self
    }

    /// There is nothing to read.
    pub(crate) fn read_again(&self, _: &mut SettingsReader<'_>) -> Self {
        Self
    }

    /// There is nothing to look at.
    pub(crate) fn look(&mut self, _: &[LoadedChain]) {}

    /// Never called.
    pub(crate) fn pause(&self) -> Duration {
        Duration::MAX
    }

    /// There are none.
    pub(crate) fn is_empty(&self) -> bool {
        true
    }

    /// There are none.
    pub(crate) fn bundles(&self, _: &[LoadedChain]) -> Vec<Bundle> {
        Vec::new()
    }
}

impl Tls {
    /// Never called.
    pub(crate) fn load(settings: &TlsSettings) -> Result<Self> {
        match settings.0 {}
    }

    /// Never called.
    pub(crate) fn for_another_listener(&self) -> Self {
        match self.0 {}
    }

    /// Never called.
    pub(crate) async fn accept<S>(
        &self,
        _: S,
    ) -> io::Result<(TlsStream, Option<Arc<ClientCertificate>>)> {
        match self.0 {}
    }

    /// Never called.
    pub(crate) fn speaks_http2(stream: &TlsStream) -> bool {
        match stream.0 {}
    }

    /// Never called.
    pub(crate) fn watch(&self, _: &Handle) {
        match self.0 {}
    }

    /// Never called.
    pub(crate) fn loaded(&self, _: &str) -> Vec<LoadedChain> {
        match self.0 {}
    }

    /// Never called.
    pub(crate) fn follow(
        &self,
        _: &TlsSettings,
        _: &mut SettingsReader<'_>,
    ) -> Option<Box<dyn FnOnce() + Send>> {
        match self.0 {}
    }
}

impl OwnClient {
    /// Never called.
    pub(crate) fn new(settings: &TlsSettings) -> Result<Self> {
        match settings.0 {}
    }

    /// Never called.
    pub(crate) fn encrypt<S: Read + Write>(&self, stream: S, _: IpAddr) -> io::Result<S> {
        drop(stream);
        match self.0 {}
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.0 {}
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        match self.0 {}
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.0 {}
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn settings_that_ask_for_tls_refuse_the_start() {
        let settings = Settings::builder()
            .force("server.ssl.certificate", "/tls.crt")
            .force("management.server.ssl.certificate", "/tls.crt")
            .force("management.server.ssl.enabled", "false");
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        ListenersTls::read(&mut reader, true, &ListenerSettings::default());
        let error = reader.finish().unwrap_err().to_string();
        assert!(error.contains("server.ssl.certificate") && error.contains("`tls`"), "{error}");
        assert!(!error.contains("management"), "{error}");
    }
}

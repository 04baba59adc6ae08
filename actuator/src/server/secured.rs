//! The TLS of the listeners: read at the start, and again with all other settings.

use tokio::runtime::Handle;

use super::{
    listener::ListenerSettings,
    tls::{ListenersTls, Tls, TlsSettings},
};
use crate::{
    error::Result,
    settings::{LiveSettings, Settings, SettingsReader},
};

/// What encrypts the connections of the listeners; none where a listener speaks plain HTTP.
#[derive(Clone, Debug)]
pub(super) struct Secured {
    /// That of the application's port.
    pub(super) application: Option<Tls>,
    /// That of the management API's own port, which may show the same certificate.
    pub(super) management: Option<Tls>,
    is_shared: bool,
    limits: ListenerSettings,
    own_management: bool,
}

impl Secured {
    /// Reads the files. They are looked at by the runtime of `handle`, which a stuck application
    /// does not hold up. `own_management` says whether the management API has a port of its own.
    pub(super) fn load(
        settings: &ListenersTls,
        limits: ListenerSettings,
        own_management: bool,
        handle: &Handle,
    ) -> Result<Self> {
        let load = |settings: &Option<TlsSettings>| -> Result<Option<Tls>> {
            let Some(settings) = settings else { return Ok(None) };
            let tls = Tls::load(settings)?;
            tls.watch(handle);
            Ok(Some(tls))
        };
        let application = load(&settings.application)?;
        let is_shared = settings.management == settings.application;
        let management = if is_shared {
            application.as_ref().map(Tls::for_another_listener)
        } else {
            load(&settings.management)?
        };
        Ok(Self { application, management, is_shared, limits, own_management })
    }

    /// Takes part in every change of settings: what a port encrypts with follows them, at the
    /// latest from the next handshake on. Whether it encrypts at all stays as it is until the next
    /// start.
    pub(super) fn follow(&self, live: &LiveSettings) {
        if self.application.is_none() && self.management.is_none() {
            return;
        }
        let secured = self.clone();
        let names = ["server.ssl", "management.server.ssl", "spring.ssl.bundle"];
        live.join_for(names, move |settings| secured.prepare(settings));
    }

    fn prepare(&self, settings: &Settings) -> Result<Box<dyn FnOnce() + Send>> {
        let mut reader = SettingsReader::new(settings);
        let wanted = ListenersTls::read(&mut reader, self.own_management, &self.limits);
        let mut has_to_wait =
            self.own_management && self.is_shared && wanted.management != wanted.application;
        let own = self.management.as_ref().filter(|_| !self.is_shared);
        let mut commits = Vec::new();
        for (tls, wanted) in
            [(self.application.as_ref(), &wanted.application), (own, &wanted.management)]
        {
            match (tls, wanted) {
                (Some(tls), Some(wanted)) => commits.extend(tls.follow(wanted, &mut reader)),
                (None, None) => {}
                // The management port's may be the application's.
                (None, Some(_)) => has_to_wait |= !self.is_shared || self.application.is_none(),
                (Some(_), None) => has_to_wait = true,
            }
        }
        reader.finish()?;
        Ok(Box::new(move || {
            if has_to_wait {
                tracing::warn!(
                    target: "actuator::settings",
                    "which ports speak TLS, and whether they share a certificate, changes at the \
                     next start only"
                );
            }
            for commit in commits {
                commit();
            }
        }))
    }
}

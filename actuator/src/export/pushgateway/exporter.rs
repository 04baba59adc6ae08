//! Sends all meters to one group of a Pushgateway.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::{
    group,
    settings::{PushgatewaySettings, ShutdownOperation},
};
use crate::{
    export::push::{Exporter, PushFailure},
    exposition::{Exposition, Renderer},
    support::outgoing::{Headers, HttpClient, HttpMethod, HttpTarget},
};

/// The renderer ends a part soon after so many bytes.
const PART: usize = 72 * 1024;

/// Pushes the meters of one service.
#[derive(Debug)]
pub(super) struct PushgatewayExporter {
    settings: PushgatewaySettings,
    exposition: Arc<Exposition>,
    /// The group.
    target: HttpTarget,
    client: OnceCell<HttpClient>,
}

impl PushgatewayExporter {
    /// Pushes what `exposition` shows. The job is the application, if none is set.
    pub(super) fn new(
        settings: PushgatewaySettings,
        application: &str,
        exposition: Arc<Exposition>,
    ) -> Self {
        let job = settings.job.as_deref().unwrap_or(application);
        let target = settings.base.below(&group::path(job, &settings.grouping_key));
        Self { settings, exposition, target, client: OnceCell::new() }
    }

    async fn client(&self) -> Result<&HttpClient, PushFailure> {
        let made = self.client.get_or_try_init(|| async {
            let (trust, limit) = (self.settings.trust.clone(), super::LIMIT);
            let client =
                HttpClient::make(self.target.clone(), trust, Headers::default(), limit).await?;
            Ok(client.authorized(self.settings.authorization.clone()))
        });
        made.await
    }

    /// PUT takes the place of the whole group, POST that of the families that it has.
    async fn send(&self, method: HttpMethod) -> Result<u64, PushFailure> {
        let client = self.client().await?;
        let format = self.settings.format;
        let sent = Arc::<AtomicU64>::default();
        self.exposition.prepare().await;
        let renderer = Some(self.exposition.render(format, None));
        let parts = Parts { renderer, sent: Arc::clone(&sent) };
        let headers = [("content-type", format.media_type())];
        let answer = client.send_streamed(method, &headers, parts).await?;
        PushFailure::check(answer).await?;
        Ok(sent.load(Relaxed))
    }

    async fn delete(&self) -> Result<u64, PushFailure> {
        let answer = self.client().await?.send(HttpMethod::Delete, &[], Bytes::new()).await?;
        PushFailure::check(answer).await.map(|()| 0)
    }
}

impl Exporter for PushgatewayExporter {
    fn name(&self) -> &'static str {
        "pushgateway"
    }

    fn receiver(&self) -> String {
        format!("the Pushgateway at {}", self.target.origin())
    }

    fn hint(&self, status: u16) -> &'static str {
        match status {
            300..=399 => ": redirects are not followed, set address and scheme to the final ones",
            400 => ": does another service push a metric of this name with another type?",
            401 | 403 => ": are username and password, or the token, those of the gateway?",
            404 | 405 => ": is this a Pushgateway, and is it below a path that base-url lacks?",
            413 => ": does a proxy in front of it limit the size of requests?",
            _ => "",
        }
    }

    fn settings(&self) -> &'static str {
        "management.prometheus.metrics.export.pushgateway.*"
    }

    async fn push(&self) -> Result<u64, PushFailure> {
        self.send(HttpMethod::Post).await
    }

    async fn finish(&self) -> Option<Result<u64, PushFailure>> {
        match self.settings.shutdown_operation {
            ShutdownOperation::None => None,
            ShutdownOperation::Post => Some(self.send(HttpMethod::Post).await),
            ShutdownOperation::Put => Some(self.send(HttpMethod::Put).await),
            ShutdownOperation::Delete => Some(self.delete().await),
        }
    }
}

/// The body of a push, and how much of it was sent.
struct Parts {
    /// `None` at the end.
    renderer: Option<Renderer>,
    sent: Arc<AtomicU64>,
}

impl Iterator for Parts {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let renderer = self.renderer.as_mut()?;
        let mut part = Vec::with_capacity(PART);
        // A part that ended early because it took long may be empty, a frame of a body may not.
        let mut more = true;
        while more && part.is_empty() {
            more = renderer.next_chunk(&mut part);
        }
        if !more {
            self.renderer = None;
        }
        self.sent.fetch_add(part.len() as u64, Relaxed);
        (!part.is_empty()).then(|| part.into())
    }
}

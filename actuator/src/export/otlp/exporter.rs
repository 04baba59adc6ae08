//! Sends all meters to one OTLP receiver over HTTP, in protobuf.

use std::{io::Write as _, sync::Arc, time::SystemTime};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::{common::v1::InstrumentationScope, resource::v1::Resource};
use prost::Message;
use tokio::sync::{Mutex, OnceCell, OwnedMutexGuard};

use super::{
    settings::OtlpSettings,
    taken::{Sent, Taken},
    walk::{Batch, Walk},
};
use crate::{
    export::push::{Exporter, PushFailure},
    meter::MeterRegistry,
    support::outgoing::{CallFailure, FailureKind, HttpAnswer, HttpClient, HttpMethod},
};

/// An answer is empty or a sentence.
const LONGEST_ANSWER: usize = 4 * 1024;

/// Sends metrics of one service.
#[derive(Debug)]
pub(super) struct OtlpExporter {
    settings: OtlpSettings,
    resource: Resource,
    registry: Arc<MeterRegistry>,
    client: OnceCell<HttpClient>,
    state: Arc<Mutex<State>>,
}

/// What the receiver knows.
#[derive(Debug)]
struct State {
    taken: Taken,
    /// When the last push began of which it took all.
    told: SystemTime,
}

/// A push under way. It goes to where meters are read and comes back; if nobody waits for it any
/// more, the next one begins after that.
struct Push {
    walk: Walk,
    state: OwnedMutexGuard<State>,
}

/// One request, ready to be sent.
struct Request {
    body: Bytes,
    sent: Vec<Sent>,
}

impl OtlpExporter {
    /// An exporter of all meters of the registry, which are of this resource.
    pub(super) fn new(
        settings: OtlpSettings,
        resource: Resource,
        registry: Arc<MeterRegistry>,
    ) -> Self {
        let state = State { taken: Taken::default(), told: SystemTime::UNIX_EPOCH };
        let state = Arc::new(Mutex::new(state));
        Self { settings, resource, registry, client: OnceCell::new(), state }
    }

    /// Sends request after request.
    async fn send_all(&self) -> Result<u64, PushFailure> {
        let client = self.client.get_or_try_init(|| {
            let OtlpSettings { target, trust, headers, timeouts, .. } = self.settings.clone();
            HttpClient::make_within(target, trust, headers, timeouts)
        });
        let client = client.await?;
        let state = Arc::clone(&self.state).lock_owned().await;
        let began = self.registry.clock().now();
        let families = self.registry.families();
        let walk = Walk::new(families, self.settings.form, began, state.told);
        let (mut push, mut bytes) = (Push { walk, state }, 0);
        let mut rejected = None;
        loop {
            let request;
            (push, request) = self.next_request(push).await?;
            let Some(Request { body, sent }) = request else { break };
            bytes += body.len() as u64;
            let complaint = self.send(client, body).await?;
            // What the receiver rejects is not to be sent again: it counts as taken.
            push.state.taken.take(sent);
            rejected = rejected.or(complaint);
        }
        push.state.taken.end_push();
        push.state.told = began;
        rejected.map_or(Ok(bytes), Err)
    }

    /// Reads meters, and writes and compresses a request, where that holds nobody up.
    async fn next_request(&self, mut push: Push) -> Result<(Push, Option<Request>), PushFailure> {
        let resource = self.resource.clone();
        let OtlpSettings { batch_size, gzip, .. } = self.settings;
        let made = tokio::task::spawn_blocking(move || {
            let batch = push.walk.next(&push.state.taken, batch_size);
            let request = batch.map(|Batch { metrics, sent }| {
                let message = message(resource, metrics).encode_to_vec();
                let body = if gzip { compressed(&message) } else { message };
                Request { body: body.into(), sent }
            });
            (push, request)
        });
        made.await.map_err(|_| {
            let detail = "the runtime is shutting down".to_owned();
            CallFailure { kind: FailureKind::Unreachable, detail }.into()
        })
    }

    /// Sends a request; gives what was rejected of it, if that is something.
    async fn send(
        &self,
        client: &HttpClient,
        body: Bytes,
    ) -> Result<Option<PushFailure>, PushFailure> {
        let all = [("content-type", "application/x-protobuf"), ("content-encoding", "gzip")];
        let headers = if self.settings.gzip { &all[..] } else { all.get(..1).unwrap_or_default() };
        let answer = client.send(HttpMethod::Post, headers, body).await?;
        Self::check(answer).await
    }

    /// What an answer means: taken, taken but for some, or an error.
    async fn check(answer: HttpAnswer) -> Result<Option<PushFailure>, PushFailure> {
        let status = answer.status();
        let mut types = answer.header("content-type").into_iter();
        if !types.any(|kind| kind.starts_with("application/x-protobuf")) {
            return PushFailure::check(answer).await.map(|()| None);
        }
        let (body, _) = answer.body(LONGEST_ANSWER).await?;
        if !matches!(status, 200..=299) {
            let said = Status::decode(&*body).unwrap_or_default().message;
            return Err(PushFailure::refused(status, &said));
        }
        let partial = ExportMetricsServiceResponse::decode(&*body).unwrap_or_default();
        let partial = partial.partial_success.filter(|partial| partial.rejected_data_points > 0);
        Ok(partial.map(|partial| {
            let (points, why) = (partial.rejected_data_points, partial.error_message);
            PushFailure::refused(status, &format!("{points} data points rejected: {why}"))
        }))
    }
}

/// What one request says.
fn message(resource: Resource, metrics: Vec<Metric>) -> ExportMetricsServiceRequest {
    let scope = InstrumentationScope {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let scope_metrics =
        vec![ScopeMetrics { scope: Some(scope), metrics, ..ScopeMetrics::default() }];
    let resource = Some(resource);
    let of_resource = ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() };
    ExportMetricsServiceRequest { resource_metrics: vec![of_resource] }
}

impl Exporter for OtlpExporter {
    fn name(&self) -> &'static str {
        "otlp"
    }

    fn receiver(&self) -> String {
        format!("the OTLP receiver at {}", self.settings.target.origin())
    }

    fn hint(&self, status: u16) -> &'static str {
        match status {
            300..=399 => ": redirects are not followed, set the url to the final address",
            401 | 403 => ": are the headers those that the receiver wants?",
            404 | 405 => ": does the url end with the receiver's path, /v1/metrics?",
            413 => ": make batch-size smaller",
            415 => ": does it receive OTLP over HTTP in protobuf?",
            _ => "",
        }
    }

    fn settings(&self) -> &'static str {
        "management.otlp.metrics.export.*"
    }

    async fn push(&self) -> Result<u64, PushFailure> {
        self.send_all().await
    }

    async fn finish(&self) -> Option<Result<u64, PushFailure>> {
        Some(self.send_all().await)
    }
}

/// The part of google.rpc.Status that OTLP asks for in answers that are errors.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(string, tag = "2")]
    message: String,
}

fn compressed(message: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(message.len() / 4), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(message);
    encoder.finish().unwrap_or_default()
}

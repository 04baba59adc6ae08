//! `heapdump`: what holds the memory, as a profile that pprof reads. Where it cannot be taken, why,
//! and what to do.

use std::{fmt, io, sync::Arc};

use bytes::Bytes;

use super::{not_now, refused::refused};
use crate::{
    model::{
        access::Access,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::{Reply, Resource, ResourceContent},
    },
    settings::FromSetting as _,
    support::{clock::Clock, time::iso_instant},
};

/// As Spring's (recorded: golden `heapdump/get`).
const MEDIA_TYPE: &str = "application/octet-stream";
const READ: Operation = Operation::read(&[])
    .producing(Produces::Ranked(MEDIA_TYPE))
    .doing("A profile of the memory in use, for go tool pprof")
    .taking(&[Parameter::query(
        "live",
        Shape::Boolean,
        "Only what is in use, which is all there is",
    )]);
const SWITCH: Operation = Operation::write(&[])
    .producing(Produces::Nothing)
    .doing("Lets the allocator sample, or not")
    .taking(&[Parameter::body("active", Shape::Boolean, "Whether it samples").required()]);
const OPERATIONS: [Operation; 2] = [READ, SWITCH];

/// Why there is no profile now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoHeapdump {
    /// Others are being taken.
    Busy,
    /// The allocator does not sample, though it could.
    NotSampling,
    /// It failed.
    Failed(String),
}

/// What takes profiles.
pub(crate) trait HeapSource: Send + Sync {
    /// A profile in pprof's format, compressed.
    fn take(&self) -> BoxFuture<'_, Result<Vec<u8>, NoHeapdump>>;

    /// Lets the allocator sample, or not.
    fn let_sample(&self, active: bool) -> Result<(), String>;
}

/// Serves profiles of the heap.
pub(crate) struct HeapdumpEndpoint {
    /// What takes them, or why nothing does and what to do.
    source: Result<Arc<dyn HeapSource>, String>,
    application: String,
    clock: Clock,
}

impl HeapdumpEndpoint {
    /// The endpoint of this source; or of none, with the reason and the remedy. The files are named
    /// after the application.
    pub(crate) fn new(
        source: Result<Arc<dyn HeapSource>, String>,
        application: &str,
        clock: Clock,
    ) -> Self {
        Self { source, application: application.to_owned(), clock }
    }

    async fn read(&self, call: &Call<'_>) -> EndpointResult {
        if let Some(live) = call.text("live")
            && let Err(expected) = bool::from_setting(&live)
        {
            return Err(Problem::bad_request(format!("live: {expected}")));
        }
        let source = match &self.source {
            Ok(source) => source,
            Err(remedy) => return not_now::not_implemented(remedy),
        };
        match source.take().await {
            Ok(profile) => Ok(Reply::Resource(self.resource(profile))),
            Err(NoHeapdump::Busy) => {
                not_now::busy("others take a profile of the heap; ask again later")
            }
            Err(NoHeapdump::NotSampling) => not_now::unavailable(
                "the allocator does not sample: switch it on with POST {\"active\":true} here, or \
                 start the service with prof_active:true; what is allocated from then on is seen",
            ),
            Err(NoHeapdump::Failed(why)) => Err(Problem::internal(why)),
        }
    }

    fn resource(&self, profile: Vec<u8>) -> Resource {
        let at = iso_instant(self.clock.now());
        let at: String = at.get(..19).unwrap_or(&at).replace(':', "");
        Resource {
            media_type: MEDIA_TYPE.into(),
            length: u64::try_from(profile.len()).unwrap_or(u64::MAX),
            start: 0,
            file_name: Some(format!("heap-{}-{at}Z.pb.gz", self.application)),
            content: Arc::new(InMemory(profile.into())),
        }
    }

    fn switch(&self, call: &Call<'_>) -> EndpointResult {
        let Ok(source) = &self.source else { return Ok(Reply::NotFound) };
        let active = call.text("active").map(|text| bool::from_setting(&text));
        let Some(Ok(active)) = active else {
            let expected = "active: expected whether the allocator is to sample: {\"active\":true}";
            return refused(400, "Bad Request", expected);
        };
        source.let_sample(active).map_err(Problem::internal)?;
        Ok(Reply::Nothing)
    }
}

impl Endpoint for HeapdumpEndpoint {
    fn id(&self) -> &'static str {
        "heapdump"
    }

    fn operations(&self) -> &[Operation] {
        match self.source {
            Ok(_) => &OPERATIONS,
            Err(_) => OPERATIONS.get(..1).unwrap_or(&OPERATIONS),
        }
    }

    fn description(&self) -> &'static str {
        "What holds the memory: a profile of the heap in pprof's format, where the application's \
         allocator is jemalloc and samples."
    }

    /// As Spring Boot since 3.5: it tells more of the service than others do.
    fn default_access(&self) -> Access {
        Access::None
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            match call.operation {
                0 => self.read(&call).await,
                _ => self.switch(&call),
            }
        })
    }
}

impl fmt::Debug for HeapdumpEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeapdumpEndpoint").finish_non_exhaustive()
    }
}

/// A profile that was taken.
struct InMemory(Bytes);

impl ResourceContent for InMemory {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.0.len());
        let to = from.saturating_add(max).min(self.0.len());
        Box::pin(std::future::ready(Ok(self.0.slice(from..to))))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering::SeqCst},
        time::{Duration, SystemTime},
    };

    use super::*;

    /// A source that gives what it is told to.
    struct Fixed {
        gives: Result<Vec<u8>, NoHeapdump>,
        samples: AtomicBool,
    }

    impl HeapSource for Fixed {
        fn take(&self) -> BoxFuture<'_, Result<Vec<u8>, NoHeapdump>> {
            Box::pin(std::future::ready(self.gives.clone()))
        }

        fn let_sample(&self, active: bool) -> Result<(), String> {
            self.samples.store(active, SeqCst);
            Ok(())
        }
    }

    fn of(gives: Result<Vec<u8>, NoHeapdump>) -> (HeapdumpEndpoint, Arc<Fixed>) {
        let source = Arc::new(Fixed { gives, samples: AtomicBool::new(false) });
        let clock = Clock::manual(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000));
        (HeapdumpEndpoint::new(Ok(Arc::clone(&source) as _), "my shop", clock), source)
    }

    fn status(reply: EndpointResult) -> (u16, String) {
        match reply {
            Ok(Reply::Document { status, body, .. }) => {
                (status, String::from_utf8(body.to_vec()).unwrap())
            }
            Err(problem) => (problem.status(), problem.reason().to_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_profile_is_a_file_to_keep_and_is_read_in_parts() {
        let (endpoint, _) = of(Ok(b"profile".to_vec()));
        let Ok(Reply::Resource(resource)) = endpoint.invoke(Call::new(0)).await else { panic!() };
        assert_eq!(resource.file_name.as_deref(), Some("heap-my shop-2026-11-18T110640Z.pb.gz"));
        assert_eq!((resource.length, &*resource.media_type), (7, "application/octet-stream"));
        assert_eq!(resource.content.read(3, 100).await.unwrap(), "file");
        assert_eq!(resource.content.read(99, 1).await.unwrap(), "");
    }

    #[tokio::test]
    async fn what_prevents_one_has_a_status_and_a_remedy() {
        for (why, wanted) in [
            (NoHeapdump::Busy, 429),
            (NoHeapdump::NotSampling, 503),
            (NoHeapdump::Failed("disk".to_owned()), 500),
        ] {
            assert_eq!(status(of(Err(why)).0.invoke(Call::new(0)).await).0, wanted);
        }
        let none = HeapdumpEndpoint::new(Err("add this".to_owned()), "shop", Clock::system());
        let (status, body) = status(none.invoke(Call::new(0)).await);
        assert!(status == 501 && body.contains("add this"), "{status} {body}");
        assert_eq!(none.operations().len(), 1, "there is nothing to switch");
    }

    #[tokio::test]
    async fn sampling_is_switched_by_a_truth_value_and_live_is_one_too() {
        let (endpoint, source) = of(Ok(Vec::new()));
        let switch = async |members: &[(&str, &str)]| {
            let mut call = Call::new(1);
            let members = members.iter();
            call.body = members.map(|(k, v)| ((*k).to_owned(), Some((*v).to_owned()))).collect();
            endpoint.invoke(call).await
        };
        assert!(matches!(switch(&[("active", "true")]).await, Ok(Reply::Nothing)));
        assert!(source.samples.load(SeqCst));
        assert_eq!(status(switch(&[("active", "maybe")]).await).0, 400);
        assert_eq!(status(switch(&[]).await).0, 400);
        for (live, is_read) in [("true", true), ("false", true), ("maybe", false)] {
            let mut call = Call::new(0);
            call.query.push(("live".into(), live.into()));
            let reply = endpoint.invoke(call).await;
            assert_eq!(matches!(reply, Ok(Reply::Resource(_))), is_read, "{live}");
        }
    }
}

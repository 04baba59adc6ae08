//! An endpoint whose plain read is answered from memory for a while
//! (`management.endpoint.<id>.cache.time-to-live`; recorded: golden `run-cache`).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::{
    custom::comparable,
    model::{
        access::Access,
        call::{ApiVersion, Call},
        endpoint::{
            BoxFuture, Endpoint, EndpointResult, Operation, OperationKind, Produces, SharedEndpoint,
        },
        reply::Reply,
    },
    settings::SettingsReader,
    support::clock::Clock,
};

/// How long the answers of which endpoints are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct CacheSettings {
    time_to_live: BTreeMap<String, Duration>,
}

impl CacheSettings {
    /// Reads `management.endpoint.<id>.cache.time-to-live` of each id; 0 by default.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, ids: &[&str]) -> Self {
        let mut set = |id: &&str| {
            let time_to_live = reader
                .value::<Duration>(&format!("management.endpoint.{id}.cache.time-to-live"))?;
            Some((comparable(id), time_to_live)).filter(|_| !time_to_live.is_zero())
        };
        Self { time_to_live: ids.iter().filter_map(&mut set).collect() }
    }

    /// Wraps those endpoints that have a time to live.
    pub(crate) fn apply(
        &self,
        endpoints: Vec<SharedEndpoint>,
        clock: &Clock,
    ) -> Vec<SharedEndpoint> {
        endpoints
            .into_iter()
            .map(|endpoint| match self.time_to_live.get(&comparable(endpoint.id())) {
                Some(time_to_live) => {
                    Arc::new(CachedEndpoint::new(endpoint, *time_to_live, clock.clone())) as _
                }
                None => endpoint,
            })
            .collect()
    }
}

/// Keeps the document of a read without selectors and parameters, one per version of the JSON.
/// Callers that are known are never served from it, since what they see may differ.
struct CachedEndpoint {
    endpoint: SharedEndpoint,
    time_to_live: Duration,
    clock: Clock,
    kept: Mutex<[Option<Kept>; 2]>,
}

#[derive(Clone)]
struct Kept {
    since: Instant,
    status: u16,
    body: Bytes,
}

impl CachedEndpoint {
    fn new(endpoint: SharedEndpoint, time_to_live: Duration, clock: Clock) -> Self {
        Self { endpoint, time_to_live, clock, kept: Mutex::default() }
    }

    async fn read(&self, call: Call<'_>) -> EndpointResult {
        let slot = usize::from(call.version == ApiVersion::V3);
        let kept = self.kept().get(slot).cloned().flatten();
        if let Some(Kept { since, status, body }) = kept
            && self.clock.instant().saturating_duration_since(since) < self.time_to_live
        {
            return Ok(Reply::Json { status, body });
        }
        let reply = self.endpoint.invoke(call).await?;
        if let Reply::Json { status, body } = &reply
            && let Some(kept) = self.kept().get_mut(slot)
        {
            *kept = Some(Kept { since: self.clock.instant(), status: *status, body: body.clone() });
        }
        Ok(reply)
    }

    fn kept(&self) -> MutexGuard<'_, [Option<Kept>; 2]> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Endpoint for CachedEndpoint {
    fn id(&self) -> &str {
        self.endpoint.id()
    }

    fn operations(&self) -> &[Operation] {
        self.endpoint.operations()
    }

    fn description(&self) -> &str {
        self.endpoint.description()
    }

    fn default_access(&self) -> Access {
        self.endpoint.default_access()
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        let operation = self.operations().get(call.operation);
        let plain_read = operation.is_some_and(|operation| {
            operation.kind == OperationKind::Read
                && operation.selectors.is_empty()
                // What is kept is the actuator's JSON; other forms of the same path are written anew.
                && operation.produces == Produces::Json
        });
        if plain_read
            && call.query.is_empty()
            && call.principal.is_none()
            && call.additional_path.is_none()
        {
            return Box::pin(self.read(call));
        }
        Box::pin(async move {
            let is_change =
                operation.is_some_and(|operation| operation.kind != OperationKind::Read);
            let reply = self.endpoint.invoke(call).await;
            if is_change {
                *self.kept() = Default::default();
            }
            reply
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::SystemTime,
    };

    use super::*;
    use crate::model::endpoint::Selector;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Endpoint for Counting {
        fn id(&self) -> &'static str {
            "counting"
        }

        fn operations(&self) -> &[Operation] {
            const OPERATIONS: &[Operation] = &[
                Operation::read(&[]),
                Operation::read(&[Selector::One("name")]),
                Operation::write(&[Selector::One("name")]),
            ];
            OPERATIONS
        }

        fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
            Box::pin(async { Reply::json(&self.0.fetch_add(1, Ordering::Relaxed)) })
        }
    }

    fn cached() -> (SharedEndpoint, Clock) {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH);
        let settings = CacheSettings {
            time_to_live: BTreeMap::from([("counting".to_owned(), Duration::from_secs(10))]),
        };
        let endpoints = settings.apply(vec![Arc::new(Counting::default())], &clock);
        (endpoints.into_iter().next().unwrap(), clock)
    }

    async fn ask(endpoint: &SharedEndpoint, call: Call<'_>) -> String {
        match endpoint.invoke(call).await.unwrap() {
            Reply::Json { status: 200, body } => String::from_utf8(body.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_plain_read_is_answered_from_memory_until_its_time_is_over() {
        let (endpoint, clock) = cached();
        assert_eq!(ask(&endpoint, Call::new(0)).await, "0");
        clock.advance(Duration::from_secs(9));
        assert_eq!(ask(&endpoint, Call::new(0)).await, "0");
        clock.advance(Duration::from_secs(1));
        assert_eq!(ask(&endpoint, Call::new(0)).await, "1");
    }

    #[tokio::test]
    async fn selectors_parameters_and_another_version_are_asked_anew() {
        let (endpoint, _) = cached();
        assert_eq!(ask(&endpoint, Call::new(0)).await, "0");
        assert_eq!(ask(&endpoint, Call::new(1)).await, "1");
        let call = Call { query: vec![("a".into(), "b".into())], ..Call::new(0) };
        assert_eq!(ask(&endpoint, call).await, "2");
        let call = Call { version: ApiVersion::V2, ..Call::new(0) };
        assert_eq!(ask(&endpoint, call).await, "3");
        let call = Call { additional_path: Some("/livez"), ..Call::new(0) };
        assert_eq!(ask(&endpoint, call).await, "4");
    }

    #[tokio::test]
    async fn a_change_makes_the_next_read_new() {
        let (endpoint, _) = cached();
        assert_eq!(ask(&endpoint, Call::new(0)).await, "0");
        assert_eq!(ask(&endpoint, Call::new(2)).await, "1");
        assert_eq!(ask(&endpoint, Call::new(0)).await, "2");
    }
}

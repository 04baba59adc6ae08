//! `caches`: the caches of the service by manager and name, and clearing them.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::refused::refused;
use crate::{
    cache::{CacheRegistry, CacheUnderName, Clearer, Found},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
};

/// Serves the caches in the form of Spring's endpoint (recorded: 2.7.18, 3.5.14, 4.1.0).
#[derive(Debug)]
pub(crate) struct CachesEndpoint {
    caches: CacheRegistry,
    clearer: Arc<Clearer>,
    sanitizer: Sanitizer,
}

const MANAGER: &str = "cacheManager";
const CACHE: &[Selector] = &[Selector::One("cache")];
const ONE_OF: &[Parameter] = &[
    Parameter::path("cache", Shape::Text, "The name of the cache."),
    Parameter::query(
        MANAGER,
        Shape::Text,
        "The manager of the cache; required if several managers have a cache of this name.",
    ),
];
const LIST: usize = 0;
const ONE: usize = 1;
const CLEAR_ALL: usize = 2;
const OPERATIONS: [Operation; 4] = [
    Operation::read(&[]).doing("Lists the caches by their managers."),
    Operation::read(CACHE).doing("Shows one cache.").taking(ONE_OF),
    Operation::delete(&[]).doing("Clears all caches."),
    Operation::delete(CACHE).doing("Clears one cache.").taking(ONE_OF),
];

impl CachesEndpoint {
    /// The endpoint of these caches. Their names are shown as the sanitiser shows them.
    pub(crate) fn new(caches: CacheRegistry, clearer: Clearer, sanitizer: Sanitizer) -> Self {
        Self { caches, clearer: Arc::new(clearer), sanitizer }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        match call.operation {
            LIST => self.list(),
            // The manager of a question about all of them is not looked at (recorded).
            CLEAR_ALL => self.clear(self.caches.all()).await,
            operation => match self.caches.find(call.text(MANAGER).as_deref(), call.selector(0)?) {
                Found::None => Ok(Reply::NotFound),
                Found::Several(managers) => refused(
                    400,
                    "Bad Request",
                    &format!(
                        "several caches have this name: say ?{MANAGER}= with one of {}",
                        self.sanitizer.sanitize_text(&managers.join(", "))
                    ),
                ),
                Found::One(one) if operation == ONE => Reply::json(&CacheDescriptor {
                    cache_manager: self.sanitizer.shown(&one.manager),
                    name: self.sanitizer.shown(&one.name),
                    target: one.cache.target(),
                }),
                Found::One(one) => self.clear(vec![one]).await,
            },
        }
    }

    fn list(&self) -> EndpointResult {
        let all = self.caches.all();
        let mut cache_managers: BTreeMap<_, ManagerDescriptor<'_>> = BTreeMap::new();
        for one in &all {
            let manager = self.sanitizer.sanitize_text(&one.manager);
            let caches = &mut cache_managers.entry(manager).or_default().caches;
            let target = TargetDescriptor { target: one.cache.target() };
            caches.insert(self.sanitizer.sanitize_text(&one.name), target);
        }
        Reply::json(&CachesDescriptor { cache_managers })
    }

    async fn clear(&self, caches: Vec<CacheUnderName>) -> EndpointResult {
        self.clearer.clear(caches).await.map_err(Problem::internal)?;
        Ok(Reply::Nothing)
    }
}

impl Endpoint for CachesEndpoint {
    fn id(&self) -> &'static str {
        "caches"
    }

    fn description(&self) -> &'static str {
        "The caches of the service, by manager and name."
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CachesDescriptor<'c> {
    cache_managers: BTreeMap<Cow<'c, str>, ManagerDescriptor<'c>>,
}

#[derive(Default, Serialize)]
struct ManagerDescriptor<'c> {
    caches: BTreeMap<Cow<'c, str>, TargetDescriptor>,
}

#[derive(Serialize)]
struct TargetDescriptor {
    target: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CacheDescriptor<'c> {
    cache_manager: SanitizedText<'c>,
    name: SanitizedText<'c>,
    target: &'static str,
}

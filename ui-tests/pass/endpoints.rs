//! Everything that a method of an endpoint may take and give.
#![allow(clippy::too_many_arguments, clippy::unused_self)] // what users may write
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use actuator::{
    Argument,
    custom::{
        ApiVersion, EndpointError, OffsetDateTime, Resource, WebEndpointResponse, WebRequest,
    },
    endpoint,
    security::Principal,
};

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

pub struct Pool;
trait Clock: Send + Sync {}

#[derive(Argument)]
enum Mode {
    Live,
    #[argument(name = "dry")]
    DryRun,
}

/// It has no default: it has to be registered.
pub struct Everything(u8);

#[endpoint(id = "every.thing-1", access = "none", crate = ::actuator)]
impl Everything {
    #[read]
    fn arguments(
        &self,
        text: String,
        borrowed: &str,
        maybe: Option<&str>,
        number: i128,
        ratio: Option<f32>,
        flag: bool,
        letter: char,
        mode: Mode,
    ) -> String {
        let mode = if matches!(mode, Mode::Live) { "live" } else { "dry" };
        format!("{} {text} {borrowed} {maybe:?} {number} {ratio:?} {flag} {letter} {mode}", self.0)
    }

    #[read]
    fn times(
        #[selector] since: SystemTime,
        every: Duration,
        until: Option<OffsetDateTime>,
        names: Vec<String>,
        numbers: Option<Vec<u16>>,
        modes: &[Mode],
    ) -> Option<BTreeMap<String, usize>> {
        let count = names.len() + numbers.map_or(0, |all| all.len()) + modes.len();
        let known = since.elapsed().ok()? > every && until.is_none();
        known.then(|| BTreeMap::from([("count".to_owned(), count)]))
    }

    #[read]
    async fn call(
        self: Arc<Self>,
        pool: &Pool,
        shared: Arc<Pool>,
        clock: &(dyn Clock + 'static),
        caller: Option<&Principal>,
        version: ApiVersion,
        #[selector] r#type: &str,
        #[selector(remaining)] path: &[String],
    ) -> Cow<'static, str> {
        std::future::ready((pool, shared, clock)).await;
        Cow::Owned(format!("{caller:?} {version:?} {type} {path:?}", r#type = r#type))
    }

    #[write]
    fn nothing() {}

    #[write]
    async fn request(
        &self,
        #[selector] mut count: u8,
        request: WebRequest,
    ) -> Answer<Option<usize>> {
        count += self.0;
        Ok(Some(request.body().len() + usize::from(count)))
    }

    #[delete(produces = ["text/plain", "application/json"])]
    fn text(&self) -> Result<&'static str, EndpointError> {
        Err(EndpointError::unavailable("later"))
    }

    #[delete]
    fn file(#[selector] name: String) -> io::Result<Resource> {
        Resource::file(name)
    }

    #[delete]
    async fn any(
        #[selector] _a: &str,
        #[selector] _b: &str,
    ) -> Result<WebEndpointResponse, EndpointError> {
        Ok(WebEndpointResponse::nothing().with_status(202))
    }

    #[delete]
    fn values(
        #[selector] _a: &str,
        #[selector] _b: &str,
        #[selector] c: u8,
    ) -> impl Iterator<Item = u8> + serde::Serialize + use<> {
        Values(c)
    }

    /// Is none.
    pub fn other(&self) -> u8 {
        self.0
    }
}

#[derive(serde::Serialize)]
struct Values(u8);

impl Iterator for Values {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0.checked_sub(1)
    }
}

pub fn main() {
    assert_eq!(Everything(1).other(), 1);
    Everything::nothing();
}

//! Where calls go, and the series of each place: found by host and template, bounded.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use super::{NAME, NONE, end::End, origin::Origin};
use crate::meter::{LongTaskTimer, RequestMethod, Timer};

/// How many hosts are told apart; Spring has no limit, and then somebody writes a crawler.
const HOSTS: usize = 100;
/// How many ends of one route are remembered; further ones are looked up in the registry.
const ENDS: usize = 32;
/// What is beyond a limit.
const OTHERS: &str = "UNKNOWN";

/// All places that were called.
#[derive(Debug)]
pub struct Routes {
    known: RwLock<Known>,
    max_uris: usize,
    /// Whether scheme and port tell places apart, too.
    by_origin: bool,
    has_warned: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    uris: HashSet<Arc<str>>,
    /// By host, or by the whole origin.
    hosts: HashMap<Arc<str>, HashMap<Arc<str>, Arc<Route>>>,
}

impl Routes {
    /// None yet, and so many templates at most.
    pub fn new(max_uris: usize, by_origin: bool) -> Self {
        let (known, has_warned) = (RwLock::default(), AtomicBool::new(false));
        Self { known, max_uris, by_origin, has_warned }
    }

    /// The place of this origin and template; beyond a limit, the one of all others.
    pub fn find(&self, origin: &Origin<'_>, uri: &str) -> Arc<Route> {
        let host: Cow<'_, str> =
            if self.by_origin { origin.to_string().into() } else { origin.host().into() };
        let host = &*host;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = known.route(host, uri) {
            return route;
        }
        // What is beyond a limit is found here too: only a new place needs the other lock.
        let place = known.place(host, uri, self.max_uris);
        let found = known.route(place.host, place.uri);
        drop(known);
        if let Some((value, limit)) = place.beyond {
            self.warn(value, limit);
        }
        found.unwrap_or_else(|| {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            // Others may have taken the last room meanwhile.
            let Place { host, uri, .. } = known.place(host, uri, self.max_uris);
            known.add(host, uri, self.by_origin.then_some(origin))
        })
    }

    fn warn(&self, value: &str, limit: usize) {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(
                target: "actuator::meter",
                "{NAME} has {limit} values of a tag, the limit of hosts, or of URIs by \
                 management.metrics.web.client.max-uri-tags; further ones, such as {value:?}, \
                 count as {OTHERS}. Addresses instead of templates are the usual reason"
            );
        }
    }
}

/// Where a call counts.
struct Place<'c> {
    host: &'c str,
    uri: &'c str,
    /// A value for which there is no room, and the limit that it is beyond.
    beyond: Option<(&'c str, usize)>,
}

impl Known {
    fn route(&self, host: &str, uri: &str) -> Option<Arc<Route>> {
        self.hosts.get(host)?.get(uri).cloned()
    }

    /// The host and the template, or [`OTHERS`] in place of what there is no room for.
    fn place<'c>(&self, host: &'c str, uri: &'c str, max_uris: usize) -> Place<'c> {
        let fits = |value: &str, is_known: bool, known: usize, limit: usize| {
            is_known || known < limit || [NONE, OTHERS].contains(&value)
        };
        let mut place = Place { host, uri, beyond: None };
        if !fits(host, self.hosts.contains_key(host), self.hosts.len(), HOSTS) {
            (place.host, place.beyond) = (OTHERS, Some((host, HOSTS)));
        }
        if !fits(uri, self.uris.contains(uri), self.uris.len(), max_uris) {
            (place.uri, place.beyond) = (OTHERS, Some((uri, max_uris)));
        }
        place
    }

    fn add(&mut self, host: &str, uri: &str, origin: Option<&Origin<'_>>) -> Arc<Route> {
        let (host, uri): (Arc<str>, Arc<str>) = (host.into(), uri.into());
        if ![NONE, OTHERS].contains(&&*uri) {
            self.uris.insert(Arc::clone(&uri));
        }
        let uris = self.hosts.entry(Arc::clone(&host)).or_default();
        let route = uris.entry(Arc::clone(&uri));
        let route = route.or_insert_with(|| {
            Arc::new(match origin {
                None => Route::new(host, uri, None),
                Some(_) if &*host == OTHERS => {
                    Route::new(host, uri, Some((OTHERS.into(), OTHERS.into())))
                }
                Some(origin) => {
                    let rest = (origin.scheme().into(), origin.port().into());
                    Route::new(origin.host().into(), uri, Some(rest))
                }
            })
        });
        Arc::clone(route)
    }
}

/// Series by what tells them apart within a route; few, so that looking through them is quickest.
type Remembered<K, T> = RwLock<Vec<(K, Arc<T>)>>;

/// One place that is called, and its series.
#[derive(Debug)]
pub struct Route {
    host: Arc<str>,
    uri: Arc<str>,
    scheme_and_port: Option<(Box<str>, Box<str>)>,
    active: Remembered<RequestMethod, LongTaskTimer>,
    ends: Remembered<(RequestMethod, End), Timer>,
}

impl Route {
    fn new(host: Arc<str>, uri: Arc<str>, scheme_and_port: Option<(Box<str>, Box<str>)>) -> Self {
        let (active, ends) = (RwLock::default(), RwLock::default());
        Self { host, uri, scheme_and_port, active, ends }
    }

    /// The tag `client.name`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The tag `uri`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The tags `url.scheme` and `server.port`, where they are wanted.
    pub fn scheme_and_port(&self) -> Option<(&str, &str)> {
        self.scheme_and_port.as_ref().map(|(scheme, port)| (&**scheme, &**port))
    }

    /// The timer of the calls that run.
    pub fn active(
        &self,
        method: RequestMethod,
        resolve: impl FnOnce() -> Arc<LongTaskTimer>,
    ) -> Arc<LongTaskTimer> {
        remembered(&self.active, method, resolve)
    }

    /// The timer of the calls that ended so.
    pub fn ended(
        &self,
        method: RequestMethod,
        end: End,
        resolve: impl FnOnce() -> Arc<Timer>,
    ) -> Arc<Timer> {
        remembered(&self.ends, (method, end), resolve)
    }
}

/// What is there under `key`, or `resolve` gives: the first ones are remembered, which are those
/// that are seen most.
fn remembered<K: PartialEq, T>(
    known: &Remembered<K, T>,
    key: K,
    resolve: impl FnOnce() -> Arc<T>,
) -> Arc<T> {
    let entries = known.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, found)) = entries.iter().find(|(other, _)| *other == key) {
        return Arc::clone(found);
    }
    drop(entries);
    let resolved = resolve();
    let mut entries = known.write().unwrap_or_else(PoisonError::into_inner);
    if entries.len() < ENDS && entries.iter().all(|(other, _)| *other != key) {
        entries.push((key, Arc::clone(&resolved)));
    }
    resolved
}

//! A store of `tower-sessions` whose sessions are known.

use std::{
    collections::HashMap,
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use serde_json::Value;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::Result as StoreResult,
};

use super::{
    SessionSettings,
    index::{SessionIndex, SessionState},
    repository::{RepositoryError, SessionDetails, SessionRepository},
    username::{self, FindUsername},
};
use crate::model::endpoint::BoxFuture;

/// A store of `tower-sessions` that remembers which sessions went through it. `SessionManagerLayer`
/// takes it in place of the store. Clones share everything.
///
/// What this process has not seen since its start, it does not know: sessions of an earlier process
/// in a lasting store are known once their users come back.
pub struct IndexedSessionStore<S> {
    parts: Arc<Parts<S>>,
}

struct Parts<S> {
    store: S,
    index: SessionIndex<Id>,
    by_attribute: FindUsername,
    by_closure: OnceLock<FindUsername>,
}

impl<S: SessionStore> IndexedSessionStore<S> {
    /// Puts an index in front of a store.
    pub(crate) fn new(store: S, settings: &SessionSettings) -> Self {
        Self {
            parts: Arc::new(Parts {
                store,
                index: SessionIndex::new(settings.max_indexed),
                by_attribute: username::attribute(settings.username_attribute.clone()),
                by_closure: OnceLock::new(),
            }),
        }
    }

    /// Names the user of a session by what is kept in it, in place of the attribute of
    /// `actuator.sessions.username-attribute`. The first closure counts.
    #[must_use]
    pub fn username_with(
        self,
        find: impl Fn(&HashMap<String, Value>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        // As documented.
        let _ = self.parts.by_closure.set(Box::new(find));
        self
    }

    /// The store itself. What is done there is not noticed.
    pub fn store(&self) -> &S {
        &self.parts.store
    }
}

impl<S> Parts<S> {
    fn note(&self, record: &Record) {
        let find = self.by_closure.get().unwrap_or(&self.by_attribute);
        let username = find(&record.data);
        let names: Vec<&str> = record.data.keys().map(String::as_str).collect();
        let session = SessionState {
            username: username.as_deref(),
            attribute_names: &names,
            expires: record.expiry_date.into(),
        };
        self.index.saved(record.id, session);
    }
}

/// What the macro `async_trait` makes of an `async fn`.
type Stored<'f, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 'f>>;

impl<S: SessionStore> SessionStore for IndexedSessionStore<S> {
    fn create<'s, 'r, 'f>(&'s self, record: &'r mut Record) -> Stored<'f, ()>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            self.parts.store.create(record).await?;
            self.parts.note(record);
            Ok(())
        })
    }

    fn save<'s, 'r, 'f>(&'s self, record: &'r Record) -> Stored<'f, ()>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            self.parts.store.save(record).await?;
            self.parts.note(record);
            Ok(())
        })
    }

    fn load<'s, 'i, 'f>(&'s self, id: &'i Id) -> Stored<'f, Option<Record>>
    where
        's: 'f,
        'i: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let record = self.parts.store.load(id).await?;
            match &record {
                Some(record) if !self.parts.index.accessed(id) => self.parts.note(record),
                Some(_) => {}
                None => self.parts.index.removed(id),
            }
            Ok(record)
        })
    }

    fn delete<'s, 'i, 'f>(&'s self, id: &'i Id) -> Stored<'f, ()>
    where
        's: 'f,
        'i: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            self.parts.store.delete(id).await?;
            self.parts.index.removed(id);
            Ok(())
        })
    }
}

impl<S: SessionStore> SessionRepository for IndexedSessionStore<S> {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        let found = self.parts.index.find_by_username(username);
        Box::pin(std::future::ready(Ok(found)))
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        let (key, found) = (self.parts.index.key_of(id), self.parts.index.find_by_id(id));
        Box::pin(async move {
            let Some((key, found)) = key.zip(found) else { return Ok(None) };
            // Another instance may have ended it.
            let is_there = self.parts.store.load(&key).await?.is_some();
            if !is_there {
                self.parts.index.removed(&key);
            }
            Ok(is_there.then_some(found))
        })
    }

    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        let key = self.parts.index.key_of(id);
        Box::pin(async move {
            match key {
                Some(key) => Ok(SessionStore::delete(self, &key).await?),
                None => Ok(()),
            }
        })
    }
}

impl<S> Clone for IndexedSessionStore<S> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts) }
    }
}

impl<S: fmt::Debug> fmt::Debug for IndexedSessionStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexedSessionStore")
            .field("store", &self.parts.store)
            .finish_non_exhaustive()
    }
}

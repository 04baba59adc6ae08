//! A connection of a pool for one question: told apart why it cannot be had, and never leaked.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{ConnectOptions as _, Connection as _, Pool, pool::PoolConnection};
use tokio::time::sleep;

use super::driver::{Answer, Dialect};

/// How long the pool is left to itself before its silence is looked into.
const PATIENCE: Duration = Duration::from_millis(300);

/// A pool, and what the last question to it waits for.
#[derive(Debug)]
pub struct Asked<DB: Dialect> {
    pool: Pool<DB>,
    stage: Arc<Mutex<Stage>>,
}

/// How far a question has come.
#[derive(Debug, Default)]
enum Stage {
    /// The pool tests an idle connection or opens one.
    #[default]
    Connecting,
    /// The server accepts no connection for now, and says why; the pool tries again.
    Refused(String),
    /// The server accepts connections, but none of the pool is free.
    InUse,
    /// The question is asked.
    Asking,
}

impl<DB: Dialect> Clone for Asked<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), stage: Arc::clone(&self.stage) }
    }
}

impl<DB: Dialect> Asked<DB> {
    /// Nothing is asked yet.
    pub fn new(pool: Pool<DB>) -> Self {
        Self { pool, stage: Arc::default() }
    }

    /// What the last question waits for, or waited for when it was given up.
    pub fn waits_for(&self) -> String {
        match &*self.stage.lock().unwrap_or_else(PoisonError::into_inner) {
            Stage::Connecting if DB::IS_REMOTE => "a connection to the database".to_owned(),
            Stage::Refused(why) => format!("a connection to the database: {why}"),
            Stage::Connecting | Stage::InUse => {
                format!("a connection of the pool: {}", self.usage())
            }
            Stage::Asking => "the answer of the database".to_owned(),
        }
    }

    /// Does `work` with a connection of the pool.
    ///
    /// A future that is dropped meanwhile takes the connection with it where a server is at the
    /// other end: the pool would wait without end for the rest of the answer.
    pub async fn ask<T>(
        &self,
        work: impl for<'c> FnOnce(&'c mut DB::Connection) -> Answer<'c, T>,
    ) -> Result<T, Unanswered> {
        self.reached(Stage::Connecting);
        let mut lease = Lease(Some(self.acquire().await?));
        let Some(connection) = lease.0.as_deref_mut() else {
            return Err(self.because(&sqlx::Error::PoolClosed));
        };
        self.reached(Stage::Asking);
        let answer = work(connection).await;
        match answer {
            Err(error) if is_broken(&error) => Err(self.because(&error)),
            answer => {
                drop(lease.0.take());
                answer.map_err(|error| self.because(&error))
            }
        }
    }

    /// A connection of the pool, or why there is none: a pool goes on trying in silence while
    /// connections are refused.
    async fn acquire(&self) -> Result<PoolConnection<DB>, Unanswered> {
        tokio::select! {
            biased;
            connection = self.pool.acquire() => {
                connection.map_err(|error| self.because(&error))
            }
            error = self.unreachable(), if DB::IS_REMOTE => Err(self.because(&error)),
        }
    }

    /// Why the server cannot be reached; pending while that is not known, or it can.
    async fn unreachable(&self) -> sqlx::Error {
        sleep(PATIENCE).await;
        match self.pool.connect_options().connect().await {
            Ok(connection) => {
                self.reached(Stage::InUse);
                // It served its purpose; an error of saying goodbye is no news.
                let _ = connection.close().await;
            }
            Err(error @ sqlx::Error::Io(_)) => return error,
            // Such as too many connections: one of the pool may become free all the same.
            Err(error) => self.reached(Stage::Refused(error.to_string())),
        }
        std::future::pending().await
    }

    fn reached(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn because(&self, error: &sqlx::Error) -> Unanswered {
        Unanswered {
            text: match error {
                sqlx::Error::PoolTimedOut => {
                    let patience = self.pool.options().get_acquire_timeout();
                    format!("no connection of the pool within {patience:?}: {}", self.usage())
                }
                error => error.to_string(),
            },
            no_table: error.as_database_error().is_some_and(DB::is_missing_table),
        }
    }

    fn usage(&self) -> String {
        let used = (self.pool.size() as usize).saturating_sub(self.pool.num_idle());
        format!("{used} of {} are in use", self.pool.options().get_max_connections())
    }
}

/// Why a question got no answer.
#[derive(Debug)]
pub struct Unanswered {
    text: String,
    /// Whether the table that was asked does not exist.
    pub no_table: bool,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A connection that goes back to the pool only if it is taken out before the end.
struct Lease<DB: Dialect>(Option<PoolConnection<DB>>);

impl<DB: Dialect> Drop for Lease<DB> {
    fn drop(&mut self) {
        // A local database is never far: the pool can wait for it, and a database in memory lives
        // no longer than its connection.
        if let Some(connection) = self.0.take().filter(|_| DB::IS_REMOTE) {
            drop(connection.detach());
        }
    }
}

/// Whether nothing can be asked over the connection any more.
fn is_broken(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_))
}

//! Whether a database answers, and is what the application expects.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::Value;
use sqlx::{Connection as _, Pool, SqlSafeStr, SqlStr};

use crate::{
    health::{Health, HealthIndicator},
    model::endpoint::BoxFuture,
    support::database::{Asked, DatabaseDriver},
};

/// What Spring shows where the driver's own ping is used.
const PING: &str = "isValid()";

/// A pool of sqlx as a check: UP while a connection of it answers.
///
/// The details are Spring's: `database` (the product, as the server says), `validationQuery`
/// (`isValid()` for the ping of the protocol, which is the default) and, of a query, `result`.
///
/// ```no_run
/// # fn example<DB: actuator::checks::DatabaseDriver>(app: &mut actuator::App, pool: sqlx::Pool<DB>) {
/// use actuator::checks::Database;
///
/// app.health_check("db", Database::new(pool).read_write());
/// # }
/// ```
///
/// A registered component `PgPool`, `MySqlPool` or `SqlitePool` brings this check by itself, as
/// `db`.
pub struct Database<DB: DatabaseDriver> {
    asked: Asked<DB>,
    inquiry: Inquiry,
}

impl<DB: DatabaseDriver> Database<DB> {
    /// Pings a connection of `pool`.
    pub fn new(pool: Pool<DB>) -> Self {
        let inquiry = Inquiry { question: Question::Ping, expected: None, product: Arc::default() };
        Self { asked: Asked::new(pool), inquiry }
    }

    /// Asks this instead: UP if it gives no error. The first column of the first row is shown as
    /// `result`, so ask for nothing secret, and for one row: the server may send all of them.
    #[must_use]
    pub fn query(mut self, sql: impl SqlSafeStr) -> Self {
        self.inquiry.question = Question::Query(sql.into_sql_str());
        self
    }

    /// Asks this instead: DOWN if it finds no row. What it finds is not shown.
    #[must_use]
    pub fn at_least_one_row(mut self, sql: impl SqlSafeStr) -> Self {
        self.inquiry.question = Question::Row(sql.into_sql_str());
        self
    }

    /// Expects a session that can write: DOWN on a replica, or where anything else makes it
    /// read-only.
    #[must_use]
    pub fn read_write(mut self) -> Self {
        self.inquiry.expected = Some(Access::ReadWrite);
        self
    }

    /// Expects a session that cannot write, such as one of a replica: DOWN where it can.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.inquiry.expected = Some(Access::ReadOnly);
        self
    }
}

impl<DB: DatabaseDriver> HealthIndicator for Database<DB> {
    fn check(&self) -> BoxFuture<'static, Health> {
        let (asked, inquiry) = (self.asked.clone(), self.inquiry.clone());
        Box::pin(async move {
            let sent = inquiry.clone();
            let answer = asked.ask(|connection| Box::pin(sent.send::<DB>(connection))).await;
            inquiry.health(answer.unwrap_or_else(|error| Verdict::Down(error.to_string())))
        })
    }

    fn waits_for(&self) -> Option<String> {
        Some(self.asked.waits_for())
    }
}

impl<DB: DatabaseDriver> fmt::Debug for Database<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("driver", &DB::NAME)
            .field("inquiry", &self.inquiry)
            .finish_non_exhaustive()
    }
}

/// What a database is asked.
#[derive(Clone, Debug)]
struct Inquiry {
    question: Question,
    expected: Option<Access>,
    /// Asked for once: it does not change while the application runs.
    product: Arc<OnceLock<String>>,
}

#[derive(Clone, Debug)]
enum Question {
    Ping,
    /// The first column is the `result`.
    Query(SqlStr),
    /// No row is DOWN.
    Row(SqlStr),
}

/// What a session may do.
#[derive(Clone, Copy, Debug)]
enum Access {
    ReadWrite,
    ReadOnly,
}

/// What came out.
enum Verdict {
    /// With the `result`, if there is one to show.
    Up(Option<Value>),
    /// With the reason.
    Down(String),
}

impl Inquiry {
    async fn send<DB: DatabaseDriver>(
        self,
        connection: &mut DB::Connection,
    ) -> sqlx::Result<Verdict> {
        if self.product.get().is_none() {
            let row = DB::first(connection, SqlStr::from_static(DB::PRODUCT)).await?;
            if let Some(Value::String(product)) = row.and_then(|row| DB::value(&row)) {
                self.product.get_or_init(|| product);
            }
        }
        let verdict = match self.question {
            Question::Ping => connection.ping().await.map(|()| Verdict::Up(None))?,
            Question::Query(sql) => {
                let row = DB::first(connection, sql).await?;
                Verdict::Up(row.and_then(|row| DB::value(&row)))
            }
            Question::Row(sql) => match DB::first(connection, sql.clone()).await? {
                Some(_) => Verdict::Up(None),
                None => Verdict::Down(format!("no row found by `{}`", sql.as_str())),
            },
        };
        match (&verdict, self.expected) {
            (Verdict::Up(_), Some(expected)) => {
                let rows = DB::all(connection, SqlStr::from_static(DB::OBSTACLES)).await?;
                let obstacles: Vec<String> = rows.iter().filter_map(DB::obstacle).collect();
                Ok(expected.refusal(&obstacles).map_or(verdict, Verdict::Down))
            }
            _ => Ok(verdict),
        }
    }

    fn health(&self, verdict: Verdict) -> Health {
        let mut health = match verdict {
            Verdict::Up(_) => Health::up(),
            Verdict::Down(_) => Health::down(),
        };
        if let Some(product) = self.product.get() {
            health = health.with_detail("database", product);
        }
        health = health.with_detail("validationQuery", self.question.shown());
        match verdict {
            Verdict::Up(None) => health,
            Verdict::Up(Some(result)) => health.with_detail("result", result),
            Verdict::Down(error) => health.with_detail("error", error),
        }
    }
}

impl Question {
    fn shown(&self) -> &str {
        match self {
            Self::Ping => PING,
            Self::Query(sql) | Self::Row(sql) => sql.as_str(),
        }
    }
}

impl Access {
    /// Why a session is not what was expected, if these obstacles keep it from writing.
    fn refusal(self, obstacles: &[String]) -> Option<String> {
        match self {
            Self::ReadWrite if obstacles.is_empty() => None,
            Self::ReadWrite => {
                Some(format!("expected to be able to write: {}", obstacles.join(", ")))
            }
            Self::ReadOnly if obstacles.is_empty() => {
                Some("expected to be read-only: nothing keeps this session from writing".to_owned())
            }
            Self::ReadOnly => None,
        }
    }
}

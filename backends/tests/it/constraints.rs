//! Constraints that real servers refuse to violate, as the errors that handlers return.

use actuator::HttpError;
use actuator::checks::DatabaseDriver;
use actuator_backends::Server;
use sqlx::{Executor, MySql, Pool, Postgres};

use crate::service::{pool, runtime};

const TABLES: [&str; 3] = [
    "CREATE TABLE team (id INTEGER PRIMARY KEY)",
    "CREATE TABLE member (email VARCHAR(20) NOT NULL UNIQUE, age SMALLINT CHECK (age > 0), \
     team INTEGER, FOREIGN KEY (team) REFERENCES team (id))",
    "INSERT INTO member VALUES ('kim@example.org', 7, NULL)",
];

fn are_told_apart<DB: DatabaseDriver>(server: &Server)
where
    for<'p> &'p Pool<DB>: Executor<'p, Database = DB>,
{
    let runtime = runtime();
    let inside = runtime.enter();
    let pool = pool::<DB>(&inside, &server.url(), 1);
    runtime.block_on(async {
        for sql in TABLES {
            (&pool).execute(sqlx::raw_sql(sql)).await.unwrap();
        }
        for (values, status) in [
            ("'kim@example.org', 8, NULL", 409),
            ("'lee@example.org', 8, 4711", 409),
            ("NULL, 8, NULL", 400),
            ("'lee@example.org', -1, NULL", 400),
            ("'lee-has-a-very-long-address@example.org', 8, NULL", 400),
            ("'lee@example.org', 1000000, NULL", 400),
        ] {
            let sql = sqlx::AssertSqlSafe(format!("INSERT INTO member VALUES ({values})"));
            let error = (&pool).execute(sqlx::raw_sql(sql)).await.err().unwrap();
            let error = HttpError::from(error);
            assert_eq!(error.status().as_u16(), status, "{values}: {error:?}");
            let detail = error.detail().unwrap().to_lowercase();
            for secret in ["member", "email", "example.org", "insert", "4711", "fkey", "age"] {
                assert!(!detail.contains(secret), "{detail}");
            }
        }
        let error = (&pool).execute(sqlx::raw_sql("SELECT 1 FROM nothing")).await.err().unwrap();
        assert_eq!(HttpError::from(error).status().as_u16(), 500);
    });
}

#[test]
fn trap_seed_18_constraints_of_postgresql_are_told_without_its_words() {
    are_told_apart::<Postgres>(&Server::postgres());
}

#[test]
fn trap_seed_18_constraints_of_mariadb_are_told_without_its_words() {
    are_told_apart::<MySql>(&Server::mariadb());
}

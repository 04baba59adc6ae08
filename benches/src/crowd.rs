//! Many callers who ask at one moment.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::load::{Connection, Target};

/// Connections are opened in groups of this size, so that no server's queue of them overflows.
const GROUP: usize = 25;
const BETWEEN_GROUPS: Duration = Duration::from_millis(5);

/// Connections over which nothing was asked yet.
#[derive(Debug)]
pub struct Crowd {
    connections: Vec<Connection>,
}

impl Crowd {
    /// Opens `size` connections.
    ///
    /// # Errors
    /// The server takes no more, or this process may not open so many.
    pub async fn gather(target: &Target, size: usize) -> io::Result<Self> {
        let mut connections = Vec::with_capacity(size);
        while connections.len() < size {
            for _ in 0..GROUP.min(size - connections.len()) {
                connections.push(Connection::open(target).await?);
            }
            sleep(BETWEEN_GROUPS).await;
        }
        Ok(Self { connections })
    }

    /// Asks over all connections at once; how long each answer took, from the moment when the first
    /// was asked.
    ///
    /// # Errors
    /// An answer that is not 200, or none.
    pub async fn ask(self) -> io::Result<Vec<Duration>> {
        let began = Instant::now();
        let tasks: Vec<_> = self
            .connections
            .into_iter()
            .map(|mut connection| {
                tokio::spawn(async move {
                    connection.expect_ok().await?;
                    io::Result::Ok(began.elapsed())
                })
            })
            .collect();
        let mut took = Vec::with_capacity(tasks.len());
        for task in tasks {
            took.push(task.await.map_err(io::Error::other)??);
        }
        Ok(took)
    }
}

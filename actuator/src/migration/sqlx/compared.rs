//! What the application brings along beside what was applied.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use crate::migration::{Migration, MigrationState};

/// A row of a history.
#[derive(Debug)]
pub struct Row {
    pub version: i64,
    pub description: String,
    pub script: String,
    pub success: bool,
    pub checksum: Vec<u8>,
    pub installed_on: Option<SystemTime>,
    pub execution_time: Option<Duration>,
}

/// A migration that the application brings along.
#[derive(Clone, Debug)]
pub struct Known {
    pub description: String,
    pub script: String,
    pub checksum: Vec<u8>,
}

/// All migrations: those of the rows, which stand in the order of their installation, then those
/// that are to come. `None` if nobody said what the application brings along.
pub fn compared(known: Option<&BTreeMap<i64, Known>>, rows: Vec<Row>) -> Vec<Migration> {
    let mut pending: BTreeMap<i64, &Known> =
        known.into_iter().flatten().map(|(version, known)| (*version, known)).collect();
    let newest = pending.last_key_value().map(|(version, _)| *version);
    let mut migrations = Vec::with_capacity(rows.len() + pending.len());
    for (row, rank) in rows.into_iter().zip(1..) {
        let brought = pending.remove(&row.version);
        let is_changed = brought.is_some_and(|brought| brought.checksum != row.checksum);
        let is_unknown = known.is_some() && brought.is_none();
        let is_newer = newest.is_none_or(|newest| row.version > newest);
        let state = match (row.success, is_unknown, is_newer) {
            (true, false, _) => MigrationState::Success,
            (false, false, _) => MigrationState::Failed,
            (true, true, true) => MigrationState::FutureSuccess,
            (false, true, true) => MigrationState::FutureFailed,
            (true, true, false) => MigrationState::MissingSuccess,
            (false, true, false) => MigrationState::MissingFailed,
        };
        migrations.push(Migration {
            script: brought.map_or(row.script, |brought| brought.script.clone()),
            checksum: folded(&row.checksum),
            is_changed,
            installed_on: row.installed_on,
            installed_rank: Some(rank),
            execution_time: row.execution_time,
            ..Migration::new(row.version.to_string(), row.description, state)
        });
    }
    migrations.extend(pending.into_iter().map(|(version, brought)| Migration {
        script: brought.script.clone(),
        checksum: folded(&brought.checksum),
        ..Migration::new(version.to_string(), &brought.description, MigrationState::Pending)
    }));
    migrations
}

/// The first bytes of a checksum, as the number that Flyway has.
fn folded(checksum: &[u8]) -> Option<i32> {
    checksum.first_chunk().copied().map(i32::from_be_bytes)
}

/// A time of a column of milliseconds.
pub fn instant(millis: Option<i64>) -> Option<SystemTime> {
    let since = Duration::from_millis(u64::try_from(millis?).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(version: i64, success: bool, checksum: u8) -> Row {
        Row {
            version,
            description: format!("create t{version}"),
            script: "as its history says".to_owned(),
            success,
            checksum: vec![checksum; 48],
            installed_on: instant(Some(1_000)),
            execution_time: Some(Duration::from_millis(2)),
        }
    }

    fn known(versions: &[i64]) -> BTreeMap<i64, Known> {
        let known = |version: &i64| Known {
            description: format!("create t{version}"),
            script: format!("{version}.sql"),
            checksum: vec![1; 48],
        };
        versions.iter().map(|version| (*version, known(version))).collect()
    }

    fn told(migrations: &[Migration]) -> Vec<String> {
        let told = |one: &Migration| {
            let (version, rank) = (one.version.as_deref().unwrap(), one.installed_rank);
            let changed = if one.is_changed { " changed" } else { "" };
            format!("{version} {} {rank:?} {}{changed}", one.state.name(), one.script)
        };
        migrations.iter().map(told).collect()
    }

    #[test]
    fn each_migration_has_the_state_that_flyway_would_give_it() {
        let rows = vec![row(2, true, 1), row(1, true, 9), row(3, false, 1), row(9, true, 1)];
        let migrations = compared(Some(&known(&[2, 3, 5, 4])), rows);
        assert_eq!(
            told(&migrations),
            [
                "2 SUCCESS Some(1) 2.sql",
                "1 MISSING_SUCCESS Some(2) as its history says",
                "3 FAILED Some(3) 3.sql",
                "9 FUTURE_SUCCESS Some(4) as its history says",
                "4 PENDING None 4.sql",
                "5 PENDING None 5.sql",
            ]
        );
        assert_eq!(migrations.first().unwrap().checksum, Some(0x0101_0101));
        let failed = compared(Some(&known(&[])), vec![row(1, false, 1)]);
        assert_eq!(told(&failed), ["1 FUTURE_FAILED Some(1) as its history says"]);
        let changed = compared(Some(&known(&[1])), vec![row(1, true, 200)]);
        assert_eq!(told(&changed), ["1 SUCCESS Some(1) 1.sql changed"]);
        assert_eq!(changed.first().unwrap().checksum, Some(-926_365_496));
    }

    #[test]
    fn where_nobody_knows_what_there_should_be_nothing_is_missing() {
        let migrations = compared(None, vec![row(7, true, 1)]);
        assert_eq!(told(&migrations), ["7 SUCCESS Some(1) as its history says"]);
    }
}

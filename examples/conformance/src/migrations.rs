//! The migrations of the recorded application's database.

use std::time::{Duration, SystemTime};

use actuator::{
    App,
    migration::{Migration, MigrationError, MigrationSource, MigrationState},
    security::BoxFuture,
};

/// What Flyway had recorded there.
struct Recorded;

impl MigrationSource for Recorded {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        let success = MigrationState::Success;
        let baseline = "<< Flyway Baseline >>";
        let mut first = Migration::new("0", baseline, MigrationState::Baseline);
        "BASELINE".clone_into(&mut first.kind);
        baseline.clone_into(&mut first.script);
        let mut migrations = vec![first];
        for (version, description, script, checksum) in [
            (Some("1"), "init", "V1__init.sql", 1_923_162_778),
            (Some("2"), "more cities", "V2__more_cities.sql", 425_554_143),
            (None, "view", "R__view.sql", -2_031_720_828),
        ] {
            let mut migration = Migration::new("", description, success);
            migration.version = version.map(str::to_owned);
            script.clone_into(&mut migration.script);
            migration.checksum = Some(checksum);
            migrations.push(migration);
        }
        for (migration, rank) in migrations.iter_mut().zip(1..) {
            migration.installed_rank = Some(rank);
            migration.installed_by = Some("SA".to_owned());
            migration.installed_on = Some(SystemTime::now());
            migration.execution_time = Some(Duration::from_millis(2));
        }
        Box::pin(std::future::ready(Ok(migrations)))
    }
}

/// Registers them.
pub fn register(app: &mut App) {
    app.migrations("flyway", Recorded);
}

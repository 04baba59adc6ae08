//! The difference between the migrations that an application brings and those that were applied.

use std::{borrow::Cow, collections::BTreeMap};

use sqlx::migrate::{Migration, Migrator};

use crate::support::database::DatabaseDriver;

/// How many migrations of a kind are named; the rest is counted.
const NAMED: usize = 20;

/// A row of the table of migrations.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its number, mostly a time stamp.
    pub version: i64,
    /// The words of its file name.
    pub description: String,
    /// Whether it ran to its end.
    pub success: bool,
    /// The SHA-384 of its text.
    pub checksum: Vec<u8>,
}

impl Applied {
    /// From a row of `version, description, success, checksum`.
    pub fn read<DB: DatabaseDriver>(row: &DB::Row) -> sqlx::Result<Self> {
        Ok(Self {
            version: DB::number(row, 0)?.unwrap_or_default(),
            description: DB::text(row, 1)?,
            success: DB::truth(row, 2)?,
            checksum: DB::bytes(row, 3)?,
        })
    }
}

/// What an application brings along.
#[derive(Debug)]
pub struct Embedded {
    /// The table that says what was applied, as SQL names it.
    pub table: Cow<'static, str>,
    migrations: BTreeMap<i64, Migration>,
    ignores_unknown: bool,
}

impl Embedded {
    /// What this migrator would apply, without the ways back.
    pub fn of(migrator: &Migrator) -> Self {
        let forward =
            migrator.iter().filter(|migration| !migration.migration_type.is_down_migration());
        Self {
            table: migrator.table_name.clone(),
            migrations: forward.map(|migration| (migration.version, migration.clone())).collect(),
            ignores_unknown: migrator.ignore_missing,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.migrations.len()
    }

    /// What is different from the applied ones.
    pub fn difference(&self, applied: &[Applied]) -> Difference {
        let mut difference = Difference::default();
        for (version, migration) in &self.migrations {
            if !applied.iter().any(|applied| applied.version == *version) {
                difference.pending.push(named(*version, &migration.description));
            }
        }
        for applied in applied {
            let name = || named(applied.version, &applied.description);
            let embedded = self.migrations.get(&applied.version);
            if !applied.success {
                difference.failed.push(name());
            }
            match embedded {
                None if self.ignores_unknown => {}
                None => difference.unknown.push(name()),
                Some(embedded) if *embedded.checksum != *applied.checksum => {
                    difference.changed.push(name());
                }
                Some(_) => {}
            }
        }
        difference
    }
}

/// Migrations that are not as they should be, each as `20260101 create users`.
#[derive(Debug, Default)]
pub struct Difference {
    /// Embedded, not applied.
    pending: Vec<String>,
    /// Applied, not embedded: by a newer version of the application, or removed from it.
    unknown: Vec<String>,
    /// Begun and not ended.
    failed: Vec<String>,
    /// Applied with another text than the embedded one.
    changed: Vec<String>,
}

impl Difference {
    /// The kinds that there are, in words for people.
    pub fn kinds(self) -> impl Iterator<Item = (&'static str, Vec<String>)> {
        [
            ("pending", self.pending),
            ("unknown", self.unknown),
            ("failed", self.failed),
            ("changed", self.changed),
        ]
        .into_iter()
        .filter(|(_, migrations)| !migrations.is_empty())
        .map(|(kind, migrations)| (kind, shortened(migrations)))
    }
}

fn named(version: i64, description: &str) -> String {
    format!("{version} {description}")
}

fn shortened(mut migrations: Vec<String>) -> Vec<String> {
    let more = migrations.len().saturating_sub(NAMED);
    if more > 0 {
        migrations.truncate(NAMED);
        migrations.push(format!("and {more} more"));
    }
    migrations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_difference_is_named_in_part_and_counted() {
        let applied = (1..=25).map(|version| Applied {
            version,
            description: "of yore".to_owned(),
            success: version != 25,
            checksum: Vec::new(),
        });
        let embedded = Embedded::of(&Migrator::with_migrations(Vec::new()));
        let difference = embedded.difference(&applied.collect::<Vec<_>>());
        let kinds: Vec<_> = difference.kinds().collect();
        let [("unknown", unknown), ("failed", failed)] = kinds.as_slice() else {
            panic!("{kinds:?}");
        };
        assert_eq!(unknown.len(), 21);
        assert_eq!(unknown.first().unwrap(), "1 of yore");
        assert_eq!(unknown.last().unwrap(), "and 5 more");
        assert_eq!(failed, &["25 of yore"]);
    }
}

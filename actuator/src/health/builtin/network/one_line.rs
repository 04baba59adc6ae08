//! Checks that settings describe in one line, `actuator.health.<kind>.<name> = "<address>"`, or
//! with more below the name: `actuator.health.<kind>.<name>.address`, `.timeout` …

use std::{collections::BTreeSet, fmt, time::Duration};

use super::outgoing::TIMEOUT;
use crate::settings::SettingsReader;

const PREFIX: &str = "actuator.health";
const ADDRESS: &str = "address";

/// A check that settings describe.
pub struct Described {
    /// Its path in the tree of checks.
    pub name: String,
    /// What is asked: a URL, a host and a port, a name.
    pub address: String,
    /// The setting that holds the address.
    address_setting: String,
    /// In front of its other settings.
    prefix: String,
}

/// All checks of a kind, by name. `keys` are the settings that one may have beside `address`;
/// one that ends in `.` takes any key below it. Others are refused.
pub fn described(reader: &mut SettingsReader<'_>, kind: &str, keys: &[&str]) -> Vec<Described> {
    let prefix = format!("{PREFIX}.{kind}");
    let mut names = BTreeSet::new();
    for (key, _) in reader.map(&prefix) {
        let Some((name, below)) = key.split_once('.') else {
            names.insert(key);
            continue;
        };
        let below = below.split_once('[').map_or(below, |(below, _)| below);
        let is_known =
            |known: &&str| below == *known || known.ends_with('.') && below.starts_with(*known);
        if below == ADDRESS || keys.iter().any(is_known) {
            names.insert(name.to_owned());
        } else {
            let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
            let accepted = format!("expected {ADDRESS}, {} behind the name", keys.join(", "));
            reader.reject_hidden(&format!("{prefix}.{key}"), accepted);
        }
    }
    names.into_iter().filter_map(|name| Described::read(reader, &prefix, name)).collect()
}

fn shown(key: &str) -> String {
    if key.ends_with('.') { format!("{key}*") } else { key.to_owned() }
}

impl Described {
    fn read(reader: &mut SettingsReader<'_>, kind: &str, name: String) -> Option<Self> {
        let prefix = format!("{kind}.{name}");
        let below = format!("{prefix}.{ADDRESS}");
        let (short, long) = (reader.value::<String>(&prefix), reader.value::<String>(&below));
        let (address, address_setting) = match (short, long) {
            (Some(address), None) => (address, prefix.clone()),
            (None, Some(address)) => (address, below),
            (Some(_), Some(_)) => {
                reader.reject_hidden(&below, format!("stands in {prefix} too: leave one out"));
                return None;
            }
            (None, None) => {
                reader.reject(&below, "is missing: what is to be asked?");
                return None;
            }
        };
        Some(Self { name, address, address_setting, prefix })
    }

    /// The full name of one of its other settings.
    pub fn setting(&self, key: &str) -> String {
        format!("{}.{key}", self.prefix)
    }

    /// In front of the names of its other settings.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Its own timeout.
    pub fn timeout(&self, reader: &mut SettingsReader<'_>) -> Duration {
        reader.duration_within(&self.setting("timeout"), TIMEOUT, Duration::from_hours(1))
    }

    /// What was made of the address, or a complaint about it. What may hold a secret is not
    /// repeated.
    pub fn accept<T>(
        &self,
        reader: &mut SettingsReader<'_>,
        made: Result<T, impl fmt::Display>,
    ) -> Option<T> {
        match made {
            Ok(made) => Some(made),
            Err(complaint) if self.address.contains(['@', '?']) => {
                reader.reject_hidden(&self.address_setting, complaint);
                None
            }
            Err(complaint) => {
                reader.reject(&self.address_setting, complaint);
                None
            }
        }
    }
}

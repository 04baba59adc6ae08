//! Which endpoints settings may speak of: those that are built in, those that macros declared, and
//! those that the settings themselves name, for what the set-up registers later.

use super::comparable;
use crate::settings::Settings;

/// What settings say of a single endpoint, whatever it is called.
const OF_ANY: [&str; 5] =
    [".access", ".cache.time-to-live", ".enabled", ".read-roles", ".write-roles"];

/// The ids of `known`, and those that settings name below `management.endpoint`.
pub(crate) fn ids<'k>(
    settings: &Settings,
    known: impl IntoIterator<Item = &'k str>,
) -> Vec<String> {
    let mut ids: Vec<String> = known.into_iter().map(str::to_owned).collect();
    for (name, _) in settings.map("management.endpoint") {
        let named = OF_ANY.iter().find_map(|what| name.strip_suffix(what));
        if let Some(id) = named
            && !ids.iter().any(|known| comparable(known) == comparable(id))
        {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_may_name_endpoints_that_nobody_knows_yet() {
        let settings = Settings::builder()
            .force("management.endpoint.features.access", "none")
            .force("management.endpoint.ENV.access", "none")
            .force("management.endpoint.my.own.read-roles", "a,b")
            .force("management.endpoint.health.show-details", "always")
            .build()
            .unwrap();
        assert_eq!(ids(&settings, ["env", "health"]), ["env", "health", "features", "my.own"]);
    }
}

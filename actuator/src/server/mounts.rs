//! The paths outside the base path: which of them are served, and that none is taken twice.

use crate::{
    endpoint::Mount,
    error::Result,
    model::access::Access,
    settings::{Settings, SettingsReader},
    support::text::is_at_or_below,
    web::{Exposed, Exposure, MountedPath},
};

use super::settings::ServerSettings;

/// What mounted paths must not stand on.
pub(super) struct Ground<'g> {
    pub(super) server: &'g ServerSettings,
    pub(super) exposure: &'g Exposure,
    /// The endpoints below the base path.
    pub(super) exposed: &'g [Exposed],
    pub(super) settings: &'g Settings,
}

impl Ground<'_> {
    /// The mounts that access permits and that have a listener; refuses with all that collide,
    /// the settings of both sides named.
    pub(super) fn mount(&self, mounts: Vec<Mount>) -> Result<Vec<MountedPath>> {
        let mounts: Vec<Mount> = mounts
            .into_iter()
            .filter(|mount| self.exposure.access_to(&mount.endpoint) != Access::None)
            .filter(|mount| {
                self.server.is_apart() || mount.listener == self.server.management_listener()
            })
            .collect();
        let mut reader = SettingsReader::new(self.settings);
        let mut told: Vec<(&str, &str)> = Vec::new();
        for (index, mount) in mounts.iter().enumerate() {
            let earlier = mounts.iter().take(index);
            let mut earlier = earlier.filter(|other| other.listener == mount.listener);
            let taken = earlier.find(|other| collide(other, mount));
            let (setting, path) = (self.setting(mount), &mount.path);
            // A view that answers on both listeners is told once.
            if told.contains(&(setting, path)) {
                continue;
            }
            if let Some(other) = taken {
                reader.reject(
                    setting,
                    format_args!(
                        "{path} is served because of {} already; change one of the two",
                        self.setting(other)
                    ),
                );
            } else if let Some(what) = self.hidden_by(mount) {
                reader.reject(setting, format_args!(
                    "{path} would stand on {what} of management.endpoints.web.base-path; change \
                     one of the two"
                ));
            } else {
                continue;
            }
            told.push((setting, path));
        }
        reader.finish()?;
        let mounted = |Mount { endpoint, listener, path, below, .. }| MountedPath {
            path,
            listener,
            endpoint,
            below,
        };
        Ok(mounts.into_iter().map(mounted).collect())
    }

    /// What of the management API the mount would hide.
    fn hidden_by(&self, mount: &Mount) -> Option<String> {
        if mount.listener != self.server.management_listener() {
            return None;
        }
        let base = self.server.base_path.as_str();
        if base.is_empty() {
            let mut paths = self.exposed.iter().map(|endpoint| format!("/{}", endpoint.path()));
            let hidden = paths.find(|path| {
                is_at_or_below(&mount.path, path)
                    || mount.below && is_at_or_below(path, &mount.path)
            })?;
            return Some(format!("the endpoint {hidden}"));
        }
        let inside = is_at_or_below(&mount.path, base);
        let around = mount.below && is_at_or_below(base, &mount.path);
        (inside || around).then(|| format!("the path {base}"))
    }

    /// The setting that asked for a path. The probes' is set nowhere else than at the probes.
    fn setting<'m>(&self, mount: &'m Mount) -> &'m str {
        let set = self.settings.property(&mount.setting).is_some();
        let is_probe = mount.setting.ends_with(".additional-path") && !set;
        if is_probe {
            "management.endpoint.health.probes.add-additional-paths"
        } else {
            &mount.setting
        }
    }
}

fn collide(one: &Mount, other: &Mount) -> bool {
    one.path == other.path
        || one.below && is_at_or_below(&other.path, &one.path)
        || other.below && is_at_or_below(&one.path, &other.path)
}

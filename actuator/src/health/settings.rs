//! The settings of health, below `management.endpoint.health`, `management.health` and
//! `actuator.health`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use super::{
    aggregator::StatusAggregator,
    builtin::BuiltinSettings,
    contributors::HealthContributors,
    engine::{CheckObserver, EngineSettings},
    group::{AdditionalPath, HealthGroup, HealthGroups},
    http_mapping::HttpMapping,
    membership::Membership,
};
use crate::{
    model::{sanitizer::Sanitizer, show::Show},
    settings::{DataSize, FromSetting, SettingsReader},
    support::{application_runtime::ApplicationRuntime, text::nearest},
};

const ENDPOINT: &str = "management.endpoint.health";
const INDICATORS: &str = "management.health";
const PROBES: [(&str, &str, &str); 2] =
    [("liveness", "livenessState", "/livez"), ("readiness", "readinessState", "/readyz")];
const STARTUP: (&str, &str, &str) = ("startup", "startupState", "/startupz");

/// What the surroundings of the application decide when no setting does.
#[derive(Clone, Copy, Debug)]
pub struct HealthDefaults {
    /// Who sees the details.
    pub show_details: Show,
}

/// The settings of health.
#[derive(Clone, Debug)]
pub struct HealthSettings {
    /// The primary group, the named ones and the probes.
    pub groups: HealthGroups,
    /// How checks are run.
    pub engine: EngineSettings,
    /// Whether details tell about the checks themselves (`actuator.health.show-check`).
    pub show_checks: bool,
    /// The longest time for which a status may be set by hand; `None` if that is switched off
    /// (`actuator.health.override.*`).
    pub longest_override: Option<Duration>,
    /// The path whose disk is watched (`management.health.diskspace.path`, the working folder).
    pub disk_path: PathBuf,
    /// The bytes that must be free on it (`management.health.diskspace.threshold`, 10 MB).
    pub disk_threshold: u64,
    /// How long before its end a certificate is listed as one that expires
    /// (`management.health.ssl.certificate-validity-warning-threshold`, 14 days).
    pub certificate_warning: Duration,
    /// What the built-in checks are told.
    pub builtin: BuiltinSettings,
    /// Whether start-up is a probe too; unset, the application's tasks decide.
    startup: Option<bool>,
    /// The path of that probe, if probes have paths of their own.
    startup_path: Option<AdditionalPath>,
    validate_membership: bool,
    switches: Switches,
}

/// Which checks exist.
#[derive(Clone, Debug)]
struct Switches {
    /// The states, where nothing is said of one.
    probes: bool,
    /// The built-in ones, where nothing is said of one.
    defaults: bool,
    /// Single checks by loose name.
    by_name: BTreeMap<String, bool>,
}

impl HealthSettings {
    /// Reads all of them; bad ones are remembered by the reader.
    pub fn read(reader: &mut SettingsReader<'_>, defaults: HealthDefaults) -> Self {
        let probes = reader.value_or(&format!("{ENDPOINT}.probes.enabled"), true);
        let add_probe_paths =
            reader.value_or(&format!("{ENDPOINT}.probes.add-additional-paths"), false) && probes;
        let groups = read_groups(reader, defaults, probes, add_probe_paths);
        let by_name = read_switches(reader);
        let off = by_name.iter().filter(|(_, is_on)| !**is_on).map(|(name, _)| name.clone());
        let engine = EngineSettings::read(reader, groups.primary().aggregator.clone());
        Self {
            engine: EngineSettings { disabled: off.collect(), ..engine },
            groups,
            startup: reader.value(&format!("{ENDPOINT}.probes.startup")),
            startup_path: add_probe_paths.then(|| AdditionalPath::server(STARTUP.2)),
            show_checks: reader.value_or("actuator.health.show-check", false),
            longest_override: read_longest_override(reader),
            disk_path: reader.value_or(&format!("{INDICATORS}.diskspace.path"), PathBuf::from(".")),
            disk_threshold: reader
                .value::<DataSize>(&format!("{INDICATORS}.diskspace.threshold"))
                .map_or(10 * 1024 * 1024, |size| size.0),
            certificate_warning: reader.value_or(
                &format!("{INDICATORS}.ssl.certificate-validity-warning-threshold"),
                Duration::from_hours(14 * 24),
            ),
            builtin: BuiltinSettings::read(reader),
            validate_membership: reader
                .value_or(&format!("{ENDPOINT}.validate-group-membership"), true),
            switches: Switches {
                probes,
                defaults: reader.value_or(&format!("{INDICATORS}.defaults.enabled"), true),
                by_name,
            },
        }
    }

    /// Whether an application's own check is wanted: unless
    /// `management.health.<name>.enabled=false`.
    pub fn is_enabled(&self, path: &str) -> bool {
        self.switch(path).unwrap_or(true)
    }

    /// Whether a built-in check is wanted; `management.health.defaults.enabled` decides for those
    /// without a switch of their own.
    pub fn is_builtin_enabled(&self, name: &str) -> bool {
        self.switch(name).unwrap_or(self.switches.defaults)
    }

    /// Whether an availability state is a check; probes bring them.
    pub fn is_state_enabled(&self, name: &str) -> bool {
        let wanted = self.switches.probes && (name != STARTUP.1 || self.startup == Some(true));
        self.switch(name).unwrap_or(wanted)
    }

    /// Whether a check is wanted that is there only when asked for.
    pub fn is_requested(&self, name: &str) -> bool {
        self.switch(name).unwrap_or(false)
    }

    /// Makes start-up a probe (the check `startupState`, the group `startup`) if
    /// `management.endpoint.health.probes.startup` says so or, where it is unset, if the
    /// application has start-up tasks. To be called once its set-up has run.
    pub fn decide_startup(&mut self, has_tasks: bool) {
        let wanted = self.switches.probes && self.startup.unwrap_or(has_tasks);
        self.startup = Some(wanted);
        if wanted {
            self.groups.add_probe(STARTUP.0, STARTUP.1, self.startup_path.take());
        }
    }

    /// An empty tree for checks that may belong to `groups`.
    pub fn contributors(
        &self,
        groups: &HealthGroups,
        runtime: ApplicationRuntime,
        observer: Option<Arc<dyn CheckObserver>>,
    ) -> HealthContributors {
        HealthContributors::new(groups.names().to_vec(), self.engine.clone(), runtime, observer)
    }

    /// The same with what hides secrets in the causes of changes.
    #[must_use]
    pub fn hiding(mut self, sanitizer: &Sanitizer) -> Self {
        self.engine.sanitizer = sanitizer.clone();
        self
    }

    /// What is said of checks that do not exist, at least not yet: one line each.
    pub fn unknown_checks(&self, contributors: &HealthContributors) -> Vec<String> {
        let paths = contributors.paths();
        let known: Vec<String> = paths.iter().map(|path| loose(path)).collect();
        let unknown = self.engine.by_check.iter().filter(|(path, _)| !known.contains(&loose(path)));
        let complaint = |path: &str| {
            let near = nearest(path, paths.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            format!("actuator.health.check.{path}.*: there is no health check {path}{hint}")
        };
        unknown.map(|(path, _)| complaint(path)).collect()
    }

    /// Remembers in the reader every member of a group that does not exist. To be called once all
    /// checks are registered.
    pub fn validate(&self, reader: &mut SettingsReader<'_>, contributors: &HealthContributors) {
        if self.validate_membership {
            for (setting, complaint) in self.groups.missing_members(contributors) {
                reader.reject(&setting, complaint);
            }
        }
    }

    fn switch(&self, path: &str) -> Option<bool> {
        self.switches.by_name.get(&loose(path)).copied()
    }
}

fn read_longest_override(reader: &mut SettingsReader<'_>) -> Option<Duration> {
    let name = "actuator.health.override.max-duration";
    let longest = reader.value_or(name, Duration::from_hours(24));
    if longest.is_zero() || longest > Duration::from_hours(24 * 365) {
        reader.reject(name, "expected more than 0 and at most a year");
    }
    reader.value_or("actuator.health.override.enabled", false).then_some(longest)
}

fn read_switches(reader: &mut SettingsReader<'_>) -> BTreeMap<String, bool> {
    let keys: Vec<String> = reader
        .map(INDICATORS)
        .into_iter()
        .filter_map(|(key, _)| key.strip_suffix(".enabled").map(str::to_owned))
        .filter(|key| key != "defaults")
        .collect();
    keys.into_iter()
        .filter_map(|key| {
            let enabled = reader.value(&format!("{INDICATORS}.{key}.enabled"))?;
            Some((loose(&key), enabled))
        })
        .collect()
}

fn read_groups(
    reader: &mut SettingsReader<'_>,
    defaults: HealthDefaults,
    probes: bool,
    add_paths: bool,
) -> HealthGroups {
    let primary = read_group(reader, ENDPOINT, &HealthGroup::primary(defaults.show_details));
    let prefix = format!("{ENDPOINT}.group");
    let found: BTreeSet<String> = reader
        .map(&prefix)
        .into_iter()
        .filter_map(|(key, _)| key.split('.').next().map(str::to_owned))
        .collect();
    let mut groups = BTreeMap::new();
    for name in found {
        let group = read_group(reader, &format!("{prefix}.{name}"), &primary);
        groups.insert(name.clone(), HealthGroup { name, ..group });
    }
    for (name, member, path) in PROBES.into_iter().filter(|_| probes) {
        let path = add_paths.then(|| AdditionalPath::server(path));
        // A group of the application's own replaces the probe, and inherits its path.
        match groups.get_mut(name) {
            Some(own) => own.additional_path = own.additional_path.take().or(path),
            None => drop(groups.insert(name.to_owned(), HealthGroup::probe(name, member, path))),
        }
    }
    refuse_shared_paths(reader, &groups);
    HealthGroups::new(primary, groups)
}

/// One group: what is not set is as in `inherited`, but for the members and the path.
fn read_group(
    reader: &mut SettingsReader<'_>,
    prefix: &str,
    inherited: &HealthGroup,
) -> HealthGroup {
    let mut list = |name: &str| reader.list(&format!("{prefix}.{name}")).unwrap_or_default();
    let (include, exclude) =
        if prefix == ENDPOINT { Default::default() } else { (list("include"), list("exclude")) };
    let (roles, order) = (list("roles"), list("status.order"));
    let mapping = read_mapping(reader, &format!("{prefix}.status.http-mapping"));
    let show =
        |reader: &mut SettingsReader<'_>, name: &str| reader.value(&format!("{prefix}.{name}"));
    HealthGroup {
        name: String::new(),
        membership: Membership::of(include, exclude),
        show_components: show(reader, "show-components").or(inherited.show_components),
        show_details: show(reader, "show-details").unwrap_or(inherited.show_details),
        roles: if roles.is_empty() { inherited.roles.clone() } else { roles },
        aggregator: if order.is_empty() {
            inherited.aggregator.clone()
        } else {
            StatusAggregator::of(order)
        },
        http_mapping: mapping.unwrap_or_else(|| inherited.http_mapping.clone()),
        additional_path: reader
            .value::<AdditionalPath>(&format!("{prefix}.additional-path"))
            .filter(|_| prefix != ENDPOINT),
        is_default: false,
    }
}

fn read_mapping(reader: &mut SettingsReader<'_>, prefix: &str) -> Option<HttpMapping> {
    let statuses: Vec<String> = reader.map(prefix).into_iter().map(|(status, _)| status).collect();
    let mut codes = Vec::new();
    for status in statuses {
        let name = format!("{prefix}.{status}");
        match reader.value::<u16>(&name) {
            Some(code) if !(200..=599).contains(&code) => {
                reader.reject(&name, "expected a status code of HTTP from 200 to 599");
            }
            Some(code) => codes.push((status, code)),
            None => {}
        }
    }
    (!codes.is_empty()).then(|| HttpMapping::of(codes))
}

fn refuse_shared_paths(reader: &mut SettingsReader<'_>, named: &BTreeMap<String, HealthGroup>) {
    let mut taken: Vec<(&AdditionalPath, &str)> = Vec::new();
    for (name, group) in named {
        let Some(path) = &group.additional_path else { continue };
        if let Some((_, other)) = taken.iter().find(|(earlier, _)| *earlier == path) {
            reader.reject(
                &format!("{ENDPOINT}.group.{name}.additional-path"),
                format_args!("the group '{other}' answers at {} already", path.path),
            );
        }
        taken.push((path, name));
    }
}

/// Names as settings spell them: `management.health.livenessstate` for `livenessState`.
pub(super) fn loose(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl FromSetting for AdditionalPath {
    fn from_setting(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;

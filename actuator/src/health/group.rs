//! Groups of checks, each with its own members, show rules, order and codes.

use std::collections::BTreeMap;

use super::{
    aggregator::StatusAggregator, contributors::HealthContributors, http_mapping::HttpMapping,
    membership::Membership, options::CheckOptions,
};
use crate::{
    model::{call::Listener, principal::Principal, show::Show},
    support::text::nearest,
};

/// One view of the checks: the primary one, which has all of them, or a named group.
#[derive(Clone, Debug)]
pub struct HealthGroup {
    /// Its name; empty for the primary one.
    pub name: String,
    /// Which checks belong to it.
    pub membership: Membership,
    /// Who sees the components; `None` follows the details.
    pub show_components: Option<Show>,
    /// Who sees the details.
    pub show_details: Show,
    /// The roles that `when-authorized` asks for.
    pub roles: Vec<String>,
    /// How one status is made of many.
    pub aggregator: StatusAggregator,
    /// How the status becomes a code of HTTP.
    pub http_mapping: HttpMapping,
    /// A path of its own beside the base path.
    pub additional_path: Option<AdditionalPath>,
    /// Whether nobody configured it: a probe as it is by default, which shows nothing.
    pub is_default: bool,
}

impl HealthGroup {
    /// All checks, with the defaults of Spring but for who sees what.
    pub fn primary(show_details: Show) -> Self {
        Self {
            name: String::new(),
            membership: Membership::default(),
            show_components: None,
            show_details,
            roles: Vec::new(),
            aggregator: StatusAggregator::default(),
            http_mapping: HttpMapping::default(),
            additional_path: None,
            is_default: false,
        }
    }

    /// A probe: one check, nothing shown but its status.
    pub fn probe(name: &str, member: &str, additional_path: Option<AdditionalPath>) -> Self {
        Self {
            name: name.to_owned(),
            membership: Membership::of(vec![member.to_owned()], Vec::new()),
            additional_path,
            is_default: true,
            ..Self::primary(Show::Never)
        }
    }

    /// A group to which nothing belongs, otherwise as this one.
    pub fn without_members(other: &Self) -> Self {
        Self { membership: Membership::of(Vec::new(), vec!["*".to_owned()]), ..other.clone() }
    }

    /// Whether a check belongs to it: its settings name the check, or the check joins it.
    pub fn has(&self, path: &str, options: &CheckOptions) -> bool {
        self.membership.contains(path)
            || (!self.membership.excludes(path) && options.groups.contains(&self.name))
    }

    /// Whether this caller sees the components.
    pub fn shows_components(&self, principal: Option<&Principal>) -> bool {
        self.show_components.unwrap_or(self.show_details).allows(principal, &self.roles)
    }

    /// Whether this caller sees the details.
    pub fn shows_details(&self, principal: Option<&Principal>) -> bool {
        self.show_details.allows(principal, &self.roles)
    }
}

/// A path on which a group answers beside the base path: one segment on one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdditionalPath {
    /// The listener that serves it.
    pub listener: Listener,
    /// The path with its leading slash, `/livez`.
    pub path: String,
}

impl AdditionalPath {
    /// `/segment` on the application's listener.
    pub fn server(path: &str) -> Self {
        Self { listener: Listener::Application, path: path.to_owned() }
    }

    /// Reads `server:/healthz` or `management:/healthz`; the error says what is accepted.
    pub fn parse(text: &str) -> Result<Self, String> {
        let accepted = "expected server: or management:, then a path of one segment, \
                        such as server:/healthz";
        let (namespace, path) = text.trim().split_once(':').ok_or(accepted)?;
        let listener = match namespace.trim().to_ascii_lowercase().as_str() {
            "server" => Listener::Application,
            "management" => Listener::Management,
            _ => return Err(accepted.to_owned()),
        };
        let segment = path.trim();
        let segment = segment.strip_prefix('/').unwrap_or(segment);
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"/:{}*?#%".contains(c);
        if segment.is_empty() || !segment.chars().all(plain) {
            return Err(accepted.to_owned());
        }
        Ok(Self { listener, path: format!("/{segment}") })
    }
}

/// The primary group and the named ones.
#[derive(Clone, Debug)]
pub struct HealthGroups {
    primary: HealthGroup,
    named: BTreeMap<String, HealthGroup>,
    names: Vec<String>,
}

impl HealthGroups {
    /// The groups of an application.
    pub fn new(primary: HealthGroup, named: BTreeMap<String, HealthGroup>) -> Self {
        Self { names: named.keys().cloned().collect(), primary, named }
    }

    /// Adds a probe, unless there is a group of its name, which then inherits its path. A path that
    /// another group has stays with that.
    pub fn add_probe(&mut self, name: &str, member: &str, path: Option<AdditionalPath>) {
        let path = path.filter(|path| self.additional_paths().all(|(_, taken)| taken != path));
        if let Some(own) = self.named.get_mut(name) {
            own.additional_path = own.additional_path.take().or(path);
            return;
        }
        self.named.insert(name.to_owned(), HealthGroup::probe(name, member, path));
        self.names = self.named.keys().cloned().collect();
    }

    /// Adds a group, with the rules of the primary one, for each name that a check joins and no
    /// setting makes.
    #[must_use]
    pub fn with_joined(mut self, names: impl IntoIterator<Item = String>) -> Self {
        for name in names {
            let primary = &self.primary;
            self.named.entry(name.clone()).or_insert_with(|| HealthGroup {
                name,
                membership: Membership::of_joined(),
                additional_path: None,
                ..primary.clone()
            });
        }
        Self::new(self.primary, self.named)
    }

    /// The group of all checks.
    pub fn primary(&self) -> &HealthGroup {
        &self.primary
    }

    /// The group of this name.
    pub fn get(&self, name: &str) -> Option<&HealthGroup> {
        self.named.get(name)
    }

    /// The names, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The group that answers at an additional path of a listener.
    pub fn at(&self, listener: Listener, path: &str) -> Option<&HealthGroup> {
        self.named.values().find(|group| {
            group.additional_path.as_ref().is_some_and(|additional| {
                additional.listener == listener
                    && additional.path.trim_start_matches('/') == path.trim_start_matches('/')
            })
        })
    }

    /// All additional paths, each with the name of its group.
    pub fn additional_paths(&self) -> impl Iterator<Item = (&str, &AdditionalPath)> {
        self.named
            .iter()
            .filter_map(|(name, group)| Some((name.as_str(), group.additional_path.as_ref()?)))
    }

    /// What the groups ask for and no contributor offers: the setting (`…group.g.include`) and a
    /// complaint with the nearest name.
    pub fn missing_members(&self, contributors: &HealthContributors) -> Vec<(String, String)> {
        let known = contributors.paths();
        let mut missing = Vec::new();
        for (name, group) in &self.named {
            let lists = [
                ("include", group.membership.included()),
                ("exclude", group.membership.excluded()),
            ];
            for (list, paths) in lists {
                for path in paths.iter().filter(|path| !known.contains(path)) {
                    let setting = format!("management.endpoint.health.group.{name}.{list}");
                    missing.push((setting.clone(), complaint(path, &setting, &known)));
                }
            }
        }
        missing
    }
}

fn complaint(path: &str, setting: &str, known: &[String]) -> String {
    let nearest = nearest(path, known.iter().map(String::as_str));
    let hint = nearest.map_or_else(
        || format!("there are {}", known.join(", ")),
        |name| format!("did you mean '{name}'?"),
    );
    format!(
        "Health contributor '{path}' defined in '{setting}' does not exist; {hint} \
         (management.endpoint.health.validate-group-membership=false disables this validation)"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn an_additional_path_is_one_segment_or_refused(
            odd in odd_text("(server|management| Server|[a-z]{0,3}):? ?/{0,2}[a-z{}*?#%:/ ]{0,9}"),
            segment in "[a-z0-9._~-]{1,12}",
        ) {
            if let Ok(read) = AdditionalPath::parse(&odd) {
                let below = read.path.strip_prefix('/');
                prop_assert!(below.is_some_and(|below| !below.is_empty() && !below.contains('/')));
                let listener = match read.listener {
                    Listener::Application => "server",
                    Listener::Management => "management",
                };
                prop_assert_eq!(AdditionalPath::parse(&format!("{listener}:{}", read.path)), Ok(read));
            }
            let path = AdditionalPath::parse(&format!("server:/{segment}"));
            prop_assert_eq!(path, Ok(AdditionalPath::server(&format!("/{segment}"))));
        }
    }

    #[test]
    fn an_additional_path_names_its_listener_and_has_one_segment() {
        assert_eq!(
            AdditionalPath::parse("server:/healthz"),
            Ok(AdditionalPath::server("/healthz"))
        );
        assert_eq!(
            AdditionalPath::parse("management:healthz").unwrap().listener,
            Listener::Management
        );
        for bad in ["/healthz", "server:/a/b", "other:/x", "server:", "server:/", "server:/{x}"] {
            assert!(AdditionalPath::parse(bad).unwrap_err().contains("server:/healthz"), "{bad}");
        }
    }
}

//! Which endpoints and operations exist over HTTP: exposure, access and path mapping.
//!
//! Settings and their meaning are Spring's (`management.endpoints.web.exposure.*`,
//! `management.endpoint.<id>.access`, `management.endpoints.access.*`,
//! `management.endpoints.web.path-mapping.*`).

mod explain;

use std::collections::BTreeMap;

use crate::{
    model::{
        access::Access,
        endpoint::{Operation, OperationKind, SharedEndpoint},
    },
    settings::{FromSetting, SettingsReader},
};

/// What is exposed when no setting says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExposureDefaults {
    /// Everything that has any access: for a management listener on loopback.
    Everything,
    /// Only `health`, as Spring does.
    Health,
}

/// The settings that decide what exists.
#[derive(Clone, Debug)]
pub(crate) struct Exposure {
    include: Vec<String>,
    /// Where no setting says what is included.
    defaults: Option<ExposureDefaults>,
    exclude: Vec<String>,
    default_access: Option<Access>,
    max_permitted: Access,
    access: BTreeMap<String, Access>,
    paths: BTreeMap<String, String>,
}

impl Exposure {
    /// Reads the settings; `ids` are all endpoints there could be.
    pub(crate) fn read(
        reader: &mut SettingsReader<'_>,
        ids: &[&str],
        defaults: ExposureDefaults,
    ) -> Self {
        let include = id_list(reader, "management.endpoints.web.exposure.include");
        let by_default = include.is_none().then_some(defaults);
        let include = include.unwrap_or_else(|| match defaults {
            ExposureDefaults::Everything => vec!["*".to_owned()],
            ExposureDefaults::Health => vec!["health".to_owned()],
        });
        let exclude = id_list(reader, "management.endpoints.web.exposure.exclude");
        let max_permitted = reader.value("management.endpoints.access.max-permitted");
        Self {
            include,
            defaults: by_default,
            exclude: exclude.unwrap_or_default(),
            default_access: default_access(reader),
            max_permitted: max_permitted.unwrap_or(Access::Unrestricted),
            access: ids
                .iter()
                .filter_map(|id| Some((comparable(id), access_of(reader, id)?)))
                .collect(),
            paths: path_mapping(reader),
        }
    }

    /// Whether the endpoint is exposed, whatever its access.
    pub(crate) fn includes(&self, id: &str) -> bool {
        let id = comparable(id);
        let lists = |list: &[String]| list.iter().any(|entry| entry == "*" || *entry == id);
        lists(&self.include) && !lists(&self.exclude)
    }

    /// The path of an endpoint below the base path.
    pub(crate) fn path_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.paths.get(&comparable(id)).map_or(id, String::as_str)
    }

    /// The endpoints that exist, each with its path and the operations that its access leaves.
    pub(crate) fn apply(&self, endpoints: Vec<SharedEndpoint>) -> Vec<Exposed> {
        endpoints
            .into_iter()
            .filter(|endpoint| self.includes(endpoint.id()))
            .filter_map(|endpoint| {
                let access = self.access_to(&endpoint);
                let path = self.path_of(endpoint.id()).to_owned();
                Exposed::new(endpoint, path, access)
            })
            .collect()
    }

    /// What may be done with an endpoint, exposed or not. Its additional paths obey it too.
    pub(crate) fn access_to(&self, endpoint: &SharedEndpoint) -> Access {
        let set = self.access.get(&comparable(endpoint.id())).copied();
        let access = set.or(self.default_access).unwrap_or(endpoint.default_access());
        access.cap(self.max_permitted)
    }
}

/// An endpoint that exists over HTTP.
#[derive(Debug)]
pub(crate) struct Exposed {
    endpoint: SharedEndpoint,
    path: String,
    /// Indices into the endpoint's operations.
    operations: Vec<usize>,
}

impl Exposed {
    fn new(endpoint: SharedEndpoint, path: String, access: Access) -> Option<Self> {
        let permitted = |operation: &Operation| match access {
            Access::None => false,
            Access::ReadOnly => operation.kind == OperationKind::Read,
            Access::Unrestricted => true,
        };
        let operations: Vec<usize> = endpoint
            .operations()
            .iter()
            .enumerate()
            .filter(|(_, operation)| permitted(operation))
            .map(|(index, _)| index)
            .collect();
        (!operations.is_empty()).then_some(Self { endpoint, path, operations })
    }

    /// The endpoint's id.
    pub(crate) fn id(&self) -> &str {
        self.endpoint.id()
    }

    /// The path below the base path; may have several segments.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The endpoint itself.
    pub(crate) fn endpoint(&self) -> &SharedEndpoint {
        &self.endpoint
    }

    /// The operations that exist, with their indices.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (usize, &Operation)> {
        let all = self.endpoint.operations();
        self.operations.iter().filter_map(move |index| Some((*index, all.get(*index)?)))
    }
}

impl FromSetting for Access {
    fn from_setting(text: &str) -> Result<Self, String> {
        match comparable(text).as_str() {
            "none" => Ok(Self::None),
            "readonly" => Ok(Self::ReadOnly),
            "unrestricted" => Ok(Self::Unrestricted),
            _ => Err("expected none, read-only or unrestricted".to_owned()),
        }
    }
}

/// Ids are compared without case and punctuation (`http-exchanges` is `httpexchanges`).
fn comparable(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn id_list(reader: &mut SettingsReader<'_>, name: &str) -> Option<Vec<String>> {
    let list = reader.list(name)?;
    if list.iter().any(|id| id.starts_with(|c: char| c.is_ascii_uppercase())) {
        reader.reject(name, "an endpoint id must not start with an uppercase letter");
    }
    Some(list.iter().map(|id| if id == "*" { "*".to_owned() } else { comparable(id) }).collect())
}

/// `management.endpoints.access.default`, or its older form.
fn default_access(reader: &mut SettingsReader<'_>) -> Option<Access> {
    let access = reader.value("management.endpoints.access.default");
    let enabled: Option<bool> = reader.value("management.endpoints.enabled-by-default");
    access.or(enabled.map(|enabled| if enabled { Access::Unrestricted } else { Access::None }))
}

fn access_of(reader: &mut SettingsReader<'_>, id: &str) -> Option<Access> {
    let access = format!("management.endpoint.{id}.access");
    let enabled = format!("management.endpoint.{id}.enabled");
    match (reader.value(&access), reader.value::<bool>(&enabled)) {
        (Some(_), Some(_)) => {
            reader
                .reject(&enabled, format!("cannot be set together with {access}; keep the latter"));
            None
        }
        (Some(access), None) => Some(access),
        (None, Some(enabled)) => Some(if enabled { Access::Unrestricted } else { Access::None }),
        (None, None) => None,
    }
}

fn path_mapping(reader: &mut SettingsReader<'_>) -> BTreeMap<String, String> {
    const SETTING: &str = "management.endpoints.web.path-mapping";
    let mut paths = BTreeMap::new();
    for (id, path) in reader.map(SETTING) {
        let path = path.trim_matches('/').to_owned();
        if path.is_empty() {
            reader.reject(
                &format!("{SETTING}.{id}"),
                "the endpoint would hide all others; give it another path below the base path",
            );
        }
        paths.insert(comparable(&id), path);
    }
    paths
}

//! Which format, and what of it is different: Spring's settings `logging.structured.*`.

use std::collections::BTreeMap;

use crate::settings::{FromSetting, SettingsReader, one_of};

/// The formats of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// For people: the shape of Spring Boot's default pattern.
    Text,
    /// Logstash's JSON.
    Logstash,
    /// The Elastic Common Schema 8.11.
    Ecs,
    /// The Graylog Extended Log Format 1.1.
    Gelf,
    /// The fields of c2cwsgiutils.
    C2c,
}

impl FromSetting for LogFormat {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(
            text,
            &[
                ("text", Self::Text),
                ("logstash", Self::Logstash),
                ("ecs", Self::Ecs),
                ("gelf", Self::Gelf),
                ("c2c", Self::C2c),
            ],
        )
    }
}

/// The details of all formats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormatSettings {
    /// `spring.application.name`.
    pub(crate) application: Option<String>,
    /// `spring.application.group`.
    pub(crate) group: Option<String>,
    /// `logging.include-application-name` is off.
    pub(crate) hides_application: bool,
    /// `logging.include-application-group` is off.
    pub(crate) hides_group: bool,
    /// `logging.structured.ecs.service.*`.
    pub(crate) ecs: ServiceSettings,
    /// `logging.structured.gelf.*`: the host as the name, and the version.
    pub(crate) gelf: ServiceSettings,
    /// `logging.structured.json.*`.
    pub(crate) json: JsonSettings,
}

/// What a format says of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceSettings {
    /// How it is called; the application's name by default.
    pub(crate) name: Option<String>,
    /// `spring.application.version` by default.
    pub(crate) version: Option<String>,
    /// `production`, `test`, ….
    pub(crate) environment: Option<String>,
    /// Which of several instances.
    pub(crate) node_name: Option<String>,
}

/// Which members JSON has, and how they are called. Members of members have paths: `log.level`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JsonSettings {
    /// If there are any: only these, with what is around and in them.
    pub(crate) include: Vec<String>,
    /// All but these, with what is in them.
    pub(crate) exclude: Vec<String>,
    /// Other names, by path.
    pub(crate) rename: BTreeMap<String, String>,
    /// Texts that are added, by path.
    pub(crate) add: Vec<(String, String)>,
    /// Fields of events and spans are left out: `context.include` is off.
    pub(crate) hides_fields: bool,
    /// What stands before the names of fields: `context.prefix`.
    pub(crate) prefix: String,
}

impl FormatSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let application = text(reader, "spring.application.name");
        let version = text(reader, "spring.application.version");
        let ecs = |reader: &mut SettingsReader<'_>, name: &str| {
            text(reader, &format!("logging.structured.ecs.service.{name}"))
        };
        Self {
            group: text(reader, "spring.application.group"),
            hides_application: !reader.value_or("logging.include-application-name", true),
            hides_group: !reader.value_or("logging.include-application-group", true),
            ecs: ServiceSettings {
                name: ecs(reader, "name").or_else(|| application.clone()),
                version: ecs(reader, "version").or_else(|| version.clone()),
                environment: ecs(reader, "environment"),
                node_name: ecs(reader, "node-name"),
            },
            gelf: ServiceSettings {
                name: text(reader, "logging.structured.gelf.host").or_else(|| application.clone()),
                version: text(reader, "logging.structured.gelf.service.version").or(version),
                ..ServiceSettings::default()
            },
            json: JsonSettings::read(reader),
            application,
        }
    }
}

impl FormatSettings {
    /// What the package of the application is called, where nothing else is said of the service.
    pub(crate) fn default_service(&mut self, name: Option<&str>, version: Option<&str>) {
        for service in [&mut self.ecs, &mut self.gelf] {
            service.name = service.name.take().or_else(|| name.map(str::to_owned));
            service.version = service.version.take().or_else(|| version.map(str::to_owned));
        }
    }
}

impl JsonSettings {
    fn read(reader: &mut SettingsReader<'_>) -> Self {
        const JSON: &str = "logging.structured.json";
        Self {
            include: reader.list(&format!("{JSON}.include")).unwrap_or_default(),
            exclude: reader.list(&format!("{JSON}.exclude")).unwrap_or_default(),
            rename: reader.map(&format!("{JSON}.rename")).into_iter().collect(),
            add: reader.map(&format!("{JSON}.add")),
            hides_fields: !reader.value_or(&format!("{JSON}.context.include"), true),
            prefix: text(reader, &format!("{JSON}.context.prefix")).unwrap_or_default(),
        }
    }
}

/// A text that is more than blank.
fn text(reader: &mut SettingsReader<'_>, name: &str) -> Option<String> {
    reader.value::<String>(name).filter(|text| !text.trim().is_empty())
}

//! Gathers settings from their places, in their order.

use std::{env, path::PathBuf, process};

use super::{
    Property, PropertySource, Settings, SourceKind, ValueKind,
    format::{self, Format},
    import::Loader,
    profile::{self, Profiles},
    warning,
};
use crate::error::Error;

/// Arguments that ask the program to do something, and are no settings.
const COMMANDS: [&str; 3] = ["actuator-probe", "actuator-probe-timeout", "help-settings"];
/// Settings in one text; as a variable `SPRING_APPLICATION_JSON`.
const JSON: &str = "spring.application.json";

/// Gathers settings from their places. A fresh one reads nothing from the outside:
/// [`Self::from_process`] is what a service uses, the other methods are for tests.
#[derive(Clone, Debug, Default)]
pub struct SettingsBuilder {
    forced: Vec<(String, String)>,
    arguments: Vec<String>,
    environment: Option<Vec<(String, String)>>,
    directory: Option<PathBuf>,
    defaults: Vec<(String, String)>,
}

impl SettingsBuilder {
    /// What code sets as its default; every other place but the built-in defaults wins over it.
    #[must_use]
    pub fn default_value(mut self, name: &str, value: impl Into<String>) -> Self {
        self.defaults.push((name.to_owned(), value.into()));
        self
    }

    /// A value that wins over everything; for tests.
    #[must_use]
    pub fn force(mut self, name: &str, value: impl Into<String>) -> Self {
        self.forced.push((name.to_owned(), value.into()));
        self
    }

    /// The directory that holds `actuator.toml` and the like, unless `spring.config.location` names
    /// another place.
    #[must_use]
    pub fn file_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// The environment variables.
    #[must_use]
    pub fn environment<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.environment =
            Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// The arguments of the program, without its own name. Those that do not begin with `--` are
    /// not settings, nor is anything behind a bare `--`.
    #[must_use]
    pub fn arguments<A: Into<String>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// The arguments and the environment of this process, and the files of its working directory
    /// unless [`Self::file_directory`] was called. Text that is not Unicode is shown with
    /// replacement characters.
    #[must_use]
    #[expect(clippy::wrong_self_convention, reason = "it says from where it adds settings")]
    pub fn from_process(mut self) -> Self {
        self.directory.get_or_insert_with(PathBuf::new);
        self.environment(env::vars_os().map(|(name, value)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        }))
        .arguments(env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()))
    }

    /// The settings. Refuses a file that cannot be read or is not what its ending says, a place that
    /// does not exist, files that import each other, and a profile whose name cannot be part of a
    /// file name.
    pub fn build(self) -> Result<Settings, Error> {
        let mut settings = Settings { sources: self.outer_sources()?, ..Settings::default() };
        let files = settings.sources.len();
        settings.sources.push(source("defaultProperties", SourceKind::Defaults, &self.defaults));

        let mut loader = Loader::new(settings.clone(), self.directory)?;
        // Which profiles are active is known once everything without a profile was read.
        let mut without_profile = settings.clone();
        let found = loader.load(None)?.into_iter().map(|found| found.source);
        without_profile.sources.splice(files..files, found);
        let profiles = Profiles::read(&without_profile)?;

        let found = loader.load(Some(&profiles))?;
        for document in found.iter().filter(|document| document.of_profile) {
            let source = &document.source;
            let names = source.properties.keys();
            let misplaced = names.filter(|name| name.starts_with(profile::PREFIX));
            settings.warnings.extend(misplaced.map(|name| {
                format!("{name} in {} is ignored: profiles cannot name profiles", source.name)
            }));
        }
        settings.sources.splice(files..files, found.into_iter().map(|found| found.source));
        settings.active_profiles = profiles.active().to_vec();
        settings.warnings.append(&mut loader.warnings);
        settings.warnings.extend(warning::suspects(&settings.sources));
        settings.resolve_placeholders();
        Ok(settings)
    }

    /// The sources that win over files.
    fn outer_sources(&self) -> Result<Vec<PropertySource>, Error> {
        let mut sources = Vec::new();
        if !self.forced.is_empty() {
            sources.push(source("forced", SourceKind::Forced, &self.forced));
        }
        let arguments: Vec<(String, String)> = self
            .arguments
            .iter()
            .take_while(|text| *text != "--")
            .filter_map(|text| option(text))
            .collect();
        if !arguments.is_empty() {
            sources.push(source("commandLineArgs", SourceKind::Arguments, &arguments));
        }
        let json_at = sources.len();
        let mut facts = PropertySource::new("process", SourceKind::Process);
        let pid = Property::text(process::id().to_string(), "operating system");
        facts.insert("PID", Property { kind: ValueKind::Number, ..pid });
        sources.push(facts);
        if let Some(variables) = &self.environment {
            sources.push(source("systemEnvironment", SourceKind::Environment, variables));
        }
        let json = sources.iter().find_map(|source| source.get(JSON));
        if let Some(property) = json.filter(|property| !property.value.trim().is_empty()) {
            let documents =
                format::parse(&property.origin, property.value.as_bytes(), Format::Json)?;
            let named = documents.into_iter().map(|mut source| {
                JSON.clone_into(&mut source.name);
                source
            });
            sources.splice(json_at..json_at, named);
        }
        Ok(sources)
    }
}

/// `--name=value`, or `--name` for true; none if it is a command. Repeated ones: the last wins.
fn option(argument: &str) -> Option<(String, String)> {
    let text = argument.strip_prefix("--")?;
    let (name, value) = text.split_once('=').unwrap_or((text, "true"));
    (!name.is_empty() && !COMMANDS.contains(&name)).then(|| (name.to_owned(), value.to_owned()))
}

fn source(name: &str, kind: SourceKind, values: &[(String, String)]) -> PropertySource {
    let mut source = PropertySource::new(name, kind);
    for (name, value) in values {
        let origin = match kind {
            SourceKind::Environment => format!("environment variable {name}"),
            SourceKind::Arguments => format!("argument --{name}"),
            SourceKind::Forced => "forced by code".to_owned(),
            _ => "default set by code".to_owned(),
        };
        source.insert(name, Property::text(value, origin));
    }
    source
}

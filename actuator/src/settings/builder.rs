//! Gathers settings from their places, in their order.

use std::{env, path::PathBuf, process};

use super::{
    Property, PropertySource, Settings, SourceKind, ValueKind, file,
    location::{self, Location},
    store, warning,
};
use crate::error::{Error, ErrorKind};

const PROFILES: &str = "spring.profiles.active";
/// Arguments that ask the program to do something, and are no settings.
const COMMANDS: [&str; 2] = ["actuator-probe", "actuator-probe-timeout"];
const LOCATION: &str = "spring.config.location";

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

    /// The directory that holds `actuator.toml` and the profile files, unless
    /// `spring.config.location` names another place.
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

    /// The settings. Refuses a file that is no TOML, a location that does not exist, and a profile
    /// whose name cannot be part of a file name.
    pub fn build(self) -> Result<Settings, Error> {
        let mut settings = Settings { sources: self.outer_sources(), ..Settings::default() };
        let locations = self.locations(&settings)?;
        let files = settings.sources.len();
        for location in locations.iter().rev() {
            settings.sources.extend(file::read(location, None)?);
        }
        settings.sources.push(source("defaultProperties", SourceKind::Defaults, &self.defaults));

        let active: Vec<String> = settings
            .list(PROFILES)
            .unwrap_or_default()
            .iter()
            .flat_map(|profile| store::split(&settings.resolve(profile).text))
            .collect();
        let profile_files = profile_files(&settings, &active, &locations)?;
        for source in &profile_files {
            let misplaced = source.properties.keys().filter(|name| name.starts_with(PROFILES));
            settings.warnings.extend(misplaced.map(|name| {
                format!("{name} in {} is ignored: profiles cannot name profiles", source.name)
            }));
        }
        settings.sources.splice(files..files, profile_files);
        settings.active_profiles = active;
        settings.warnings.extend(warning::unknown_names(&settings.sources));
        settings.resolve_placeholders();
        Ok(settings)
    }

    /// The sources that win over files.
    fn outer_sources(&self) -> Vec<PropertySource> {
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
        let mut facts = PropertySource::new("process", SourceKind::Process);
        let pid = Property::text(process::id().to_string(), "operating system");
        facts.insert("PID", Property { kind: ValueKind::Number, ..pid });
        sources.push(facts);
        if let Some(variables) = &self.environment {
            sources.push(source("systemEnvironment", SourceKind::Environment, variables));
        }
        sources
    }

    fn locations(&self, settings: &Settings) -> Result<Vec<Location>, Error> {
        let Some(property) = settings.property(LOCATION) else {
            return Ok(self.directory.iter().cloned().map(Location::working_directory).collect());
        };
        store::split(&settings.resolve(&property.value).text)
            .iter()
            .map(|text| location::named(text, &property.origin))
            .collect()
    }
}

/// The files of the active profiles, or of `default` if none is active. The last profile wins, and
/// any profile of any location wins over the files without profile.
fn profile_files(
    settings: &Settings,
    active: &[String],
    locations: &[Location],
) -> Result<Vec<PropertySource>, Error> {
    let default = ["default".to_owned()];
    let profiles = if active.is_empty() { &default[..] } else { active };
    let mut files = Vec::new();
    for profile in profiles.iter().rev() {
        check_profile(settings, profile)?;
        for location in locations.iter().rev() {
            files.extend(file::read(location, Some(profile))?);
        }
    }
    Ok(files)
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

/// A profile is part of a file name, so it must not lead elsewhere.
fn check_profile(settings: &Settings, profile: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_alphanumeric() || "-_.+@".contains(c);
    if profile.chars().all(allowed) && profile.chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    let origin = settings.property(PROFILES).map_or("", |property| property.origin.as_str());
    Err(Error::new(
        ErrorKind::Setting,
        format!(
            "{PROFILES}: profile \"{profile}\" ({origin}) must consist of letters, digits and -_.+@"
        ),
    ))
}

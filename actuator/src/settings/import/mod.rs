//! Finds and reads all files with settings: the places that are named, the files of the active
//! profiles, and what files import.
//!
//! The order is Spring's. A later place wins over an earlier one, the file of a profile over the
//! one beside it, what a document imports over the document, and the first of several endings.

mod file;
mod location;
mod tree;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    PropertySource, Settings, SourceKind,
    format::{self, Format},
    profile::{self, Profiles},
    store,
};
use crate::error::{Error, ErrorKind};
use location::{Place, Shown, Written};

const LOCATION: &str = "spring.config.location";
const ADDITIONAL_LOCATION: &str = "spring.config.additional-location";
const IMPORT: &str = "spring.config.import";
const NAME: &str = "spring.config.name";
const ON_CLOUD_PLATFORM: &str = "spring.config.activate.on-cloud-platform";
/// The names of files, without their endings, least first.
const NAMES: [&str; 2] = ["application", "actuator"];
/// Where files are, below the working directory.
const DIRECTORIES: &str = "optional:./;optional:config/;optional:config/*/";
/// How many files may be read.
const MAX_FILES: usize = 200;
/// How many files may import each other in a row.
const MAX_OPEN: usize = 20;

/// What was read from a file.
#[derive(Debug)]
pub struct Found {
    /// A document, or a tree.
    pub source: PropertySource,
    /// Whether only a profile brought it.
    pub of_profile: bool,
}

/// Reads the files. Each is read once, however often it is asked for.
#[derive(Debug)]
pub struct Loader {
    /// What wins over files, and the defaults of code.
    outer: Settings,
    /// The working directory; none: files have to be named.
    directory: Option<PathBuf>,
    names: Vec<String>,
    documents: HashMap<PathBuf, Option<Arc<Vec<PropertySource>>>>,
    /// What is odd but can be lived with.
    pub warnings: Vec<String>,
}

impl Loader {
    /// A loader for what these settings say of files.
    pub fn new(outer: Settings, directory: Option<PathBuf>) -> Result<Self, Error> {
        let names = match outer.list(NAME) {
            Some(names) => names.iter().map(|name| outer.resolve(name).text).collect(),
            None => NAMES.map(str::to_owned).to_vec(),
        };
        if let Some(bad) = names.iter().find(|name| name.contains(['/', '\\', '*'])) {
            let message = format!("{NAME}: \"{bad}\" is no name of a file without its ending");
            return Err(Error::new(ErrorKind::Setting, message));
        }
        Ok(Self { outer, directory, names, documents: HashMap::new(), warnings: Vec::new() })
    }

    /// All documents that count, the one that wins first. Without profiles, those that tell which
    /// ones are active.
    pub fn load(&mut self, profiles: Option<&Profiles>) -> Result<Vec<Found>, Error> {
        let roots = self.roots()?;
        let mut pass = Pass {
            loader: self,
            profiles,
            open: Vec::new(),
            begun: HashSet::new(),
            found: Vec::new(),
            of_profile: false,
        };
        for group in roots.iter().rev() {
            pass.group(group)?;
        }
        Ok(pass.found)
    }

    /// The places to begin with, least first.
    fn roots(&mut self) -> Result<Vec<Vec<Place>>, Error> {
        let mut roots = Vec::new();
        let directory = self.directory.clone();
        let here = Shown::hidden(directory.as_deref().unwrap_or(Path::new("")));
        let standard = directory.map(|_| vec![(DIRECTORIES.to_owned(), String::new())]);
        let named = self.outer.list_with_origins(LOCATION).or(standard);
        for (setting, items) in [
            (LOCATION, named),
            (ADDITIONAL_LOCATION, self.outer.list_with_origins(ADDITIONAL_LOCATION)),
            (IMPORT, self.outer.list_with_origins(IMPORT)),
        ] {
            for (text, origin) in items.unwrap_or_default() {
                for text in store::split(&self.outer.resolve(&text).text) {
                    let written = Written { setting, text: &text, origin: &origin };
                    let (places, warnings) = written.places(&here)?;
                    self.warn(warnings);
                    roots.push(places);
                }
            }
        }
        Ok(roots)
    }

    /// The documents of a file; none if there is no such file.
    fn read(
        &mut self,
        at: &Shown,
        format: Format,
    ) -> Result<Option<Arc<Vec<PropertySource>>>, Error> {
        if let Some(known) = self.documents.get(&at.path) {
            return Ok(known.clone());
        }
        let shown = at.text();
        let documents = match file::read(&at.path, &shown)? {
            Some(bytes) => Some(Arc::new(format::parse(&shown, &bytes, format)?)),
            None => None,
        };
        if self.documents.values().flatten().count() >= MAX_FILES {
            let message = format!("{shown}: more than {MAX_FILES} files with settings are read");
            return Err(Error::new(ErrorKind::Setting, message));
        }
        self.documents.insert(at.path.clone(), documents.clone());
        Ok(documents)
    }

    fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}

/// One way through all files.
struct Pass<'p> {
    loader: &'p mut Loader,
    profiles: Option<&'p Profiles>,
    /// The files that wait for what they import.
    open: Vec<Shown>,
    /// What is there already; a file counts once.
    begun: HashSet<PathBuf>,
    found: Vec<Found>,
    of_profile: bool,
}

impl Pass<'_> {
    /// Places of one rank: the files of profiles, then the others.
    fn group(&mut self, places: &[Place]) -> Result<(), Error> {
        let profiles = self.profiles.map(|profiles| profiles.accepted().to_vec());
        let outside = std::mem::replace(&mut self.of_profile, true);
        for profile in profiles.unwrap_or_default().iter().rev() {
            for place in places.iter().rev() {
                self.place(place, Some(profile))?;
            }
        }
        self.of_profile = outside;
        places.iter().rev().try_for_each(|place| self.place(place, None))
    }

    fn place(&mut self, place: &Place, profile: Option<&str>) -> Result<(), Error> {
        match place {
            Place::Directory(directory) => self.directory(directory, profile),
            Place::File(file, format) => {
                let file = match profile {
                    Some(profile) => of_profile(file, profile),
                    None => file.clone(),
                };
                self.file(&file, *format).map(|_| ())
            }
            Place::Tree(directory) if profile.is_none() => self.tree(directory),
            Place::Tree(_) => Ok(()),
        }
    }

    fn directory(&mut self, directory: &Shown, profile: Option<&str>) -> Result<(), Error> {
        for name in self.loader.names.clone().iter().rev() {
            let stem = profile.map_or_else(|| name.clone(), |profile| format!("{name}-{profile}"));
            let mut winner: Option<Shown> = None;
            for ending in Format::ENDINGS {
                let Some(format) = Format::of_ending(ending) else { continue };
                let file = directory.join(format!("{stem}.{ending}"));
                if !self.file(&file, format)? {
                    continue;
                }
                match &winner {
                    None => winner = Some(file),
                    Some(winner) => self.loader.warn([format!(
                        "{} and {} are both read; the first wins: keep one of them",
                        winner.text(),
                        file.text()
                    )]),
                }
            }
        }
        Ok(())
    }

    /// Reads a file, and before each of its documents what that imports; whether there is one.
    fn file(&mut self, file: &Shown, format: Format) -> Result<bool, Error> {
        let Some(documents) = self.loader.read(file, format)? else { return Ok(false) };
        let identity = file.path.canonicalize().unwrap_or_else(|_| file.path.clone());
        if self.open.iter().any(|open| open.path == identity) || self.open.len() >= MAX_OPEN {
            return Err(self.refuse_circle(file));
        }
        if !self.begun.insert(identity.clone()) {
            return Ok(true);
        }
        self.open.push(Shown { path: identity, shown: file.shown.clone() });
        for document in documents.iter().rev() {
            if self.counts(document)? {
                self.imports(document, &file.parent())?;
                self.found.push(Found { source: document.clone(), of_profile: self.of_profile });
            }
        }
        self.open.pop();
        Ok(true)
    }

    fn imports(&mut self, document: &PropertySource, from: &Shown) -> Result<(), Error> {
        let Some(items) = document.list_with_origins(IMPORT) else { return Ok(()) };
        let mut places = Vec::new();
        for (text, origin) in items {
            for text in store::split(&self.resolve(&text, document)) {
                let written = Written { setting: IMPORT, text: &text, origin: &origin };
                let (more, warnings) = written.places(from)?;
                self.loader.warn(warnings);
                places.extend(more);
            }
        }
        self.group(&places)
    }

    /// Placeholders know what wins over files, the document itself, and the defaults of code.
    fn resolve(&self, text: &str, document: &PropertySource) -> String {
        if !text.contains("${") {
            return text.to_owned();
        }
        let mut settings = self.loader.outer.clone();
        let is_default = |source: &PropertySource| source.kind == SourceKind::Defaults;
        let end = settings.sources.iter().position(is_default).unwrap_or(settings.sources.len());
        settings.sources.insert(end, document.clone());
        settings.resolve(text).text
    }

    fn tree(&mut self, directory: &Shown) -> Result<(), Error> {
        if let Some((source, warnings)) = tree::read(&directory.path, &directory.shown)? {
            self.loader.warn(warnings);
            self.found.push(Found { source, of_profile: self.of_profile });
        }
        Ok(())
    }

    fn counts(&mut self, document: &PropertySource) -> Result<bool, Error> {
        if let Some(property) = document.get(ON_CLOUD_PLATFORM) {
            self.loader.warn([format!(
                "{} is left out: {ON_CLOUD_PLATFORM} ({}) is not supported here; use a profile",
                document.name, property.origin
            )]);
            return Ok(false);
        }
        profile::accepts(self.profiles, document)
    }

    fn refuse_circle(&self, file: &Shown) -> Error {
        let way = self.open.iter().chain([file]).map(Shown::text).collect::<Vec<_>>().join(" → ");
        let message =
            format!("{IMPORT}: files import each other ({way}); remove one of the imports");
        Error::new(ErrorKind::Setting, message)
    }
}

/// `my.toml` is `my-dev.toml` for the profile `dev`.
fn of_profile(file: &Shown, profile: &str) -> Shown {
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match file.path.extension() {
        Some(ending) => format!("{stem}-{profile}.{}", ending.to_string_lossy()),
        None => format!("{stem}-{profile}"),
    };
    file.parent().join(Path::new(&name))
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

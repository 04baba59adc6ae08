//! Where settings are: directories, files and trees that `spring.config.location` and
//! `spring.config.import` name.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::tree;
use crate::{
    error::{Error, ErrorKind},
    settings::format::Format,
};

/// How many directories `*` may stand for.
const MAX_DIRECTORIES: usize = 100;

/// A path, and how it is shown in origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub path: PathBuf,
    pub shown: PathBuf,
}

impl Shown {
    /// What stands below it.
    pub fn join(&self, below: impl AsRef<Path>) -> Self {
        let below = below.as_ref();
        let below = below.strip_prefix(".").unwrap_or(below);
        if below.as_os_str().is_empty() {
            // Joined with nothing a path gets a slash.
            return self.clone();
        }
        Self { path: self.path.join(below), shown: self.shown.join(below) }
    }

    /// A directory whose files are shown without it. Nothing is the working directory.
    pub fn hidden(directory: &Path) -> Self {
        let nothing = directory.as_os_str().is_empty();
        Self { path: if nothing { ".".into() } else { directory.into() }, shown: PathBuf::new() }
    }

    /// What it stands in.
    pub fn parent(&self) -> Self {
        let parent = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self { shown: parent(&self.shown), ..Self::hidden(&parent(&self.path)) }
    }

    /// The path in origins and messages.
    pub fn text(&self) -> String {
        self.shown.display().to_string()
    }
}

/// One place with settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A directory with files of known names.
    Directory(Shown),
    /// A file, with the same name for profiles.
    File(Shown, Format),
    /// A directory whose files are settings.
    Tree(Shown),
}

/// What an operator wrote, and where.
#[derive(Clone, Copy, Debug)]
pub struct Written<'w> {
    /// The name of the setting.
    pub setting: &'w str,
    /// Its value, or an item of it.
    pub text: &'w str,
    /// Where it stands.
    pub origin: &'w str,
}

impl Written<'_> {
    /// The places, least first: `a;b` is two of one rank. Places that need not exist and do not are
    /// left out. `from` is the directory that relative paths begin at, but for those behind
    /// `file:`, which begin at the working directory. The second part warns.
    pub fn places(&self, from: &Shown) -> Result<(Vec<Place>, Vec<String>), Error> {
        let (mut places, mut warnings) = (Vec::new(), Vec::new());
        for text in self.text.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            let (rest, optional) =
                text.strip_prefix("optional:").map_or((text, false), |rest| (rest, true));
            match prefix(rest) {
                Some("file") => {
                    let path = rest.trim_start_matches("file:");
                    // `file:///etc` is a URL.
                    let path = path.strip_prefix("//").unwrap_or(path);
                    places.extend(self.standard(path, &Shown::hidden(Path::new("")), optional)?);
                }
                Some("configtree") => {
                    let path = rest.trim_start_matches("configtree:");
                    places.extend(self.tree(path, optional)?);
                }
                Some(other) if optional => warnings.push(format!(
                    "{} = \"{text}\" ({}) is passed over: {other}: is not supported here",
                    self.setting, self.origin
                )),
                Some(other) => {
                    return Err(self.refuse(format!(
                        "{other}: is not supported here; expected a path, file: or configtree:"
                    )));
                }
                None => places.extend(self.standard(rest, from, optional)?),
            }
        }
        Ok((places, warnings))
    }

    fn standard(&self, text: &str, from: &Shown, optional: bool) -> Result<Vec<Place>, Error> {
        let (text, hint) = with_hint(text);
        if let Some(parent) = text.strip_suffix("*/").or_else(|| text.strip_suffix("/*")) {
            let directories = self.expand(&from.join(parent), optional)?;
            return Ok(directories.into_iter().map(Place::Directory).collect());
        }
        let at = from.join(text);
        let ending = at.path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let format = Format::of_ending(hint.unwrap_or(ending));
        match fs::metadata(&at.path) {
            Ok(metadata) if metadata.is_dir() => Ok(vec![Place::Directory(at)]),
            Err(error) if !(optional && is_missing(&error)) => Err(self.refuse(format!(
                "{error}; make it readable, or prefix it with optional: if it may lack"
            ))),
            // That of a profile may be there all the same.
            found => match format {
                Some(format) => Ok(vec![Place::File(at, format)]),
                None if found.is_err() => Ok(Vec::new()),
                None => Err(self.refuse(format!(
                    "expected a directory or a file that ends in .{}; [.yaml] behind it says what \
                     another one is",
                    Format::ENDINGS.join(", .")
                ))),
            },
        }
    }

    fn tree(&self, text: &str, optional: bool) -> Result<Vec<Place>, Error> {
        let from = Shown::hidden(Path::new(""));
        if let Some(parent) = text.strip_suffix("*/").or_else(|| text.strip_suffix("/*")) {
            let directories = self.expand(&from.join(parent), optional)?;
            return Ok(directories.into_iter().map(Place::Tree).collect());
        }
        let at = from.join(text);
        match fs::metadata(&at.path) {
            Ok(metadata) if metadata.is_dir() => Ok(vec![Place::Tree(at)]),
            Err(error) if optional && is_missing(&error) => Ok(Vec::new()),
            Ok(_) => Err(self.refuse("expected a directory".to_owned())),
            Err(error) => Err(self
                .refuse(format!("{error}; mount it, or prefix it with optional: if it may lack"))),
        }
    }

    /// The directories that `*` stands for; as in Spring there may be none.
    fn expand(&self, parent: &Shown, optional: bool) -> Result<Vec<Shown>, Error> {
        if !optional && !parent.path.is_dir() {
            return Err(self.refuse(format!(
                "{} is no directory; prefix it with optional: if it may lack",
                parent.text()
            )));
        }
        let names = tree::below(&parent.path, &parent.shown)?;
        if names.len() > MAX_DIRECTORIES {
            return Err(self.refuse(format!("* is more than {MAX_DIRECTORIES} directories")));
        }
        Ok(names.into_iter().map(|name| parent.join(name)).collect())
    }

    /// What is wrong with it.
    pub fn refuse(&self, why: impl std::fmt::Display) -> Error {
        let message = format!("{} = \"{}\" ({}): {why}", self.setting, self.text, self.origin);
        Error::new(ErrorKind::Setting, message)
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What stands before the first colon, if it says what kind of place follows. One letter is a
/// drive.
fn prefix(text: &str) -> Option<&str> {
    let (prefix, _) = text.split_once(':')?;
    let is_name = prefix.len() > 1 && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(prefix)
}

/// `/etc/settings[.yaml]` is the file `/etc/settings`, which holds YAML.
fn with_hint(text: &str) -> (&str, Option<&str>) {
    let hinted = text.strip_suffix(']').and_then(|text| text.rsplit_once("[."));
    match hinted {
        Some((path, hint)) if Format::of_ending(hint).is_some() => (path, Some(hint)),
        _ => (text, None),
    }
}

//! Where the files with settings are (`spring.config.location`).

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::{Error, ErrorKind};

/// The name of the file, without its ending, where a location is a directory.
const STEM: &str = "actuator";

/// One place for a settings file and its profile files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    directory: PathBuf,
    stem: String,
    /// How the directory is shown in origins; empty for the working directory.
    shown: PathBuf,
}

impl Location {
    /// The place where files are looked for when nobody named another: shown without its path.
    pub fn working_directory(directory: PathBuf) -> Self {
        Self { directory, stem: STEM.to_owned(), shown: PathBuf::new() }
    }

    /// The file of this profile, or the one without profile.
    pub fn file(&self, profile: Option<&str>) -> PathBuf {
        self.directory.join(self.file_name(profile))
    }

    /// How the file is shown.
    pub fn shown(&self, profile: Option<&str>) -> String {
        self.shown.join(self.file_name(profile)).display().to_string()
    }

    fn file_name(&self, profile: Option<&str>) -> String {
        let stem = &self.stem;
        profile.map_or_else(|| format!("{stem}.toml"), |profile| format!("{stem}-{profile}.toml"))
    }
}

/// A location that an operator named: a directory or a `.toml` file, perhaps behind `optional:`
/// or `file:`, as in Spring. It has to exist unless it is optional.
pub fn named(text: &str, origin: &str) -> Result<Location, Error> {
    let (text, optional) =
        text.strip_prefix("optional:").map_or((text, false), |text| (text, true));
    let path = Path::new(text.strip_prefix("file:").unwrap_or(text));
    let refuse = |why: String| {
        let message = format!("spring.config.location = \"{text}\" ({origin}): {why}");
        Err(Error::new(ErrorKind::Setting, message))
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(_) if optional => None,
        Err(error) => return refuse(format!("{error}; prefix it with optional: if it may lack")),
    };
    let looks_like_a_file = path.extension().is_some_and(|extension| extension == "toml");
    let is_file = metadata.map_or(looks_like_a_file, |metadata| metadata.is_file());
    if !is_file {
        return Ok(Location { directory: path.into(), stem: STEM.to_owned(), shown: path.into() });
    }
    match path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_suffix(".toml"))
    {
        Some(stem) => {
            let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
            Ok(Location { shown: directory.clone(), directory, stem: stem.to_owned() })
        }
        None => refuse("expected a directory or a file that ends in .toml".to_owned()),
    }
}

//! `configtree:`: a directory whose files are settings, as Kubernetes and Docker mount secrets. The
//! path of a file is the name, its text is the value.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::file;
use crate::{
    error::{Error, ErrorKind},
    settings::{Property, PropertySource, SourceKind},
};

/// How deep directories may stand in each other.
const MAX_DEPTH: usize = 10;
/// How many files a tree may have.
const MAX_FILES: usize = 1_000;

/// The settings of a directory tree, and what was left out. `shown` is the directory in messages.
/// `Ok(None)` if there is no such directory.
pub fn read(
    directory: &Path,
    shown: &Path,
) -> Result<Option<(PropertySource, Vec<String>)>, Error> {
    let name = format!("configtree:{}/", shown.display().to_string().trim_end_matches('/'));
    let mut tree = Tree {
        source: PropertySource::new(name, SourceKind::File),
        warnings: Vec::new(),
        holds_secrets: holds_secrets(shown),
        files: 0,
    };
    match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => {}
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(refused(shown, &error));
        }
        _ => return Ok(None),
    }
    tree.directory("", directory, shown, 0)?;
    Ok(Some((tree.source, tree.warnings)))
}

/// What is mounted below `secrets` is secret whatever its name.
fn holds_secrets(path: &Path) -> bool {
    let named = |part: &std::ffi::OsStr| part == "secrets" || part == "secret";
    path.iter().any(named)
}

struct Tree {
    source: PropertySource,
    warnings: Vec<String>,
    holds_secrets: bool,
    files: usize,
}

impl Tree {
    fn directory(
        &mut self,
        prefix: &str,
        path: &Path,
        shown: &Path,
        depth: usize,
    ) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(too_much(shown, &format!("more than {MAX_DEPTH} directories deep")));
        }
        for name in names(path, shown)? {
            let Some(key) = name.to_str() else {
                let skipped = shown.join(&name);
                self.leave_out(&skipped, "its name is not UTF-8");
                continue;
            };
            let full = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
            let (path, shown) = (path.join(&name), shown.join(&name));
            // Links are followed: Kubernetes mounts nothing else. One that leads nowhere is gone.
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => {
                    self.directory(&full, &path, &shown, depth + 1)?;
                }
                Ok(metadata) if metadata.is_file() => self.file(&full, &path, &shown)?,
                Ok(_) => self.leave_out(&shown, "it is no file"),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused(&shown, &error)),
            }
        }
        Ok(())
    }

    fn file(&mut self, name: &str, path: &Path, shown: &Path) -> Result<(), Error> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(too_much(shown, &format!("more than {MAX_FILES} files")));
        }
        let origin = shown.display().to_string();
        let Some(bytes) = file::read(path, &origin)? else { return Ok(()) };
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => {
                let value = without_line_end(&text);
                let property = Property::text(value, format!("{origin}:1:1"));
                let holds_secret = self.holds_secrets;
                self.source.insert(name, Property { holds_secret, ..property });
            }
            _ => self.leave_out(shown, "it is no text in UTF-8"),
        }
        Ok(())
    }

    fn leave_out(&mut self, shown: &Path, why: &str) {
        self.warnings.push(format!("{} is left out of the settings: {why}", shown.display()));
    }
}

/// The names in a directory, sorted, without `..data` and the like, by which Kubernetes changes all
/// files at once.
fn names(path: &Path, shown: &Path) -> Result<Vec<std::ffi::OsString>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| refused(shown, &error))? {
        let name = entry.map_err(|error| refused(shown, &error))?.file_name();
        if !name.to_string_lossy().starts_with("..") {
            names.push(name);
        }
        if names.len() > MAX_FILES {
            return Err(too_much(shown, &format!("more than {MAX_FILES} files")));
        }
    }
    names.sort();
    Ok(names)
}

/// Without the end of its only line, as Spring does it: a key of several lines keeps its last end.
fn without_line_end(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(line) if !line.contains('\n') => line.strip_suffix('\r').unwrap_or(line),
        _ => text,
    }
}

/// The directories that `…/*/` stands for, sorted; none where there is no such directory.
pub fn below(parent: &Path, shown: &Path) -> Result<Vec<PathBuf>, Error> {
    if !parent.is_dir() {
        return Ok(Vec::new());
    }
    let names = names(parent, shown)?.into_iter().map(PathBuf::from);
    Ok(names.filter(|name| parent.join(name).is_dir()).collect())
}

fn too_much(shown: &Path, what: &str) -> Error {
    let message = format!("{}: {what}; configtree is for a directory of settings", shown.display());
    Error::new(ErrorKind::Setting, message)
}

fn refused(shown: &Path, error: &io::Error) -> Error {
    let message =
        format!("{} cannot be read: {error}; make it readable or remove it", shown.display());
    Error::new(ErrorKind::Setting, message)
}

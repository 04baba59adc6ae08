//! Overrides in a file: one JSON document, replaced as a whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    changing::OWN_TARGET,
    level_override::LevelOverride,
    store::{LevelOverrideStore, OverridesChange, Stored},
};

/// The form of the document. Another one is not read.
const VERSION: u32 = 1;
/// No document of 1,000 overrides is larger, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Keeps overrides in a file, which only its owner may read. It is for one process: of two that
/// write the same file the last one counts.
///
/// The document is `{"version":1,"overrides":[…]}` with the JSON of [`LevelOverride`]. It is
/// written beside the file and then moved there, so that it is never half a document. One that
/// cannot be read is put aside (`….unreadable`) and said so; the service begins without it.
#[derive(Clone, Debug)]
pub struct FileLevelOverrideStore {
    path: PathBuf,
}

#[derive(Serialize)]
struct Written<'o> {
    version: u32,
    overrides: &'o [LevelOverride],
}

#[derive(Deserialize)]
struct Document {
    version: u32,
    #[serde(default)]
    overrides: Vec<LevelOverride>,
}

impl FileLevelOverrideStore {
    /// A store in the file of this path, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl LevelOverrideStore for FileLevelOverrideStore {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn load(&self) -> Stored<'_, Vec<LevelOverride>> {
        let path = self.path.clone();
        Box::pin(beside(move || load(&path)))
    }

    fn save<'s>(&'s self, change: &'s OverridesChange) -> Stored<'s, ()> {
        let path = self.path.clone();
        let json = serde_json::to_vec(&Written { version: VERSION, overrides: &change.all });
        Box::pin(async move {
            let json = json.map_err(io::Error::other)?;
            beside(move || save(&path, &json)).await
        })
    }
}

/// Runs what blocks where that harms nobody.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn load(path: &Path) -> io::Result<Vec<LevelOverride>> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    // Opening a pipe would wait for its writer.
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match read(&bytes) {
        Ok(overrides) => Ok(overrides),
        Err(complaint) => {
            let aside = with_ending(path, ".unreadable");
            fs::rename(path, &aside)?;
            tracing::warn!(
                target: OWN_TARGET,
                "levels that were set before the start are lost: {}: {complaint}; it is put \
                 aside as {}",
                path.display(),
                aside.display()
            );
            Ok(Vec::new())
        }
    }
}

fn read(bytes: &[u8]) -> Result<Vec<LevelOverride>, String> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if document.version != VERSION {
        return Err(format!("it has version {}, expected {VERSION}", document.version));
    }
    Ok(document.overrides)
}

fn save(path: &Path, json: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    // Another process that writes the same file has another one beside it.
    let temporary = with_ending(path, &format!(".{}.tmp", std::process::id()));
    let written = write_new(&temporary, json).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // It is of no use any more, and may not even exist.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes a file that did not exist, so that nobody's link is followed.
fn write_new(path: &Path, json: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(json)?;
    file.sync_all()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;

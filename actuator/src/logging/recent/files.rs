//! The log file and its archives, for those who download them: named by ids that say nothing of where
//! they are.

use std::{
    fs::{File, Metadata},
    hash::{BuildHasher as _, RandomState},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::super::output::{Archive, RollingSettings, archives};
use crate::support::host::open_regular;

/// The files of a log. Each call looks at what is there at that moment.
#[derive(Debug)]
pub(crate) struct LogFiles {
    file: PathBuf,
    rolling: Option<RollingSettings>,
    follow_links: bool,
    /// Random, so that no id can be made elsewhere.
    keys: [RandomState; 2],
}

/// A file that can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedFile {
    /// For this process and this very file: another file under its name has another one.
    pub(crate) id: String,
    /// The last part of its path.
    pub(crate) name: String,
    /// Its size as it is stored.
    pub(crate) bytes: u64,
    /// When it was written last.
    pub(crate) modified: SystemTime,
    /// Whether it is the one that is being written.
    pub(crate) is_current: bool,
    /// Whether it is compressed.
    pub(crate) is_compressed: bool,
    path: PathBuf,
}

impl LogFiles {
    /// The files of the log at this path; whether they may be links.
    pub(crate) fn new(file: PathBuf, rolling: Option<RollingSettings>, follow_links: bool) -> Self {
        Self { file, rolling, follow_links, keys: [RandomState::new(), RandomState::new()] }
    }

    /// All of them, the current one first, then the newest; only such as can be opened by the rule
    /// for log files. Reads folders, and so may block.
    pub(crate) fn list(&self) -> Vec<ListedFile> {
        let current = Archive {
            path: self.file.clone(),
            bytes: 0,
            modified: SystemTime::UNIX_EPOCH,
            compressed: false,
        };
        let older = archives(&self.file, self.rolling.as_ref());
        std::iter::once(current)
            .chain(older)
            .enumerate()
            .filter_map(|(at, archive)| self.listed(archive, at == 0))
            .collect()
    }

    /// Opens the file of this id; fails if there is none, or no longer. Reads folders, and so may
    /// block.
    pub(crate) fn open(&self, id: &str) -> io::Result<(ListedFile, File)> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        let listed = self.list().into_iter().find(|file| file.id == id).ok_or_else(gone)?;
        let file = open_regular(&listed.path, self.follow_links)?;
        // Another one may have taken the name since.
        if self.id(&listed.path, &file.metadata()?) != id {
            return Err(gone());
        }
        Ok((listed, file))
    }

    fn listed(&self, archive: Archive, is_current: bool) -> Option<ListedFile> {
        let metadata = open_regular(&archive.path, self.follow_links).ok()?.metadata().ok()?;
        Some(ListedFile {
            id: self.id(&archive.path, &metadata),
            name: archive.path.file_name()?.to_string_lossy().into_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().unwrap_or(archive.modified),
            is_current,
            is_compressed: archive.compressed,
            path: archive.path,
        })
    }

    fn id(&self, path: &Path, metadata: &Metadata) -> String {
        let identity = (path, identity(metadata));
        let [one, two] = self.keys.each_ref().map(|key| key.hash_one(identity));
        format!("{one:016x}{two:016x}")
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Option<SystemTime> {
    metadata.created().ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _, os::unix::fs::symlink};

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("actuator-files-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn text(files: &LogFiles, id: &str) -> io::Result<String> {
        let mut text = String::new();
        files.open(id)?.1.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn the_current_file_and_its_archives_are_listed_and_opened_by_id() {
        let folder = Folder::new("list");
        let files = LogFiles::new(folder.write("app.log", "now"), None, false);
        folder.write("app.log.1", "before");
        folder.write("app.log.2.gz", "long ago");
        folder.write("secret.txt", "secret");
        let listed = files.list();
        let mut names: Vec<_> = listed.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names.remove(0), "app.log");
        names.sort_unstable();
        assert_eq!(names, ["app.log.1", "app.log.2.gz"]);
        for file in &listed {
            assert_eq!(file.id.len(), 32, "{file:?}");
            assert_eq!(file.is_current, file.name == "app.log");
            assert_eq!(file.is_compressed, file.name == "app.log.2.gz");
            assert_eq!(text(&files, &file.id).unwrap().len() as u64, file.bytes);
        }
        // Another process gives other ids.
        let others = LogFiles::new(folder.0.join("app.log"), None, false);
        assert!(others.open(&listed[0].id).is_err());
    }

    #[test]
    fn an_id_is_that_of_one_file_and_not_of_a_name() {
        let folder = Folder::new("stale");
        let path = folder.write("app.log", "now");
        let files = LogFiles::new(path.clone(), None, false);
        let id = files.list()[0].id.clone();
        assert_eq!(text(&files, &id).unwrap(), "now");
        fs::rename(&path, folder.0.join("app.log.1")).unwrap();
        folder.write("app.log", "new");
        for id in [&*id, "", "app.log", "../app.log", "0", &id[..31]] {
            assert_eq!(files.open(id).unwrap_err().kind(), io::ErrorKind::NotFound, "{id}");
        }
    }

    #[test]
    fn links_are_neither_listed_nor_opened() {
        let folder = Folder::new("links");
        let secret = folder.write("secret.txt", "secret");
        symlink(&secret, folder.0.join("app.log")).unwrap();
        symlink(&secret, folder.0.join("app.log.1")).unwrap();
        fs::hard_link(&secret, folder.0.join("app.log.2")).unwrap();
        let files = LogFiles::new(folder.0.join("app.log"), None, false);
        assert_eq!(files.list(), []);
        // A link that takes the place of a file which was listed.
        folder.write("app.log.3", "archive");
        let id = files.list()[0].id.clone();
        fs::remove_file(folder.0.join("app.log.3")).unwrap();
        symlink(&secret, folder.0.join("app.log.3")).unwrap();
        assert!(files.open(&id).is_err());
    }
}

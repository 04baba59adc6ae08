//! The log file: appended to, and found again after somebody rotated it away.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How often a look is taken whether the file was moved or removed.
const LOOK: Duration = Duration::from_secs(1);

/// A file to which whole lines are appended.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    looked: Instant,
}

impl LogFile {
    /// Opens the file, and creates it and its folders if they are missing.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = open(path)?;
        Ok(Self { path: path.to_owned(), open: Mutex::new(Open { file, looked: Instant::now() }) })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a line. A line that cannot be written (disk full) is lost: logging never fails
    /// the service.
    pub(super) fn append(&self, line: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.looked.elapsed() >= LOOK {
            open.looked = Instant::now();
            self.follow_rotation(&mut open);
        }
        let _ = open.file.write_all(line.as_bytes());
    }

    fn follow_rotation(&self, open: &mut Open) {
        if !is_same(&open.file, &self.path)
            && let Ok(file) = self::open(&self.path)
        {
            open.file = file;
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

// Elsewhere a file that is open cannot be moved away; at worst it was removed.
#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_rotated_away_is_created_again() {
        let folder = std::env::temp_dir().join(format!("actuator-logfile-{}", std::process::id()));
        let path = folder.join("deep").join("app.log");
        let log = LogFile::open(&path).unwrap();
        log.append("one\n");
        fs::rename(&path, folder.join("app.log.1")).unwrap();
        log.follow_rotation(&mut log.open.lock().unwrap());
        log.append("two\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
        assert_eq!(fs::read_to_string(folder.join("app.log.1")).unwrap(), "one\n");
        fs::remove_dir_all(folder).unwrap();
    }
}

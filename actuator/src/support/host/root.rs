//! Where the kernel's own files are.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The root of the file system, or a folder that stands for it.
#[derive(Clone, Debug)]
pub(crate) struct HostRoot {
    folder: PathBuf,
}

impl Default for HostRoot {
    fn default() -> Self {
        Self { folder: PathBuf::from("/") }
    }
}

impl HostRoot {
    /// A folder in the place of `/`, for tests.
    #[cfg(test)]
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The place of an absolute path.
    pub(super) fn place(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.folder.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// A whole file as text; `None` if it cannot be read. What is no UTF-8, as the name of a
    /// process may be, is replaced.
    pub(super) fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        let bytes = fs::read(self.place(path)).ok()?;
        Some(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        )
    }
}

/// A folder of files that stands for `/`, removed at its end.
#[cfg(test)]
pub(crate) struct Fixture(PathBuf);

#[cfg(test)]
impl Fixture {
    /// Writes the files, named by their absolute paths, below a folder of this name.
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("actuator-{name}-{}", std::process::id()));
        let fixture = Self(folder);
        fs::create_dir_all(&fixture.0).unwrap();
        for (file, content) in files {
            fixture.write(file, content);
        }
        fixture
    }

    /// Writes one more, or anew.
    pub(crate) fn write(&self, file: &str, content: &str) {
        self.write_bytes(file, content.as_bytes());
    }

    /// The same with what need not be text.
    pub(crate) fn write_bytes(&self, file: &str, content: &[u8]) {
        let path = self.root().place(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Takes a file or an empty folder away.
    pub(crate) fn remove(&self, file: &str) {
        let path = self.root().place(file);
        fs::remove_file(&path).or_else(|_| fs::remove_dir(path)).unwrap();
    }

    /// Puts a folder where a file belongs, which nobody can read as one, not even root.
    pub(crate) fn spoil(&self, file: &str) {
        let path = self.root().place(file);
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path).unwrap();
    }

    /// It in the place of `/`.
    pub(crate) fn root(&self) -> HostRoot {
        HostRoot::at(&self.0)
    }
}

#[cfg(test)]
impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

//! A file that lies in memory and has no name: it is gone with the process, however that ends.

use std::{
    fs::File,
    io::{self, Seek as _, SeekFrom},
    os::fd::AsRawFd as _,
};

use rustix::fs::{MemfdFlags, memfd_create};

/// Such a file.
#[derive(Debug)]
pub(crate) struct MemoryFile {
    file: File,
}

impl MemoryFile {
    /// An empty one. `name` is what the kernel shows of it.
    pub(crate) fn create(name: &str) -> io::Result<Self> {
        Ok(Self { file: memfd_create(name, MemfdFlags::CLOEXEC)?.into() })
    }

    /// A path by which this process can open it while it is there.
    pub(crate) fn path(&self) -> String {
        format!("/proc/self/fd/{}", self.file.as_raw_fd())
    }

    /// It, from its beginning.
    pub(crate) fn reader(&mut self) -> io::Result<&File> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(&self.file)
    }

    /// Gives its memory back.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.file.set_len(0)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _};

    use super::*;

    #[test]
    fn what_is_written_by_its_path_is_read_and_it_can_be_emptied() {
        let mut file = MemoryFile::create("actuator-test").unwrap();
        for text in ["first", "second"] {
            fs::write(file.path(), text).unwrap();
            let mut read = String::new();
            file.reader().unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            file.clear().unwrap();
            assert_eq!(fs::metadata(file.path()).unwrap().len(), 0);
        }
    }
}

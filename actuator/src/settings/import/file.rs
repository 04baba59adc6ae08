//! The bytes of a file with settings, within bounds.

#[cfg(unix)]
use std::fs;
use std::{fs::File, io, io::Read as _, path::Path};

use crate::error::{Error, ErrorKind};

/// How large a file with settings may be, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// The content of a file; none if there is no such file. `shown` is its name in messages.
pub fn read(path: &Path, shown: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut bytes = Vec::new();
    // Whoever opens a pipe waits for somebody to write; and settings are read more than once.
    if is_pipe(path) {
        let message = format!("{shown} cannot be read: it is a pipe; name a regular file");
        return Err(Error::new(ErrorKind::Setting, message));
    }
    // One byte more tells that there is more; a file may have no size, or grow.
    let read = File::open(path).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if bytes.len() as u64 > MAX_SIZE => Err(Error::new(
            ErrorKind::Setting,
            format!("{shown} is larger than {} KiB; no file with settings is", MAX_SIZE >> 10),
        )),
        Ok(_) => Ok(Some(bytes)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(Error::new(
            ErrorKind::Setting,
            format!("{shown} cannot be read: {error}; make it readable or remove it"),
        )
        .with_cause(error)),
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    fs::metadata(path).is_ok_and(|there| there.file_type().is_fifo())
}

/// None has a path.
#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

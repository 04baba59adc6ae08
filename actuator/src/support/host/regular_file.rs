//! Opening a file that is to be shown to others: a regular one, and never another one by a link.

use std::{fs::File, io, path::Path};

/// Opens a regular file to read it. What is no regular file is refused before it is opened, and
/// after that, so that neither a device is touched nor a pipe waited for. Unless links are to be
/// followed, the last part of the path must not be a symbolic link, and the file must have no
/// other name: whoever may write to the folder of a log could else show any file of the machine
/// that this process can read.
pub(crate) fn open_regular(path: &Path, follow_links: bool) -> io::Result<File> {
    let named = if follow_links { path.metadata()? } else { path.symlink_metadata()? };
    if named.file_type().is_symlink() {
        return Err(refused("is a symbolic link"));
    }
    if !named.is_file() {
        return Err(refused("is no regular file"));
    }
    let file = open(path, follow_links)?;
    let opened = file.metadata()?;
    if !opened.is_file() {
        return Err(refused("is no regular file"));
    }
    if !follow_links && names(&opened) > 1 {
        return Err(refused("has several names (hard links)"));
    }
    Ok(file)
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.to_owned())
}

#[cfg(unix)]
fn open(path: &Path, follow_links: bool) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = if follow_links { flags } else { flags | OFlags::NOFOLLOW };
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        // It became one since it was looked at.
        Err(rustix::io::Errno::LOOP) if !follow_links => Err(refused("is a symbolic link")),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn open(path: &Path, _: bool) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn names(file: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
fn names(_: &std::fs::Metadata) -> u64 {
    1
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn only_a_regular_file_of_one_name_is_opened() {
        let folder = std::env::temp_dir().join(format!("actuator-regular-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let place = |name: &str| folder.join(name);
        fs::write(place("plain"), "plain").unwrap();
        fs::write(place("linked"), "linked").unwrap();
        symlink(place("plain"), place("soft")).unwrap();
        symlink(place("nowhere"), place("dangling")).unwrap();
        fs::hard_link(place("linked"), place("hard")).unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, place("pipe"), mode).unwrap();
        let text = |name: &str, follow_links| {
            let mut text = String::new();
            let opened = open_regular(&place(name), follow_links);
            opened.and_then(|mut file| file.read_to_string(&mut text)).map(|_| text)
        };
        let why = |name: &str, follow_links| text(name, follow_links).unwrap_err().to_string();
        assert_eq!(text("plain", false).unwrap(), "plain");
        assert_eq!(why("soft", false), "is a symbolic link");
        assert_eq!(text("soft", true).unwrap(), "plain");
        assert_eq!(why("dangling", false), "is a symbolic link");
        assert_eq!(why("hard", false), "has several names (hard links)");
        assert_eq!(text("hard", true).unwrap(), "linked");
        for follow_links in [false, true] {
            // Neither waits for somebody who writes.
            assert_eq!(why("pipe", follow_links), "is no regular file");
            assert_eq!(why(".", follow_links), "is no regular file");
            let error = open_regular(&place("missing"), follow_links).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
        assert_eq!(
            open_regular(Path::new("/dev/zero"), false).unwrap_err().to_string(),
            "is no regular file"
        );
        fs::remove_dir_all(folder).unwrap();
    }
}

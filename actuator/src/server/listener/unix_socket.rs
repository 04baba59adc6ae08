//! A Unix socket in the file system: opened with the permissions it is to have, in place of what a
//! dead process has left, and removed at the end.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use tokio::{
    net::{UnixListener, UnixStream},
    runtime::Handle,
};

use super::socket::{BoundListener, Place, Socket};
use crate::error::{Error, ErrorKind, Result};

/// A socket that listens.
#[derive(Debug)]
pub(super) struct UnixSocket {
    listener: UnixListener,
    /// Of one that was not handed over by somebody else.
    file: Option<SocketFile>,
}

/// Its file, which goes with it.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Device and inode: another process may have put its own there since.
    identity: (u64, u64),
}

impl BoundListener {
    /// Opens a Unix socket at `path` with the permissions `mode`; the setting that asked for it is
    /// named if that fails.
    pub(in crate::server) fn bind_file(path: &Path, mode: u32, setting: &str) -> Result<Self> {
        let socket = UnixSocket::bind(path, mode).map_err(|error| {
            let remedy = match error.kind() {
                io::ErrorKind::AddrInUse => "stop it, or name another file",
                io::ErrorKind::AlreadyExists => "remove it, or name another file",
                io::ErrorKind::NotFound => "make its folder",
                io::ErrorKind::PermissionDenied => "name a file that the service may write",
                _ => "check it",
            };
            let path = path.display();
            let message = format!("cannot listen on {path} ({setting}): {error}; {remedy}");
            Error::new(ErrorKind::Bind, message).with_cause(error)
        })?;
        Ok(Self { socket: Socket::Unix(socket), place: Place::File(path.to_owned()), tls: None })
    }
}

impl UnixSocket {
    fn bind(path: &Path, mode: u32) -> io::Result<Self> {
        refuse_what_is_there(path)?;
        // Opened beside and moved there: nobody can connect before the permissions are set, and
        // the file of a dead process is replaced in one step.
        let beside = beside(path);
        let listener = UnixListener::bind(&beside)?;
        let placed = fs::set_permissions(&beside, Permissions::from_mode(mode))
            .and_then(|()| fs::rename(&beside, path))
            .and_then(|()| fs::symlink_metadata(path));
        let identity = placed
            .map(|file| (file.dev(), file.ino()))
            .inspect_err(|_| drop(fs::remove_file(&beside)))?;
        Ok(Self { listener, file: Some(SocketFile { path: path.to_owned(), identity }) })
    }

    /// One that somebody else has opened and takes care of, in the current runtime.
    pub(super) fn adopted(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        Ok(Self { listener: UnixListener::from_std(listener)?, file: None })
    }

    /// The same socket in the runtime of `handle`.
    pub(super) fn moved_to(self, handle: &Handle) -> io::Result<Self> {
        let Self { listener, file } = self;
        let listener = listener.into_std()?;
        let _there = handle.enter();
        Ok(Self { listener: UnixListener::from_std(listener)?, file })
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

/// A socket at which nobody listens may be replaced; nothing else.
fn refuse_what_is_there(path: &Path) -> io::Result<()> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        there => there?,
    };
    if !there.file_type().is_socket() {
        let message = "there is a file that is no socket";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another process listens there")),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_own = fs::symlink_metadata(&self.path)
            .is_ok_and(|file| (file.dev(), file.ino()) == self.identity);
        if is_own {
            // Whoever comes next replaces what is left.
            let _ = fs::remove_file(&self.path);
        }
    }
}

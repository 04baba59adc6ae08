//! A file that is open, read at any place without holding a worker of the runtime.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

/// A file that is open. What was promised of it is read from it, whatever its name becomes.
#[derive(Debug)]
pub struct OpenFile {
    file: Arc<Mutex<File>>,
}

impl OpenFile {
    /// This file.
    pub fn new(file: File) -> Self {
        Self { file: Arc::new(Mutex::new(file)) }
    }

    /// At most `max` bytes from the offset `from`; none only at the end.
    pub fn read(
        &self,
        from: u64,
        max: usize,
    ) -> impl Future<Output = io::Result<Bytes>> + Send + 'static {
        let file = Arc::clone(&self.file);
        blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::with_capacity(max);
            (&mut *file).take(max as u64).read_to_end(&mut bytes)?;
            Ok(bytes.into())
        })
    }
}

/// Reads where it may take long.
pub async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}

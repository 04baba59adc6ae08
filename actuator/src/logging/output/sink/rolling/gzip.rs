//! Compressed archives.

use std::{
    fs::File,
    io::{self, BufReader},
};

use flate2::{Compression, bufread::GzEncoder};

/// Whether this build compresses.
pub(super) const IS_AVAILABLE: bool = true;

/// Writes a compressed copy.
pub(super) fn compress(source: &File, target: &mut File) -> io::Result<()> {
    let mut encoder = GzEncoder::new(BufReader::new(source), Compression::default());
    io::copy(&mut encoder, target).map(|_| ())
}

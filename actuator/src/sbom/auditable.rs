//! The list of packages that `cargo auditable` puts into an executable: JSON, compressed by zlib.

use std::{
    io::{self, Read as _},
    path::Path,
};

use flate2::read::ZlibDecoder;

use super::{executable, packages::Packages};

/// The name of its section.
const SECTION: &str = ".dep-v0";
/// The longest list that is read.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Whether the executable has one.
pub(super) fn is_in(path: &Path) -> bool {
    matches!(executable::section(path, SECTION), Ok(Some(_)))
}

/// Reads it; `None` if there is none.
///
/// # Errors
/// The file cannot be read, or the section is not what it should be.
pub(super) fn read(path: &Path) -> io::Result<Option<Packages>> {
    let Some(section) = executable::section(path, SECTION)? else { return Ok(None) };
    let mut json = Vec::new();
    ZlibDecoder::new(&*section).take(MAX_BYTES).read_to_end(&mut json)?;
    Ok(Some(Packages::parse(&json)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn compressed(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn read_from(name: &str, section: &[u8]) -> io::Result<Option<Packages>> {
        let path = std::env::temp_dir().join(format!("actuator-{name}-{}", std::process::id()));
        std::fs::write(&path, executable::with_section(SECTION, section)).unwrap();
        assert!(is_in(&path));
        let read = read(&path);
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn the_list_in_an_executable_is_read() {
        let list = r#"{"packages":[{"name":"shop","version":"1.0.0","source":"local"}]}"#;
        let packages = read_from("auditable", &compressed(list)).unwrap().unwrap();
        assert_eq!(packages.root().unwrap().name, "shop");
    }

    #[test]
    fn a_list_that_is_broken_or_endless_is_an_error() {
        assert!(read_from("broken", b"not compressed").is_err());
        assert!(read_from("other", &compressed("[]")).is_err());
        let endless = " ".repeat(40 * 1024 * 1024);
        assert!(read_from("endless", &compressed(&endless)).is_err());
    }
}

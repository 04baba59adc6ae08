//! A section of an executable file, of which no more is read than it takes.
//!
//! ELF of 64 bits in the machine's own order of bytes, which is what a program on Linux finds itself
//! to be (System V ABI, "Object Files"). Of other formats nothing is found.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// The longest list of sections, list of their names, and section that is read.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
const HEADER: usize = 64;

/// The content of the section `name`; `None` if there is none, or the file is of another format.
///
/// # Errors
/// The file cannot be read.
pub(super) fn section(path: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let Some(header) = read(&mut file, 0, HEADER as u64)? else { return Ok(None) };
    // The magic number, 64 bits, and the order of bytes.
    let order = if cfg!(target_endian = "little") { 1 } else { 2 };
    if header.get(..6) != Some(&[0x7f, b'E', b'L', b'F', 2, order]) {
        return Ok(None);
    }
    let (Some(at), Some(size), Some(count), Some(names)) = (
        u64_at(&header, 0x28),
        u16_at(&header, 0x3a),
        u16_at(&header, 0x3c),
        u16_at(&header, 0x3e),
    ) else {
        return Ok(None);
    };
    let size = usize::from(size);
    let Some(table) = read(&mut file, at, (size * usize::from(count)) as u64)? else {
        return Ok(None);
    };
    let sections: Vec<&[u8]> = table.chunks_exact(size.max(1)).collect();
    let place = |section: &[u8]| Some((u64_at(section, 0x18)?, u64_at(section, 0x20)?));
    let Some((at, length)) = sections.get(usize::from(names)).and_then(|section| place(section))
    else {
        return Ok(None);
    };
    let Some(names) = read(&mut file, at, length)? else { return Ok(None) };
    let named = sections.iter().find(|section| name_at(&names, u32_at(section, 0)) == Some(name));
    match named.and_then(|section| place(section)) {
        Some((at, length)) => read(&mut file, at, length),
        None => Ok(None),
    }
}

/// So many bytes from there on; `None` if they are too many, or not there.
fn read(file: &mut File, at: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
    if length > MAX_BYTES || at > file.metadata()?.len() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == length).then_some(bytes))
}

fn name_at(names: &[u8], at: Option<u32>) -> Option<&str> {
    let rest = names.get(usize::try_from(at?).ok()?..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    str::from_utf8(rest.get(..end)?).ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// A file with one section beside that of the names.
#[cfg(test)]
pub(super) fn with_section(name: &str, content: &[u8]) -> Vec<u8> {
    let names = format!("\0{name}\0.shstrtab\0");
    let mut file = vec![0_u8; HEADER];
    let order = if cfg!(target_endian = "little") { 1 } else { 2 };
    file[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, order]);
    let at_names = file.len();
    file.extend(names.as_bytes());
    let at_content = file.len();
    file.extend(content);
    let table = file.len();
    let section = |name: usize, at: usize, length: usize| {
        let mut section = [0_u8; 64];
        section[..4].copy_from_slice(&u32::try_from(name).unwrap().to_ne_bytes());
        section[0x18..0x20].copy_from_slice(&(at as u64).to_ne_bytes());
        section[0x20..0x28].copy_from_slice(&(length as u64).to_ne_bytes());
        section
    };
    file.extend(section(0, 0, 0));
    file.extend(section(1, at_content, content.len()));
    file.extend(section(name.len() + 2, at_names, names.len()));
    file[0x28..0x30].copy_from_slice(&(table as u64).to_ne_bytes());
    file[0x3a..0x3c].copy_from_slice(&64_u16.to_ne_bytes());
    file[0x3c..0x3e].copy_from_slice(&3_u16.to_ne_bytes());
    file[0x3e..0x40].copy_from_slice(&2_u16.to_ne_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
        use std::hash::{BuildHasher as _, RandomState};
        let unique = RandomState::new().hash_one(bytes);
        let path = std::env::temp_dir().join(format!("actuator-elf-{unique:x}"));
        std::fs::write(&path, bytes).unwrap();
        let found = section(&path, name).unwrap();
        std::fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn a_section_is_found_by_its_name() {
        let file = with_section(".dep-v0", b"packages");
        assert_eq!(in_file(&file, ".dep-v0").as_deref(), Some(&b"packages"[..]));
        assert_eq!(in_file(&file, ".other"), None);
    }

    #[test]
    fn a_file_that_is_cut_or_mangled_has_no_section_and_does_no_harm() {
        let file = with_section(".dep-v0", b"packages");
        for length in 0..file.len() {
            in_file(&file[..length], ".dep-v0");
        }
        for at in 0..file.len() {
            for byte in [0, 0x7f, 0xff] {
                let mut mangled = file.clone();
                mangled[at] = byte;
                in_file(&mangled, ".dep-v0");
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_program_has_its_text() {
        let own = std::env::current_exe().unwrap();
        assert!(section(&own, ".comment").unwrap().is_some_and(|comment| !comment.is_empty()));
        assert_eq!(section(&own, ".dep-v0").unwrap(), None);
    }
}

//! What a bill of materials is, found out as Spring does: by words in it, else by the name of its
//! file (recorded: golden `run-sbom-types`).

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    path::Path,
};

/// CycloneDX in JSON.
pub(super) const CYCLONEDX: &str = "application/vnd.cyclonedx+json";
const SPDX: &str = "application/spdx+json";
const SYFT: &str = "application/vnd.syft+json";
/// How much of a file is looked at.
const LOOKED_AT: u64 = 1024 * 1024;

/// The media type of a file. It is left at its beginning.
///
/// # Errors
/// It cannot be read.
pub(super) fn of(mut file: &File, path: &Path) -> io::Result<&'static str> {
    let mut beginning = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut beginning)?;
    file.rewind()?;
    Ok(of_content(&beginning).unwrap_or_else(|| of_name(path)))
}

fn of_content(content: &[u8]) -> Option<&'static str> {
    let content: Vec<u8> =
        content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let holds = |word: &[u8]| content.windows(word.len()).any(|window| window == word);
    if holds(b"\"bomFormat\":\"CycloneDX\"") {
        Some(CYCLONEDX)
    } else if holds(b"\"spdxVersion\"") {
        Some(SPDX)
    } else if holds(b"\"foundBy\"") || holds(b"\"FoundBy\"") {
        Some(SYFT)
    } else {
        None
    }
}

fn of_name(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "txt" => "text/plain",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_before_the_name() {
        for (content, media_type) in [
            ("{ \"bomFormat\" : \"CycloneDX\" }", Some(CYCLONEDX)),
            ("{\"spdxVersion\":\"SPDX-2.3\"}", Some(SPDX)),
            ("{\"artifacts\":[{\"foundBy\":\"x\"}]}", Some(SYFT)),
            ("{\"FoundBy\":1}", Some(SYFT)),
            ("{\"a\":1}", None),
            ("", None),
        ] {
            assert_eq!(of_content(content.as_bytes()), media_type, "{content}");
        }
        assert_eq!(of_name(Path::new("a/bom.JSON")), "application/json");
        assert_eq!(of_name(Path::new("a/bom.txt")), "text/plain");
        assert_eq!(of_name(Path::new("a/bom")), "application/octet-stream");
    }
}

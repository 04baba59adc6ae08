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
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn every_file_is_of_some_type(
            content in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                odd_text("[{}\": \n]{0,6}(bomFormat|CycloneDX|spdxVersion|[fF]oundBy)?[{}\": \n]{0,6}")
                    .prop_map(String::into_bytes),
            ],
            name in odd_text("[a-z./]{0,9}(\\.(JSON|txt|xml))?"),
            space in "[ \\n\\t]{0,3}",
        ) {
            let found = of_content(&content).unwrap_or_else(|| of_name(Path::new(&name)));
            prop_assert!(found.starts_with("application/") || found == "text/plain");
            let marked =
                [&*content, format!("\"bomFormat\"{space}:{space}\"CycloneDX\"").as_bytes()].concat();
            prop_assert_eq!(of_content(&marked), Some(CYCLONEDX));
        }
    }

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

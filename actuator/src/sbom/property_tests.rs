//! Whatever stands in the executable, and whatever settings say of further bills of materials.

use std::{fs, io::Write as _, path::PathBuf};

use proptest::prelude::*;

use super::{auditable, executable, settings::SbomSettings};
use crate::{
    settings::{Settings, SettingsReader},
    support::odd_text::odd_text,
};

/// Another file for each test, as they run at the same time.
fn place(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("actuator-odd-{name}-{}", std::process::id()))
}

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_list_of_packages_in_an_executable_is_read_or_refused(
        section in prop::collection::vec(any::<u8>(), 0..60),
        list in odd_text(
            "\\{\"packages\":\\[(\\{\"name\":\"[a-z]\",\"version\":\"[0-9.]{0,5}\",\"source\":\"[a-z]{0,5}\"\
             (,\"dependencies\":\\[[0-9]{0,3}\\])?(,\"root\":true)?\\},?){0,4}\\]\\}?",
        ),
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let path = place("list");
        let mut mangled = compressed(list.as_bytes());
        let at = at.index(mangled.len());
        mangled[at] = byte;
        for section in [section, compressed(list.as_bytes()), mangled] {
            fs::write(&path, executable::with_section(".dep-v0", &section)).unwrap();
            if let Ok(packages) = auditable::read(&path) {
                let _ = packages.unwrap().root();
            }
        }
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_file_that_is_no_executable_holds_no_list(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            prop::collection::vec(any::<u8>(), 58..200).prop_map(|rest| {
                let order = if cfg!(target_endian = "little") { 1 } else { 2 };
                [&[0x7f, b'E', b'L', b'F', 2, order], &*rest].concat()
            }),
        ],
    ) {
        let path = place("executable");
        fs::write(&path, &bytes).unwrap();
        let _ = auditable::read(&path);
        prop_assert!(!auditable::is_in(&path));
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn settings_name_files_that_are_there_or_are_refused(
        id in odd_text("[a-zA-Z0-9._-]{1,9}"),
        location in odd_text("(optional:)?(file:|classpath:)?/{0,3}(no-such-folder/)?[a-z.]{0,9}"),
        kind in odd_text("[a-z/ +;=]{0,20}"),
    ) {
        let prefix = format!("management.endpoint.sbom.additional.{id}");
        let settings = Settings::builder()
            .force(&format!("{prefix}.location"), &*location)
            .force(&format!("{prefix}.media-type"), &*kind)
            .force("management.endpoint.sbom.application.location", location)
            .build();
        let Ok(settings) = settings else { return Ok(()) };
        let mut reader = SettingsReader::new(&settings);
        let read = SbomSettings::read(&mut reader);
        for file in read.files.values() {
            prop_assert!(file.path.is_file());
        }
        if let Err(error) = reader.finish() {
            prop_assert!(error.to_string().contains("management.endpoint.sbom"), "{}", error);
        }
    }
}

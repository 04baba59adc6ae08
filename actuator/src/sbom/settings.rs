//! Files with bills of materials (`management.endpoint.sbom.*`).

use std::{collections::BTreeMap, path::PathBuf};

use super::documents::SbomFile;
use crate::settings::SettingsReader;

/// The id of the application's own.
pub(super) const APPLICATION: &str = "application";
const PREFIX: &str = "management.endpoint.sbom";
/// The most further ones.
const MAX_ADDITIONAL: usize = 100;

/// Where they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct SbomSettings {
    /// By id; `application` takes the place of the one of the build.
    pub(super) files: BTreeMap<String, SbomFile>,
}

impl SbomSettings {
    /// Reads them. A file that is not there is refused, unless it is optional; then it is left out,
    /// also if it comes later, as in Spring.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let mut files = BTreeMap::new();
        if let Some(file) = file(reader, &format!("{PREFIX}.{APPLICATION}")) {
            files.insert(APPLICATION.to_owned(), file);
        }
        let additional = format!("{PREFIX}.additional");
        let ids = reader.map(&additional);
        let ids = ids.iter().filter_map(|(key, _)| key.strip_suffix(".location"));
        for id in ids.map(str::to_owned).take(MAX_ADDITIONAL).collect::<Vec<_>>() {
            if let Some(file) = file(reader, &format!("{additional}.{id}")) {
                files.entry(id).or_insert(file);
            }
        }
        Self { files }
    }
}

/// The file of one id; `None` if there is none, or none that can be used.
fn file(reader: &mut SettingsReader<'_>, prefix: &str) -> Option<SbomFile> {
    let (name, kind) = (format!("{prefix}.location"), format!("{prefix}.media-type"));
    let location = reader.value::<String>(&name).filter(|location| !location.is_empty())?;
    let (is_optional, location) = match location.strip_prefix("optional:") {
        Some(rest) => (true, rest),
        None => (false, location.as_str()),
    };
    if location.starts_with("classpath:") {
        reader.reject(&name, "there is no class path; name a file: file:/opt/app/bom.json");
        return None;
    }
    let path = location.strip_prefix("file:").unwrap_or(location);
    // Both `file:/a` and `file:///a` are `/a`.
    let path =
        PathBuf::from(path.strip_prefix("//").filter(|p| p.starts_with('/')).unwrap_or(path));
    let media_type = reader.value::<String>(&kind).and_then(|text| media_type(reader, &kind, text));
    if path.is_file() {
        return Some(SbomFile { path, media_type });
    }
    if !is_optional {
        let path = path.display();
        reader.reject(
            &name,
            format_args!(
                "{path} is no file; correct it, or write optional:{path} if it may be missing"
            ),
        );
    }
    None
}

fn media_type(reader: &mut SettingsReader<'_>, name: &str, text: String) -> Option<String> {
    let is_one =
        text.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty())
            && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !is_one {
        reader.reject(name, "expected a media type such as application/vnd.cyclonedx+json");
        return None;
    }
    Some(text)
}

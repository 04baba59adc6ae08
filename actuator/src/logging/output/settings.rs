//! Where lines are written to, by setting.

use std::path::{Path, PathBuf};

use crate::settings::SettingsReader;

/// What is written, and where to. The names of the settings are Spring's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OutputSettings {
    /// `spring.application.name`, which every line names as in Spring; unset, lines name none.
    pub(crate) application: Option<String>,
    /// The file to write: `logging.file.name`, else `spring.log` in `logging.file.path`.
    pub(crate) file: Option<PathBuf>,
}

impl OutputSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let file = reader.value::<PathBuf>("logging.file.name").filter(|path| !is_empty(path));
        let folder = reader.value::<PathBuf>("logging.file.path").filter(|path| !is_empty(path));
        Self {
            application: reader.value("spring.application.name"),
            file: file.or_else(|| folder.map(|folder| folder.join("spring.log"))),
        }
    }
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

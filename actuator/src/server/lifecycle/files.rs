//! The files that tell of a running service: the number of its process, and its ports. The names of
//! the settings, and of the files, are Spring's (`ApplicationPidFileWriter`,
//! `WebServerPortFileWriter`).

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::LifecycleSettings;
use crate::error::{Error, ErrorKind, Result};

/// Files that are there while the service runs, and go with it.
#[derive(Debug, Default)]
pub(in crate::server) struct RunFiles {
    written: Vec<(PathBuf, String)>,
}

impl RunFiles {
    /// Writes them: the port of the application, and that of the management API if it has its own.
    ///
    /// # Errors
    /// One that cannot be written, if a setting says that this refuses the start; else it is logged.
    pub(in crate::server) fn write(
        settings: &LifecycleSettings,
        application: Option<u16>,
        management: Option<u16>,
    ) -> Result<Self> {
        let mut files = Self::default();
        let mut wanted = Vec::new();
        if let Some(path) = &settings.pid_file {
            wanted.push(("spring.pid.file", path.clone(), std::process::id().to_string()));
        }
        if let Some(path) = &settings.port_file {
            let ports = [(path.clone(), application), (of_management(path), management)];
            let ports = ports.into_iter().filter_map(|(path, port)| Some((path, port?)));
            wanted.extend(ports.map(|(path, port)| ("portfile", path, port.to_string())));
        }
        for (setting, path, text) in wanted {
            match write_whole(&path, &text) {
                Ok(()) => files.written.push((path, text)),
                Err(error) => {
                    let message = format!(
                        "{} ({setting}) cannot be written: {error}; name a file that the service \
                         may write",
                        path.display()
                    );
                    if settings.fail_on_write_error {
                        return Err(Error::new(ErrorKind::Setting, message).with_cause(error));
                    }
                    tracing::warn!(target: "actuator::server", "{message}");
                }
            }
        }
        Ok(files)
    }
}

impl Drop for RunFiles {
    fn drop(&mut self) {
        for (path, text) in &self.written {
            // Another instance may have written its own meanwhile.
            if fs::read_to_string(path).is_ok_and(|found| found == *text) {
                // It is stale at worst, and overwritten by the next start.
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// `service.port` is `service-management.port`, and `SERVICE` is `SERVICE-MANAGEMENT`.
fn of_management(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    let is_upper = stem.to_str().is_some_and(|stem| !stem.chars().any(char::is_lowercase));
    let mut name = OsString::from(stem);
    name.push(if is_upper { "-MANAGEMENT" } else { "-management" });
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Nobody sees half of it: it is written beside its place and moved there.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    if path.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Nothing may be there.
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, SettingsReader};

    fn settings(pairs: &[(&str, String)]) -> LifecycleSettings {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, v));
        LifecycleSettings::read(&mut SettingsReader::new(&builder.build().unwrap()), false)
    }

    #[test]
    fn files_are_written_over_stale_ones_and_go_with_the_service_unless_they_are_anothers() {
        let folder = std::env::temp_dir().join(format!("run-files-{}", std::process::id()));
        let file = |name: &str| folder.join("run").join(name);
        let text = |name: &str| fs::read_to_string(file(name)).ok();
        let settings = settings(&[
            ("spring.pid.file", file("app.pid").display().to_string()),
            ("portfile", file("app.port").display().to_string()),
        ]);
        fs::create_dir_all(folder.join("run")).unwrap();
        fs::write(file("app.pid"), "stale and longer").unwrap();
        let files = RunFiles::write(&settings, Some(8080), Some(9090)).unwrap();
        assert_eq!(text("app.pid"), Some(std::process::id().to_string()));
        assert_eq!(text("app.port").as_deref(), Some("8080"));
        assert_eq!(text("app-management.port").as_deref(), Some("9090"));
        assert_eq!(fs::read_dir(folder.join("run")).unwrap().count(), 3, "nothing is left beside");
        fs::write(file("app.port"), "8081").unwrap();
        drop(files);
        assert_eq!((text("app.pid"), text("app-management.port")), (None, None));
        assert_eq!(text("app.port").as_deref(), Some("8081"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_cannot_be_written_refuses_the_start_only_on_a_setting() {
        let folder = std::env::temp_dir().display().to_string();
        let strict = ("spring.pid.fail-on-write-error", "true".to_owned());
        let file = ("spring.pid.file", folder);
        assert!(RunFiles::write(&settings(std::slice::from_ref(&file)), None, None).is_ok());
        let error = RunFiles::write(&settings(&[file, strict]), None, None).unwrap_err();
        assert!(error.is_setting() && error.to_string().contains("spring.pid.file"), "{error}");
    }

    #[test]
    fn the_file_of_the_management_port_is_named_as_spring_names_it() {
        for (given, expected) in [
            ("run/app.port", "run/app-management.port"),
            ("app", "app-management"),
            ("APP.PORT", "APP-MANAGEMENT.PORT"),
        ] {
            assert_eq!(of_management(Path::new(given)), Path::new(expected));
        }
    }
}

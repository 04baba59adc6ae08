//! Which sections of `/info` exist (`management.info.*`).

use crate::settings::{FromSetting, SettingsReader};

/// How `/info` is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one switch for each section")]
pub struct InfoSettings {
    /// `management.info.env.enabled`: whether settings below `info.` are members. Off unless
    /// asked for, as in Spring.
    pub env: bool,
    /// `management.info.build.enabled`.
    pub build: bool,
    /// `management.info.git.enabled`.
    pub git: bool,
    /// `management.info.git.mode`.
    pub git_mode: GitMode,
    /// `management.info.os.enabled`.
    pub os: bool,
    /// `management.info.process.enabled`.
    pub process: bool,
    /// `management.info.rust.enabled`.
    pub rust: bool,
    /// `management.info.ssl.enabled`: whether bundles of certificates are told. Off unless asked
    /// for, as in Spring.
    pub ssl: bool,
}

/// How much of git is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GitMode {
    /// Branch, abbreviated id and time of the commit.
    #[default]
    Simple,
    /// Everything that was recorded.
    Full,
}

impl FromSetting for GitMode {
    fn from_setting(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "simple" => Ok(Self::Simple),
            "full" => Ok(Self::Full),
            _ => Err("expected simple or full".to_owned()),
        }
    }
}

impl InfoSettings {
    /// Reads the settings. Sections that hold facts are on unless `management.info.<id>.enabled`
    /// or, for all of them, `management.info.defaults.enabled` says otherwise. Spring leaves `os`
    /// and `process` off; here they are on, because the admin server's process card shows them.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = reader.value_or("management.info.defaults.enabled", true);
        let mut on = |id: &str, default: bool| {
            reader.value_or(&format!("management.info.{id}.enabled"), default)
        };
        let env = on("env", false);
        let ssl = on("ssl", false);
        let build = on("build", defaults);
        let git = on("git", defaults);
        let os = on("os", defaults);
        let process = on("process", defaults);
        let rust = on("rust", defaults);
        let git_mode = reader.value_or("management.info.git.mode", GitMode::default());
        Self { env, build, git, git_mode, os, process, rust, ssl }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(values: &[(&str, &str)]) -> InfoSettings {
        let mut builder = Settings::builder();
        for (name, value) in values {
            builder = builder.force(name, *value);
        }
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let info = InfoSettings::read(&mut reader);
        reader.finish().unwrap();
        info
    }

    #[test]
    fn facts_are_on_and_the_environment_is_off() {
        let settings = read(&[]);
        assert!(settings.build && settings.git && settings.os && settings.process && settings.rust);
        assert!(!settings.env && !settings.ssl);
        assert_eq!(settings.git_mode, GitMode::Simple);
    }

    #[test]
    fn one_section_can_be_on_while_the_defaults_are_off() {
        let settings = read(&[
            ("management.info.defaults.enabled", "false"),
            ("management.info.git.enabled", "true"),
            ("management.info.git.mode", "FULL"),
            ("management.info.env.enabled", "true"),
        ]);
        assert!(settings.git && settings.env && !settings.build && !settings.process);
        assert_eq!(settings.git_mode, GitMode::Full);
    }
}

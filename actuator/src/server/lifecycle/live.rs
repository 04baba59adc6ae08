//! Which settings of the library take effect while the service runs.

use crate::{
    logging::{LevelSettings, Loggers},
    settings::{LiveSettings, SettingsReader},
};

/// Has the parts that can take over other settings take part in every change.
pub(in crate::server) fn join_parts(live: &LiveSettings, loggers: &Loggers) {
    let loggers = loggers.clone();
    live.join_for(["logging.level", "logging.group"], move |settings| {
        let mut reader = SettingsReader::new(settings);
        let levels = LevelSettings::read(&mut reader);
        reader.finish()?;
        let loggers = loggers.clone();
        Ok(Box::new(move || loggers.reconfigure(&levels.levels, &levels.groups)))
    });
}

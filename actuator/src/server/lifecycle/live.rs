//! Which settings of the library take effect while the service runs.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    logging::{LevelSettings, Loggers},
    settings::{LiveSettings, SettingsReader},
};

/// Has the parts that can take over other settings take part in every change. `levels` are those
/// that count now.
pub(in crate::server) fn join_parts(live: &LiveSettings, loggers: &Loggers, levels: LevelSettings) {
    let loggers = loggers.clone();
    let counting = Arc::new(Mutex::new(levels));
    live.join_for(["logging.level", "logging.group"], move |settings| {
        let mut reader = SettingsReader::new(settings);
        let levels = LevelSettings::read(&mut reader);
        reader.finish()?;
        let (loggers, counting) = (loggers.clone(), Arc::clone(&counting));
        Ok(Box::new(move || {
            let mut counting = counting.lock().unwrap_or_else(PoisonError::into_inner);
            if *counting != levels {
                loggers.reconfigure(&counting, &levels);
                *counting = levels;
            }
        }))
    });
}

//! Where the levels that are set while the service runs are kept: the application's own store, or
//! the file of the settings, or nowhere.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::basics::Basics;
use crate::{
    logging::{FileLevelOverrideStore, Keeper, LevelOverrideStore, Origin, OverrideSettings},
    settings::SettingsReader,
};

/// Starts to keep them; `None` if they are kept in memory only. The levels that are kept there
/// count soon after.
pub(super) fn start(
    basics: &Basics,
    service: Origin,
    own: Option<Arc<dyn LevelOverrideStore>>,
) -> Option<Keeper> {
    // Without a runtime nothing would be served either.
    let runtime = Handle::try_current().ok()?;
    let store = own.or_else(|| {
        let state_directory = basics.environment.get("STATE_DIRECTORY");
        let mut reader = SettingsReader::new(&basics.settings);
        let settings = OverrideSettings::read(&mut reader, state_directory.map(String::as_str));
        Some(Arc::new(FileLevelOverrideStore::new(settings.file?)))
    })?;
    Some(Keeper::start(&basics.logging.loggers, store, Some(service), &runtime))
}

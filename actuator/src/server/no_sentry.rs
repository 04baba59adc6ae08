//! In place of `sentry` in a build without that feature: says so to who sets it.

use tracing_subscriber::layer::Identity;

use crate::{
    error::Result, info::Facts, logging::Beside, meter::MeterRegistry, model::sanitizer::Sanitizer,
    settings::SettingsReader,
};

/// There is nobody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted;

/// Refuses if events are to be sent by us. `SENTRY_DSN` may be meant for the application's own
/// library.
pub(super) fn read(reader: &mut SettingsReader<'_>) -> Wanted {
    let [enabled, dsn] = ["actuator.sentry.enabled", "actuator.sentry.dsn"];
    let text: Option<String> = reader.value(dsn);
    let is_set = text.is_some_and(|text| !text.trim().is_empty());
    if reader.value_or(enabled, is_set) {
        let remedy = "this build of actuator leaves the feature `sentry` out; add it to the \
                      dependency, or set actuator.sentry.enabled to false";
        reader.reject_hidden(if is_set { dsn } else { enabled }, remedy);
    }
    Wanted
}

/// Nothing.
pub(super) fn layer() -> Beside<Identity> {
    Beside { layer: Identity::new(), sees_requests: false }
}

/// Starts nothing.
#[expect(clippy::unnecessary_wraps, reason = "the interface of `sentry`")]
pub(super) fn start(
    _: Wanted,
    _: (Option<&str>, Option<&str>),
    _: &MeterRegistry,
    _: &Sanitizer,
) -> Result<()> {
    Ok(())
}

/// Nobody wants to know.
pub(super) fn built(_: Option<&Facts>, _: &str, _: Option<&str>) {}

/// There is nothing to send.
pub(super) async fn flush() {}

/// There are none.
pub(super) fn last_words() -> LastWords {
    LastWords
}

/// Nothing.
#[derive(Debug)]
pub(super) struct LastWords;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn who_sets_it_in_our_words_is_told_what_is_missing() {
        let refused = |name: &str, value: &str| {
            let settings = Settings::builder().environment([(name, value)]).build().unwrap();
            let mut reader = SettingsReader::new(&settings);
            read(&mut reader);
            reader.finish().err().map(|error| error.to_string())
        };
        for (name, value) in [
            ("ACTUATOR_SENTRY_DSN", "https://hunter2@sentry.example/42"),
            ("ACTUATOR_SENTRY_ENABLED", "true"),
        ] {
            let error = refused(name, value).unwrap();
            assert!(
                error.contains("the feature `sentry`") && !error.contains("hunter2"),
                "{error}"
            );
        }
        assert_eq!(refused("SENTRY_DSN", "https://hunter2@sentry.example/42"), None);
    }
}

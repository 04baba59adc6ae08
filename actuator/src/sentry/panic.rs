//! Panics, as Sentry's fatal events.

use std::{
    panic::{self, PanicHookInfo},
    time::{Duration, SystemTime},
};

use super::{
    courier,
    fields::bounded,
    report::{ErrorText, Location, Report, Severity},
    slot::Slot,
};
use crate::model::request::RequestContext;

/// How long a process that is about to end waits.
const LAST_WORDS: Duration = Duration::from_secs(2);
const LONGEST: usize = 8 * 1024;

/// Reports panics to the reporter of this slot, in front of what the process does about them
/// anyway. The hook stays: taking it back could take away one that somebody set after it.
pub(super) fn watch(slot: Slot) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Some(reporter) = slot.reporter().filter(|_| !courier::is_this_thread()) {
            // Nothing of the spans: their locks may be held where this panicked.
            let report = report(info, reporter.lines_without_span());
            if !reporter.policy().ignored.is_ignored(&report.target, "", &report.errors) {
                reporter.send(report);
            }
            if cfg!(panic = "abort") {
                reporter.flush_blocking(LAST_WORDS);
            }
        }
        before(info);
    }));
}

fn report(
    info: &PanicHookInfo<'_>,
    breadcrumbs: Vec<std::sync::Arc<super::report::Breadcrumb>>,
) -> Report {
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = bounded(format_args!("{}", message.unwrap_or("a panic without a text")), LONGEST);
    let location = info.location();
    Report {
        at: SystemTime::now(),
        severity: Severity::Fatal,
        target: "panic".to_owned(),
        message: String::new(),
        errors: vec![ErrorText { kind: "panic".to_owned(), text }],
        fields: Vec::new(),
        location: location.map(|at| Location { file: at.file().to_owned(), line: at.line() }),
        thread: std::thread::current().name().map(str::to_owned),
        request: RequestContext::current(),
        place: None,
        breadcrumbs,
    }
}

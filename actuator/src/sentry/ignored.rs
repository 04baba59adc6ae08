//! What is not sent: targets, and errors and messages by their name.

use super::report::ErrorText;

/// Targets from which nothing is taken, and what makes an event one that nobody wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ignored {
    targets: Vec<String>,
    exceptions: Vec<String>,
}

impl Ignored {
    /// `targets` are separated by commas or by single colons: both are in use for
    /// `SENTRY_EXCLUDES`. Two colons belong to a path.
    pub(super) fn new(targets: &[String], exceptions: Vec<String>) -> Self {
        let targets = targets.iter().flat_map(|item| paths(item));
        Self { targets: targets.collect(), exceptions }
    }

    /// Whether nothing of this target is taken: it is one of those given, or below one.
    pub(super) fn is_excluded(&self, target: &str) -> bool {
        self.targets.iter().any(|excluded| is_at_or_below(target, excluded))
    }

    /// Whether an event is not wanted. One item of the list suffices: the target or one above it,
    /// the type of one of the errors, or the beginning of the message or of an error's text.
    pub(super) fn is_ignored(&self, target: &str, message: &str, errors: &[ErrorText]) -> bool {
        self.exceptions.iter().any(|item| {
            let begins = |text: &str| text.starts_with(item.as_str());
            let mut errors = errors.iter();
            is_at_or_below(target, item)
                || begins(message)
                || errors.any(|error| error.kind == *item || begins(&error.text))
        })
    }
}

/// Whether a target is `ancestor`, or below it with `::` between.
fn is_at_or_below(target: &str, ancestor: &str) -> bool {
    target.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The paths in a list that is separated by single colons.
fn paths(list: &str) -> Vec<String> {
    // No target holds a NUL.
    let kept = list.replace("::", "\0");
    let items = kept.split([':', ',']).map(|item| item.replace('\0', "::"));
    let items = items.map(|item| item.trim().trim_matches(':').to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(targets: &str, exceptions: &[&str]) -> Ignored {
        let exceptions = exceptions.iter().map(|&item| item.to_owned()).collect();
        Ignored::new(&[targets.to_owned()], exceptions)
    }

    #[test]
    fn excludes_are_separated_by_commas_or_single_colons() {
        for list in ["a::b:c,shop::db::", "a::b,c , shop::db", ":a::b::c:c:shop::db:"] {
            let ignored = ignored(list, &[]);
            for target in ["a::b::c", "c", "c::d", "shop::db", "shop::db::pool"] {
                assert!(ignored.is_excluded(target), "{target} of {list}");
            }
            for target in ["a", "shop", "shop::dbx", "cc"] {
                assert!(!ignored.is_excluded(target), "{target} of {list}");
            }
        }
    }

    #[test]
    fn an_event_is_ignored_by_target_type_or_beginning() {
        let ignored = ignored("", &["ParseIntError", "shop::mail", "connection reset"]);
        let is_ignored = |target: &str, message: &str, errors: &[(&str, &str)]| {
            let texts = errors.iter().map(|(kind, text)| ErrorText {
                kind: (*kind).to_owned(),
                text: (*text).to_owned(),
            });
            ignored.is_ignored(target, message, &texts.collect::<Vec<_>>())
        };
        assert!(is_ignored("shop::mail::smtp", "m", &[]));
        assert!(is_ignored("t", "connection reset by peer", &[]));
        assert!(is_ignored("t", "m", &[("Io", "x"), ("ParseIntError", "y")]));
        assert!(is_ignored("t", "m", &[("Io", "connection reset")]));
        assert!(!is_ignored("shop::mailer", "a connection reset", &[]));
        assert!(!is_ignored("t", "m", &[("ParseIntErrors", "y")]));
    }
}

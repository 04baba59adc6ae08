//! Which lines a viewer wants to see.

use std::borrow::Cow;

use tracing::Level;

use super::block::RecentLine;

/// What has to be true of a line; without any condition all are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineFilter {
    least: Option<Level>,
    targets: Vec<Box<str>>,
    text: Option<Needle>,
    request_id: Option<Box<str>>,
}

impl LineFilter {
    /// Lines of this level, or of a worse one.
    pub(crate) fn at_least(&mut self, level: Level) {
        self.least = Some(level);
    }

    /// Lines of this logger and of those below it, or of another one that is added.
    pub(crate) fn of_target(&mut self, target: &str) {
        self.targets.push(target.into());
    }

    /// Lines that contain this text; upper and lower case are the same.
    pub(crate) fn containing(&mut self, text: &str) {
        self.text = Some(Needle::new(text));
    }

    /// Lines that were written during this request.
    pub(crate) fn of_request(&mut self, id: &str) {
        self.request_id = Some(id.into());
    }

    /// The level below which no line is wanted.
    pub(super) fn least(&self) -> Level {
        self.least.unwrap_or(Level::TRACE)
    }

    /// Whether this line is wanted. What serving streams writes never is.
    pub(super) fn wants(&self, line: &RecentLine<'_>) -> bool {
        !line.is_own
            && line.level <= self.least()
            && (self.targets.is_empty()
                || self.targets.iter().any(|target| is_below(line.target, target)))
            && self.request_id.as_deref().is_none_or(|id| line.request_id == Some(id))
            && self.text.as_ref().is_none_or(|text| text.is_in(line.text))
    }
}

/// Whether a target is this one, or below it: `shop::dbx` is not below `shop::db`.
fn is_below(target: &str, above: &str) -> bool {
    target.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A text to be found whatever its case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Needle {
    lower: Box<str>,
    is_ascii: bool,
}

impl Needle {
    fn new(text: &str) -> Self {
        let lower = lower(text);
        Self { is_ascii: lower.is_ascii(), lower: lower.into() }
    }

    fn is_in(&self, text: &str) -> bool {
        if !self.is_ascii {
            return lower(text).contains(&*self.lower);
        }
        let needle = self.lower.as_bytes();
        let Some(first) = needle.first() else { return true };
        // Most bytes are not the first one: they are passed over quickly.
        let both = [*first, first.to_ascii_uppercase()];
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| both.contains(byte)) {
            rest = rest.get(at..).unwrap_or_default();
            if rest.get(..needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle)) {
                return true;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        false
    }
}

/// Letter by letter, so that a part of a text becomes a part of it (a Greek sigma at the end of a
/// word would become another one), and with letters that are neither, as \u{1f88} is.
fn lower(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c.to_lowercase().eq([c])) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: RecentLine<'static> = RecentLine {
        number: 1,
        level: Level::WARN,
        target: "shop::db::pool",
        request_id: Some("r-1"),
        text: "Verbindung zu DB-1 GESTÖRT\n",
        is_own: false,
    };

    fn wants(set: impl FnOnce(&mut LineFilter)) -> bool {
        let mut filter = LineFilter::default();
        set(&mut filter);
        filter.wants(&LINE)
    }

    #[test]
    fn a_line_is_wanted_if_all_is_true_of_it() {
        assert!(wants(|_| ()));
        for (level, wanted) in
            [(Level::ERROR, false), (Level::WARN, true), (Level::INFO, true), (Level::TRACE, true)]
        {
            assert_eq!(wants(|filter| filter.at_least(level)), wanted, "{level}");
        }
        assert!(wants(|filter| filter.of_request("r-1")));
        assert!(!wants(|filter| filter.of_request("r-11")));
        assert!(!wants(|filter| {
            filter.of_request("r-1");
            filter.at_least(Level::ERROR);
        }));
        assert!(!LineFilter::default().wants(&RecentLine { is_own: true, ..LINE }));
    }

    #[test]
    fn a_target_ends_where_a_module_ends() {
        for (target, wanted) in [
            ("shop", true),
            ("shop::db", true),
            ("shop::db::pool", true),
            ("shop::d", false),
            ("shop::db::pool::x", false),
            ("db", false),
        ] {
            assert_eq!(wants(|filter| filter.of_target(target)), wanted, "{target}");
        }
        assert!(wants(|filter| {
            filter.of_target("other");
            filter.of_target("shop::db");
        }));
    }

    #[test]
    fn a_text_is_found_whatever_its_case() {
        for (text, wanted) in [
            ("db-1", true),
            ("Verb", true),
            ("gestört", true),
            ("GESTÖRT", true),
            ("zu db", true),
            ("db-2", false),
            ("gestort", false),
            ("t\n\n", false),
        ] {
            assert_eq!(wants(|filter| filter.containing(text)), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_found_where_it_stands_whatever_its_case(
            before in "\\PC{0,9}", needle in "\\PC{0,6}|[ -~]{0,6}", after in "\\PC{0,9}",
        ) {
            let text = format!("{before}{needle}{after}");
            prop_assert!(Needle::new(&needle).is_in(&text));
            if needle.is_ascii() {
                let upper = format!("{before}{}{after}", needle.to_ascii_uppercase());
                prop_assert!(Needle::new(&needle).is_in(&upper));
            }
        }
    }
}

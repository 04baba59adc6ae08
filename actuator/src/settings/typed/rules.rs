//! What the attribute of a field asks of its value.

use regex_lite::Regex;

use crate::{
    settings::SettingKind,
    support::{data_size::parse_data_size, time},
};

/// What is known of a field when the program is compiled.
#[derive(Clone, Copy, Debug)]
pub struct FieldFacts {
    /// Its default, as a setting would have it.
    pub default: Option<&'static str>,
    /// The doc comment, on one line.
    pub description: &'static str,
    /// Whether it is hidden whoever looks.
    pub is_secret: bool,
    /// What is asked of its value.
    pub rules: Rules,
}

impl FieldFacts {
    /// Of a field without doc comment and attribute.
    pub const NONE: Self =
        Self { default: None, description: "", is_secret: false, rules: Rules::NONE };

    /// Those of one item of this list or map.
    pub(super) fn of_item(&self) -> Self {
        let rules = Rules { non_empty: false, least: None, most: None, ..self.rules };
        Self { default: None, rules, ..*self }
    }
}

/// What is asked of a value, or of each item of a list or map.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The least number, duration or size.
    pub min: Option<&'static str>,
    /// The largest one.
    pub max: Option<&'static str>,
    /// A regular expression that the whole text matches.
    pub pattern: Option<&'static str>,
    /// A text that is not blank; a list or map with an item.
    pub non_empty: bool,
    /// The least number of characters; of items of a list or map.
    pub least: Option<usize>,
    /// The largest one.
    pub most: Option<usize>,
}

impl Rules {
    /// Anything will do.
    pub const NONE: Self =
        Self { min: None, max: None, pattern: None, non_empty: false, least: None, most: None };

    /// Whether numbers are compared.
    pub(super) const fn compare(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Whether characters or items are counted.
    pub(super) const fn count(&self) -> bool {
        self.non_empty || self.least.is_some() || self.most.is_some()
    }

    /// What is wrong with one value.
    pub(super) fn broken_by(&self, text: &str, kind: SettingKind) -> Option<String> {
        if !self.is_within(text, kind) {
            let bounds = match (self.min, self.max) {
                (Some(min), Some(max)) => format!("from {min} to {max}"),
                (Some(min), None) => format!("of at least {min}"),
                (None, max) => format!("of at most {}", max.unwrap_or_default()),
            };
            return Some(format!("expected a value {bounds}"));
        }
        if self.non_empty && text.trim().is_empty() {
            return Some("expected a text that is not empty".to_owned());
        }
        if let Some(range) = self.uncounted(text.chars().count()) {
            return Some(format!("expected {range} character(s)"));
        }
        let pattern = self.pattern?;
        // The macro has compiled it once already.
        let matches =
            Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text));
        (!matches).then(|| format!("expected a text that matches {pattern}"))
    }

    /// What is wrong with a list or map of so many items.
    pub(super) fn broken_by_items(&self, items: usize) -> Option<String> {
        if self.non_empty && items == 0 {
            return Some("expected one item at least".to_owned());
        }
        self.uncounted(items).map(|range| format!("expected {range} item(s)"))
    }

    fn uncounted(&self, count: usize) -> Option<String> {
        let (least, most) = (self.least.unwrap_or(0), self.most.unwrap_or(usize::MAX));
        if (least..=most).contains(&count) {
            return None;
        }
        Some(match (self.least, self.most) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, _) => format!("at most {most}"),
        })
    }

    fn is_within(&self, text: &str, kind: SettingKind) -> bool {
        if !self.compare() {
            return true;
        }
        // What is no number was refused when it was read.
        let Some(value) = Quantity::read(text, kind) else { return true };
        // A bound that is none lets nothing pass: the program is wrong, and has to be told.
        let is_kept = |bound: Option<&str>, keeps: &dyn Fn(Quantity) -> bool| {
            bound.is_none_or(|text| Quantity::read(text, kind).is_some_and(keeps))
        };
        is_kept(self.min, &|min| min.is_at_most(value))
            && is_kept(self.max, &|max| value.is_at_most(max))
    }
}

/// Something that can be compared.
#[derive(Clone, Copy, Debug)]
enum Quantity {
    /// A whole number, nanoseconds, bytes.
    Whole(i128),
    /// A fraction.
    Fraction(f64),
}

impl Quantity {
    fn read(text: &str, kind: SettingKind) -> Option<Self> {
        let text = text.trim();
        match kind {
            SettingKind::Duration => {
                let unit = std::time::Duration::from_millis(1);
                let nanos = time::parse_duration(text, unit).ok()?.as_nanos();
                i128::try_from(nanos).ok().map(Self::Whole)
            }
            SettingKind::Size => parse_data_size(text).ok().map(|size| Self::Whole(size.into())),
            SettingKind::Number => {
                let whole = text.parse().ok().map(Self::Whole);
                whole.or_else(|| text.parse().ok().map(Self::Fraction))
            }
            _ => None,
        }
    }

    fn is_at_most(self, other: Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a <= b,
            (a, b) => a.fraction() <= b.fraction(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a fraction is no more exact than that")]
    fn fraction(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }
}

/// Whether the macro may compare values of this kind.
pub(super) const fn is_ordered(kind: SettingKind) -> bool {
    matches!(kind, SettingKind::Number | SettingKind::Duration | SettingKind::Size)
}

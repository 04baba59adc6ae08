//! How archives are named: Logback's patterns, as far as they are understood here.

use std::path::{Path, PathBuf};

use super::period::Unit;

/// What stands for the path of the log file.
const LOG_FILE: &str = "${LOG_FILE}";
/// How the name of a compressed archive ends.
pub(super) const GZIP: &str = ".gz";
/// Numbers of archives have at most this many digits.
const INDEX_DIGITS: usize = 9;

/// The names of the archives of a log file: a folder, and a name with one date and one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    folder: PathBuf,
    parts: Vec<Part>,
    unit: Unit,
    compresses: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Date,
    Index,
}

/// What the name of an archive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The period that it holds.
    pub(super) period: u64,
    /// Which part of the period, from 0.
    pub(super) index: u32,
}

impl Pattern {
    /// Reads a pattern for the archives of `file`. The error says what is accepted.
    pub(super) fn parse(text: &str, file: &Path) -> Result<Self, String> {
        let accepted = || {
            format!(
                "expected a name such as {LOG_FILE}.%d{{yyyy-MM-dd}}.%i.gz: one %d, %d{{yyyy-MM-dd}} \
                 or %d{{yyyy-MM-dd_HH}} (days or hours, in UTC) and one %i, both in the name of the \
                 file and not in that of a folder, and .gz at the end or not"
            )
        };
        let (plain, compresses) =
            text.strip_suffix(GZIP).map_or((text, false), |plain| (plain, true));
        let (parts, unit) = parts(plain.trim(), file).ok_or_else(accepted)?;
        let (folder, parts) = split_folder(parts).ok_or_else(accepted)?;
        let pattern = Self { folder, parts, unit, compresses };
        pattern.is_unambiguous(file).then_some(pattern).ok_or_else(accepted)
    }

    /// Where the archives are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The length of a period.
    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    /// Whether archives are compressed.
    pub(super) fn compresses(&self) -> bool {
        self.compresses
    }

    /// The path of an archive that is not compressed (yet).
    pub(super) fn path(&self, slot: Slot) -> PathBuf {
        self.folder.join(self.name(slot))
    }

    /// What the name of a file says, and whether it is compressed; `None` if it is none of these
    /// archives.
    pub(super) fn slot(&self, name: &str) -> Option<(Slot, bool)> {
        let (mut rest, compressed) =
            name.strip_suffix(GZIP).map_or((name, false), |plain| (plain, true));
        let mut slot = Slot { period: 0, index: 0 };
        for part in &self.parts {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Date => {
                    let (date, after) = rest.split_at_checked(self.unit.length())?;
                    slot.period = self.unit.parse(date)?;
                    rest = after;
                }
                Part::Index => {
                    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                    let (digits, after) = rest.split_at_checked(end)?;
                    let is_plain = digits == "0" || !digits.starts_with('0');
                    slot.index = digits.parse().ok().filter(|_| is_plain && end <= INDEX_DIGITS)?;
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some((slot, compressed))
    }

    fn name(&self, slot: Slot) -> String {
        let name = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Date => self.unit.name(slot.period),
            Part::Index => slot.index.to_string(),
        };
        self.parts.iter().map(name).collect()
    }

    /// Whether names can be read back, and the log file itself is none of them.
    fn is_unambiguous(&self, file: &Path) -> bool {
        let slots =
            [(0, 0), (20_000, 10), (400_000, 7)].map(|(period, index)| Slot { period, index });
        let own = file.file_name().and_then(|name| name.to_str());
        slots.iter().all(|slot| self.slot(&self.name(*slot)) == Some((*slot, false)))
            && own.is_none_or(|own| self.slot(own).is_none())
    }
}

/// The parts of a pattern, in which the log file's path may stand for itself.
fn parts(pattern: &str, file: &Path) -> Option<(Vec<Part>, Unit)> {
    let (mut parts, mut unit) = (Vec::new(), None);
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(LOG_FILE) {
            parts.push(Part::Text(file.to_str()?.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("%i") {
            parts.push(Part::Index);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("%d") {
            let (format, after) = match after.strip_prefix('{') {
                Some(after) => after.split_once('}')?,
                None => ("", after),
            };
            if unit.replace(Unit::from_format(format)?).is_some() {
                return None;
            }
            parts.push(Part::Date);
            rest = after;
        } else if next == '%' || rest.starts_with("${") {
            return None;
        } else {
            let end = rest.find(['%', '$']).filter(|end| *end > 0).unwrap_or(rest.len());
            let (text, after) = rest.split_at_checked(end)?;
            parts.push(Part::Text(text.to_owned()));
            rest = after;
        }
    }
    let one_index = parts.iter().filter(|part| **part == Part::Index).count() == 1;
    Some((parts, unit.filter(|_| one_index)?))
}

/// The folder, and the parts of the name in it. Dates and numbers stand in the name only.
fn split_folder(parts: Vec<Part>) -> Option<(PathBuf, Vec<Part>)> {
    let mut folder = String::new();
    let mut name: Vec<Part> = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => match text.rsplit_once('/') {
                None => name.push(Part::Text(text)),
                Some((before, after)) => {
                    for part in name.drain(..) {
                        let Part::Text(text) = part else { return None };
                        folder.push_str(&text);
                    }
                    folder.push_str(before);
                    folder.push('/');
                    if !after.is_empty() {
                        name.push(Part::Text(after.to_owned()));
                    }
                }
            },
            other => name.push(other),
        }
    }
    let folder = if folder.is_empty() { "." } else { &folder };
    Some((PathBuf::from(folder), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<Pattern, String> {
        Pattern::parse(text, Path::new("/var/log/shop.log"))
    }

    fn path(text: &str, index: u32) -> String {
        // 2026-11-21 in days, and in hours.
        let pattern = pattern(text).unwrap();
        let period = if pattern.unit == Unit::Day { 20_778 } else { 498_681 };
        let slot = Slot { period, index };
        let path = pattern.path(slot);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(pattern.slot(name), Some((slot, false)));
        assert_eq!(pattern.slot(&format!("{name}.gz")), Some((slot, true)));
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn archives_are_named_by_the_pattern_and_recognised_by_it() {
        for (text, wanted) in [
            ("${LOG_FILE}.%d{yyyy-MM-dd}.%i.gz", "/var/log/shop.log.2026-11-21.3"),
            ("${LOG_FILE}.%d.%i", "/var/log/shop.log.2026-11-21.3"),
            ("${LOG_FILE}-%d{yyyy-MM-dd_HH, UTC}_%i", "/var/log/shop.log-2026-11-21_09_3"),
            ("old/shop.%i.%d{yyyy-MM-dd}.log.gz", "old/shop.3.2026-11-21.log"),
            ("shop-%d%i.log", "./shop-2026-11-213.log"),
        ] {
            assert_eq!(path(text, 3), wanted, "{text}");
        }
    }

    #[test]
    fn a_percent_sign_in_the_name_of_the_log_file_is_nothing_special() {
        let pattern = Pattern::parse("${LOG_FILE}.%d.%i", Path::new("/tmp/100%d.log")).unwrap();
        let slot = Slot { period: 0, index: 0 };
        assert_eq!(pattern.path(slot), Path::new("/tmp/100%d.log.1970-01-01.0"));
    }

    #[test]
    fn other_patterns_are_refused_with_what_is_accepted() {
        for text in [
            "",
            "${LOG_FILE}",
            "${LOG_FILE}.%i",
            "${LOG_FILE}.%d",
            "${LOG_FILE}.%d.%d.%i",
            "${LOG_FILE}.%d.%i.%i",
            "${LOG_FILE}.%d{yyyy-MM}.%i",
            "${LOG_FILE}.%d{yyyy-MM-dd, Europe/Berlin}.%i",
            "${LOG_FILE}.%d{yyyy-MM-dd.%i",
            "${LOG_FILE}.%d.%i.%t",
            "${LOG_PATH}/shop.%d.%i",
            "%d/shop.%i",
            "${LOG_FILE}.%i%d",
        ] {
            let error = pattern(text).unwrap_err();
            assert!(error.contains("%d{yyyy-MM-dd_HH}") && error.contains("%i"), "{text}: {error}");
        }
        let own = Pattern::parse("shop.%d.%i", Path::new("/log/shop.2026-11-21.0"));
        assert!(own.is_err(), "the log file would be an archive of itself");
    }

    #[test]
    fn other_files_are_no_archives() {
        let pattern = pattern("${LOG_FILE}.%d{yyyy-MM-dd}.%i.gz").unwrap();
        for name in [
            "shop.log",
            "shop.log.2026-11-21",
            "shop.log.2026-11-21.",
            "shop.log.2026-11-21.x",
            "shop.log.2026-11-21.01",
            "shop.log.2026-11-21.-1",
            "shop.log.2026-11-21.1.gz.part",
            "shop.log.2026-11-21.1.zip",
            "shop.log.2026-13-21.1",
            "shop.log.2026-11-21.9999999999",
            "other.log.2026-11-21.1",
            "xshop.log.2026-11-21.1",
            "shop.log.é026-11-21.1",
        ] {
            assert_eq!(pattern.slot(name), None, "{name}");
        }
    }
}

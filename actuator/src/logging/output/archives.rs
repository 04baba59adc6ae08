//! The older parts of the log: files that we rolled, and those that logrotate did.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::sink::{RollingSettings, rolling};

/// How many archives are named at most.
const MOST: usize = 1_000;
/// How many entries of a folder are looked at: log files may stand among millions of others.
const ENTRIES: usize = 100_000;
/// How the names of compressed files end.
const COMPRESSED: [&str; 4] = [".gz", ".xz", ".bz2", ".zst"];

/// An older part of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    /// Where it is. A plain file, no link.
    pub(crate) path: PathBuf,
    /// Its size as it is stored.
    pub(crate) bytes: u64,
    /// When it was written last.
    pub(crate) modified: SystemTime,
    /// Whether it is compressed.
    pub(crate) compressed: bool,
}

/// The archives of a log file, the newest first, at most 1,000: those of our own pattern, wherever
/// it puts them, and in the folder of the file those that logrotate names after it (`app.log.1`,
/// `app.log.2.gz`, `app.log-20261121.gz`, `app-20261121.log.gz`). What cannot be read is none.
pub(crate) fn archives(file: &Path, rolling: Option<&RollingSettings>) -> Vec<Archive> {
    let mut all = Vec::new();
    if let Some(found) = rolling.and_then(|rolling| rolling::rolled(&rolling.pattern).ok()) {
        all.extend(
            found
                .into_iter()
                .map(|found| Archive::new(found.path, &found.metadata, found.compressed)),
        );
    }
    rotated(file, &mut all);
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all.dedup_by(|a, b| a.path == b.path);
    all.sort_by_key(|archive| Reverse(archive.modified));
    all.truncate(MOST);
    all
}

impl Archive {
    fn new(path: PathBuf, metadata: &fs::Metadata, compressed: bool) -> Self {
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Self { path, bytes: metadata.len(), modified, compressed }
    }
}

/// What logrotate made of the file.
fn rotated(file: &Path, into: &mut Vec<Archive>) {
    let Some(own) = file.file_name().and_then(|name| name.to_str()) else { return };
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let entries = fs::read_dir(folder).into_iter().flatten().take(ENTRIES);
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let Some(compressed) = name.to_str().and_then(|name| rotated_name(name, own)) else {
            continue;
        };
        // Not that of what a link leads to.
        if let Ok(metadata) = entry.metadata()
            && metadata.is_file()
        {
            into.push(Archive::new(entry.path(), &metadata, compressed));
        }
        if into.len() >= 2 * MOST {
            into.sort_by_key(|archive| Reverse(archive.modified));
            into.truncate(MOST);
        }
    }
}

/// Whether this is a name that logrotate gives to the file `own`, and if so whether it is that of a
/// compressed one.
fn rotated_name(name: &str, own: &str) -> Option<bool> {
    let plain = COMPRESSED.iter().find_map(|end| name.strip_suffix(end));
    let (plain, compressed) = plain.map_or((name, false), |plain| (plain, true));
    // With its option `extension` the mark stands in front of the extension.
    let (stem, extension) = own.rsplit_once('.').unwrap_or((own, ""));
    let inner = || {
        let before = plain.strip_suffix(extension)?.strip_suffix('.')?;
        before.strip_prefix(stem).filter(|_| !stem.is_empty() && !extension.is_empty())
    };
    let is_rotated = plain.strip_prefix(own).is_some_and(is_mark) || inner().is_some_and(is_mark);
    is_rotated.then_some(compressed)
}

/// `.1`, or a date as `dateext` writes it: `-20261121`, `-2026112109`, `-20261121-1795240469`.
fn is_mark(mark: &str) -> bool {
    let is_number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some(number) = mark.strip_prefix('.') {
        return is_number(number, 1..=6);
    }
    let Some(date) = mark.strip_prefix('-') else { return false };
    let (day, seconds) = date.split_once('-').unwrap_or((date, "0"));
    is_number(day, 8..=10) && is_number(seconds, 1..=12)
}

#[cfg(test)]
mod tests {
    use std::{fs::File, time::Duration};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        settings::{Settings, SettingsReader},
        support::odd_text::odd_text,
    };

    proptest! {
        #[test]
        fn no_name_is_taken_for_an_archive_that_says_nothing_of_the_file(
            name in odd_text("(app|[a-z]{1,3}|\\.log|\\.[0-9]{1,7}|-[0-9]{7,11}|\\.gz|\\.zst){0,6}"),
            own in odd_text("(app|[a-z]{0,3})(\\.log)?"),
            number in 0_u32..1_000_000,
            day in "[0-9]{8}",
        ) {
            if rotated_name(&name, &own).is_some() {
                let stem = own.rsplit_once('.').map_or(&*own, |(stem, _)| stem);
                prop_assert!(name.starts_with(stem) && name.len() > own.len(), "{} of {}", name, own);
            }
            for (name, is_compressed) in
                [(format!("{own}.{number}"), false), (format!("{own}-{day}.gz"), true)]
            {
                prop_assert_eq!(rotated_name(&name, &own), Some(is_compressed), "{}", name);
            }
        }
    }

    #[test]
    fn the_names_that_logrotate_gives_are_known_and_no_others() {
        for (name, compressed) in [
            ("app.log.1", false),
            ("app.log.12.gz", true),
            ("app.log.3.xz", true),
            ("app.log-20261121", false),
            ("app.log-20261121.gz", true),
            ("app.log-2026112109", false),
            ("app.log-20261121-1795240469.zst", true),
            ("app-20261121.log", false),
            ("app.1.log.gz", true),
        ] {
            assert_eq!(rotated_name(name, "app.log"), Some(compressed), "{name}");
        }
        for name in [
            "app.log",
            "app.log.gz",
            "app.log.",
            "app.log.x",
            "app.log.1.gz.part",
            "app.log.1234567",
            "app.log-2026",
            "app.log-20261121-",
            "app.log1",
            "app.log.1/../../secret",
            "xapp.log.1",
            "app.txt.1",
            "app",
            "-20261121.log",
        ] {
            assert_eq!(rotated_name(name, "app.log"), None, "{name}");
        }
        assert_eq!(rotated_name("log.1", "log"), Some(false));
    }

    #[test]
    fn archives_are_named_the_newest_first_and_never_through_links() {
        let folder = std::env::temp_dir().join(format!("actuator-archives-{}", std::process::id()));
        fs::create_dir_all(folder.join("app.log.7")).unwrap();
        let file = folder.join("app.log");
        let names = ["app.log", "app.log.2026-11-20.0.gz", "app.log.1", "app.log.2.gz", "app.logs"];
        for (age, name) in names.iter().enumerate() {
            let file = File::create(folder.join(name)).unwrap();
            file.set_len(10 + u64::try_from(age).unwrap()).unwrap();
            let age = Duration::from_hours(u64::try_from(age).unwrap());
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", folder.join("app.log.3")).unwrap();
        let settings = Settings::builder().build().unwrap();
        let rolling = RollingSettings::read(&mut SettingsReader::new(&settings), &file);
        let listed = |rolling| {
            let found = archives(&file, rolling).into_iter();
            let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
            found
                .map(|found| (name(&found.path), found.bytes, found.compressed))
                .collect::<Vec<_>>()
        };
        let ours = ("app.log.2026-11-20.0.gz".to_owned(), 11, true);
        let theirs = [("app.log.1".to_owned(), 12, false), ("app.log.2.gz".to_owned(), 13, true)];
        assert_eq!(listed(None), theirs);
        assert_eq!(listed(rolling.as_ref()), [&[ours][..], &theirs].concat());
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(listed(rolling.as_ref()), []);
    }
}

//! The memory of this process by mapping: what each file, heap and stack takes of it.
//! Source of the format: `proc_pid_smaps(5)`.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
};

use super::HostRoot;

/// What is read at most: some 200,000 mappings.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Names that are told apart; what comes later is counted together.
const MOST_NAMES: usize = 4_096;
/// Bytes of a line that are looked at; a path is at most 4,096.
const LONGEST_LINE: u64 = 8 * 1024;

/// What all mappings of one name take, in KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// A path, or what the kernel calls it: `[heap]`, `[stack]`, `[anon:…]`; `[anonymous]` for what
    /// has no name, `[others]` for all that are too many.
    pub name: String,
    /// How many there are of it.
    pub count: u64,
    /// The address space.
    pub size_kb: u64,
    /// The resident pages.
    pub rss_kb: u64,
    /// The same, each page divided by the number of processes that have it.
    pub pss_kb: u64,
    /// What is swapped out.
    pub swap_kb: u64,
}

/// All of them by name, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mappings {
    /// Those of which a part is resident or swapped out.
    pub mappings: Vec<Mapping>,
    /// The names that were left out, since nothing of them is.
    pub without_pages: usize,
}

impl Mappings {
    /// Reads them; `None` where the system does not tell. Blocks for some 20 milliseconds for each
    /// gigabyte of resident memory, and nobody can map memory meanwhile.
    pub(crate) fn read(root: &HostRoot) -> Option<Self> {
        let file = File::open(root.place("/proc/self/smaps")).ok()?;
        let mut reader = BufReader::with_capacity(64 * 1024, file.take(LARGEST));
        let mut sums = Sums::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
            if read == 0 {
                return Some(sums.finish());
            }
            sums.line(&String::from_utf8_lossy(&line));
        }
    }
}

/// The sums by name so far, and the mapping that is being read.
#[derive(Default)]
struct Sums {
    by_name: HashMap<String, Mapping>,
    current: String,
}

impl Sums {
    fn line(&mut self, line: &str) {
        if let Some(name) = mapping_name(line) {
            name.clone_into(&mut self.current);
            if let Some(mapping) = self.of_current() {
                mapping.count += 1;
            }
            return;
        }
        let Some((key, value)) = line.split_once(':') else { return };
        if !matches!(key, "Size" | "Rss" | "Pss" | "Swap") {
            return;
        }
        let Some(kb) = super::process::first_number(value) else { return };
        let Some(mapping) = self.of_current() else { return };
        let sum = match key {
            "Size" => &mut mapping.size_kb,
            "Rss" => &mut mapping.rss_kb,
            "Pss" => &mut mapping.pss_kb,
            _ => &mut mapping.swap_kb,
        };
        *sum = sum.saturating_add(kb);
    }

    /// The sums of the mapping that is being read; none before the first.
    fn of_current(&mut self) -> Option<&mut Mapping> {
        if self.current.is_empty() {
            return None;
        }
        if !self.by_name.contains_key(&self.current) && self.by_name.len() >= MOST_NAMES {
            "[others]".clone_into(&mut self.current);
        }
        Some(self.by_name.entry(self.current.clone()).or_default())
    }

    fn finish(self) -> Mappings {
        let all = self.by_name.len();
        let named = self.by_name.into_iter().map(|(name, mapping)| Mapping { name, ..mapping });
        let mut mappings: Vec<_> =
            named.filter(|mapping| mapping.pss_kb > 0 || mapping.swap_kb > 0).collect();
        let key = |mapping: &Mapping| (mapping.pss_kb, mapping.rss_kb, mapping.size_kb);
        mappings.sort_by(|a, b| key(b).cmp(&key(a)).then_with(|| a.name.cmp(&b.name)));
        Mappings { without_pages: all - mappings.len(), mappings }
    }
}

/// The name in a line that begins a mapping: `55d0-55d1 r-xp 00000000 08:01 123    /usr/bin/app`.
fn mapping_name(line: &str) -> Option<&str> {
    let mut fields = line.splitn(6, ' ');
    let (from, to) = fields.next()?.split_once('-')?;
    let is_address = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_address(from) || !is_address(to) {
        return None;
    }
    // Access, offset, device; then the inode, and behind it as many spaces as it takes.
    let rest = fields.nth(3).and(fields.next()).unwrap_or_default();
    let name = rest.trim();
    Some(if name.is_empty() { "[anonymous]" } else { name })
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn mappings_of_a_name_are_summed_and_the_largest_is_the_first() {
        let text = "\
55d0-55d1 r--p 00000000 08:01 123                        /usr/bin/my app
Size:                 10 kB
Rss:                   4 kB
Pss:                   2 kB
Swap:                  0 kB
VmFlags: rd mr mw me dw
55d1-55d2 r-xp 00001000 08:01 123                        /usr/bin/my app
Size:                 20 kB
Rss:                   8 kB
Pss:                   5 kB
THPeligible:    0
7f00-7f01 rw-p 00000000 00:00 0 
Size:                100 kB
Rss:                  50 kB
Pss:                  50 kB
Swap:                  3 kB
ffff-fff0 --xp 00000000 00:00 0                          [vsyscall]
Size:                  4 kB
Rss:                   0 kB
Pss:                   0 kB
";
        let tree = Fixture::new("mappings", &[("/proc/self/smaps", text)]);
        let found = Mappings::read(&tree.root()).unwrap();
        let app = Mapping {
            name: "/usr/bin/my app".to_owned(),
            count: 2,
            size_kb: 30,
            rss_kb: 12,
            pss_kb: 7,
            swap_kb: 0,
        };
        let anonymous = Mapping {
            name: "[anonymous]".to_owned(),
            count: 1,
            size_kb: 100,
            rss_kb: 50,
            pss_kb: 50,
            swap_kb: 3,
        };
        assert_eq!(found.mappings, [anonymous, app]);
        assert_eq!(found.without_pages, 1);
    }

    #[test]
    fn names_beyond_the_bound_are_counted_together_and_garbage_is_passed_over() {
        use std::fmt::Write as _;
        let mut text = String::from("Pss: 7 kB\nnothing\n-\n");
        for n in 0..MOST_NAMES + 100 {
            let _ = writeln!(text, "1-2 rw-p 0 00:00 0 /f{n}\nPss: 1 kB");
        }
        let tree = Fixture::new("mappings-many", &[("/proc/self/smaps", &text)]);
        let found = Mappings::read(&tree.root()).unwrap();
        assert_eq!(found.mappings.len(), MOST_NAMES + 1);
        assert_eq!((&*found.mappings[0].name, found.mappings[0].pss_kb), ("[others]", 100));
    }

    #[test]
    fn this_process_is_mapped_and_one_that_does_not_tell_is_not() {
        let found = Mappings::read(&HostRoot::default()).unwrap();
        assert!(found.mappings.iter().any(|mapping| mapping.name == "[stack]"), "{found:?}");
        assert_eq!(Mappings::read(&HostRoot::at("/does/not/exist")), None);
    }
}

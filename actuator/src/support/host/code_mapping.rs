//! Where code lies in the memory of this process, and what it was loaded from.
//! Source of the format: `proc_pid_maps(5)`.

use std::{fs::File, os::unix::fs::FileExt as _, path::PathBuf};

use super::HostRoot;

/// The end of a name in the table of mappings whose file was replaced or removed.
const DELETED: &str = " (deleted)";
/// At most so many are listed.
const MAX_MAPPINGS: usize = 4_096;

/// A part of a file that is mapped as code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeMapping {
    /// The first address.
    pub(crate) start: u64,
    /// The address behind the last one.
    pub(crate) end: u64,
    /// Where it begins in the file.
    pub(crate) offset: u64,
    /// The number of the file on its device; 0 if there is none.
    pub(crate) inode: u64,
    /// The file, or what the kernel calls it (`[vdso]`); empty for code that was made in memory.
    pub(crate) path: String,
}

impl CodeMapping {
    /// All of them, by address; empty where the system does not tell.
    pub(crate) fn all(root: &HostRoot) -> Vec<Self> {
        let text = root.read("/proc/self/maps").unwrap_or_default();
        text.lines().filter_map(Self::parse).take(MAX_MAPPINGS).collect()
    }

    /// `7f12a000-7f12b000 r-xp 00002000 08:01 1234    /usr/lib/libc.so.6`; `None` if it is no code.
    fn parse(line: &str) -> Option<Self> {
        let (fields, path) = match line.find(['/', '[']) {
            Some(at) => line.split_at(at),
            None => (line, ""),
        };
        let mut fields = fields.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let permissions = fields.next()?;
        let offset = fields.next()?;
        let inode = fields.nth(1)?.parse().ok()?;
        let number = |digits| u64::from_str_radix(digits, 16).ok();
        permissions.contains('x').then_some(())?;
        Some(Self {
            start: number(start)?,
            end: number(end)?,
            offset: number(offset)?,
            inode,
            path: path.to_owned(),
        })
    }

    /// Whether an address lies in it.
    pub(crate) fn contains(&self, address: u64) -> bool {
        (self.start..self.end).contains(&address)
    }

    /// The name of its file without folders.
    pub(crate) fn file_name(&self) -> &str {
        let path = self.path.trim_end_matches(DELETED);
        path.rsplit('/').next().unwrap_or(path)
    }

    /// The file that it was loaded from. One that was replaced since is not it; the executable can
    /// be read all the same.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        if !self.path.starts_with('/') {
            return None;
        }
        if !self.path.ends_with(DELETED) {
            return Some(PathBuf::from(&self.path));
        }
        let executable = PathBuf::from("/proc/self/exe");
        let target = std::fs::read_link(&executable).ok()?;
        (target.to_str() == Some(&self.path)).then_some(executable)
    }

    /// What lies in memory there, of code that has no file: that of the kernel (`[vdso]`).
    pub(crate) fn memory(&self) -> Option<Vec<u8>> {
        const MOST: u64 = 1024 * 1024;
        let length = usize::try_from(self.end.checked_sub(self.start)?.min(MOST)).ok()?;
        let mut bytes = vec![0; length];
        File::open("/proc/self/mem").ok()?.read_exact_at(&mut bytes, self.start).ok()?;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::root::Fixture, *};
    use crate::support::odd_text::odd_text;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_table_holds_it_is_read_by_lines(
            text in odd_text(
                "([0-9a-f]{0,17}-[0-9a-f]{0,17} [rwxp-]{0,4} [0-9a-f]{0,17} [0-9:]{0,5} [0-9]{0,21} \
                 {0,3}(/[a-z /]{0,9}|\\[[a-z]{0,5}\\]?|)( \\(deleted\\))?\n){0,6}",
            ),
            start: u64, end: u64, offset: u64, inode: u64, name in "[a-z]{1,9}",
        ) {
            let whole = format!("{text}\n{start:x}-{end:x} r-xp {offset:08x} 08:01 {inode}   /srv/{name}\n");
            let tree = Fixture::new("any-code-mapping", &[("/proc/self/maps", &whole)]);
            let all = CodeMapping::all(&tree.root());
            prop_assert!(all.len() <= whole.lines().count());
            for mapping in &all {
                // What lies in memory at addresses that are made up is nobody's to read.
                let _ = (mapping.contains(mapping.end), mapping.file_name(), mapping.file());
            }
            let path = format!("/srv/{name}");
            prop_assert_eq!(all.last(), Some(&CodeMapping { start, end, offset, inode, path }));
        }
    }

    #[test]
    fn code_is_listed_with_its_file_and_nothing_else() {
        let text = "55d0c0000000-55d0c0001000 r--p 00000000 08:01 7 /srv/shop\n\
                    55d0c0001000-55d0c0009000 r-xp 00001000 08:01 7 /srv/my shop (deleted)\n\
                    7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n\
                    7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0          [vdso]\nnonsense\n";
        let tree = Fixture::new("code-mapping", &[("/proc/self/maps", text)]);
        let all = CodeMapping::all(&tree.root());
        let told: Vec<_> = all.iter().map(|m| (m.offset, m.inode, m.file_name())).collect();
        assert_eq!(told, [(0x1000, 7, "my shop"), (0, 0, ""), (0, 0, "[vdso]")]);
        assert!(all[0].contains(0x55d0_c000_1000) && !all[0].contains(0x55d0_c000_9000));
        assert_eq!(all[0].file(), None, "another file is there now");
    }

    #[test]
    fn the_code_of_the_kernel_is_read_from_memory() {
        let all = CodeMapping::all(&HostRoot::default());
        let own = std::env::current_exe().unwrap();
        assert!(all.iter().any(|mapping| mapping.file().as_deref() == Some(&own)), "{all:?}");
        if let Some(kernels) = all.iter().find(|mapping| mapping.path == "[vdso]") {
            assert!(kernels.memory().unwrap().starts_with(b"\x7fELF"));
        }
    }
}

//! The files that code was loaded from: where they lie in memory, and what they tell of the frames
//! of their functions.

use std::{
    fs::File,
    io::{Cursor, Read, Seek},
    ops::Range,
    sync::Arc,
};

use object::{
    Object as _, ObjectSection as _, ObjectSegment as _, ReadCache, SegmentFlags, elf::PF_X,
};

use crate::support::host::CodeMapping;

/// Tables that are larger are left alone: their functions are no part of a stack then.
const LARGEST_SECTION: u64 = 256 * 1024 * 1024;
/// Offsets of mappings are multiples of it, whatever the size of a page.
const PAGE: u64 = 4_096;

/// A mapping of code whose addresses can be found in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeModule {
    /// Where it lies.
    pub(crate) mapping: CodeMapping,
    /// What is added to an address of the file to get that in memory; addition wraps.
    pub(crate) bias: u64,
}

/// What unwinding needs of a file; addresses are those of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnwindSections {
    /// Where the functions are.
    pub(crate) text: Option<Range<u64>>,
    /// How their frames are laid out.
    pub(crate) eh_frame: Option<Section>,
    /// The index of that.
    pub(crate) eh_frame_hdr: Option<Section>,
    /// The table of global offsets.
    pub(crate) got: Option<Range<u64>>,
}

/// A section: where it is, and what is in it.
pub(crate) type Section = (Range<u64>, Arc<[u8]>);

impl CodeModule {
    /// The module of a mapping; `None` if what it was loaded from cannot be read.
    pub(crate) fn of(mapping: CodeMapping) -> Option<Self> {
        let bias = Image::open(&mapping)?.read(|file| bias(file, &mapping))?;
        Some(Self { mapping, bias })
    }

    /// The tables by which stacks are unwound through it. Reads some megabytes of a large program.
    pub(crate) fn unwind_sections(&self) -> Option<UnwindSections> {
        Image::open(&self.mapping)?.read(|file| {
            let range = |name: &str| file.section_by_name(name).map(|section| range(&section));
            Some(UnwindSections {
                text: range(".text"),
                eh_frame: section(file, ".eh_frame"),
                eh_frame_hdr: section(file, ".eh_frame_hdr"),
                got: range(".got"),
            })
        })
    }
}

type Source = ReadCache<Box<dyn ReadSeek>>;
type Elf<'a> = object::File<'a, &'a Source>;

/// A file, or memory in its place, of which only what is asked for is read.
pub(crate) struct Image(Source);

/// What can be read at any place.
pub(super) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

impl Image {
    /// That of a mapping.
    pub(crate) fn open(mapping: &CodeMapping) -> Option<Self> {
        let source: Box<dyn ReadSeek> = match mapping.file() {
            Some(path) => Box::new(File::open(path).ok()?),
            None if mapping.path == "[vdso]" => Box::new(Cursor::new(mapping.memory()?)),
            None => return None,
        };
        Some(Self(ReadCache::new(source)))
    }

    /// What `read` finds in it.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Elf<'_>) -> Option<T>) -> Option<T> {
        read(&object::File::parse(&self.0).ok()?)
    }
}

/// The segment that was mapped says at which address of the file it begins. A page can hold the end
/// of one and the beginning of the next: only one of them is code.
fn bias(file: &Elf<'_>, mapping: &CodeMapping) -> Option<u64> {
    let is_code = |flags| matches!(flags, SegmentFlags::Elf { p_flags, .. } if p_flags & PF_X != 0);
    file.segments().filter(|segment| is_code(segment.flags())).find_map(|segment| {
        let (offset, size) = segment.file_range();
        let begin = offset - offset % PAGE;
        let end = offset.checked_add(size)?;
        let address = segment.address().wrapping_sub(offset).wrapping_add(mapping.offset);
        (begin..end).contains(&mapping.offset).then(|| mapping.start.wrapping_sub(address))
    })
}

fn section(file: &Elf<'_>, name: &str) -> Option<Section> {
    let section = file.section_by_name(name)?;
    if section.size() > LARGEST_SECTION {
        return None;
    }
    Some((range(&section), section.data().ok()?.into()))
}

fn range<'a>(section: &impl object::ObjectSection<'a>) -> Range<u64> {
    section.address()..section.address().saturating_add(section.size())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::host::HostRoot;

    #[test]
    fn this_program_and_the_kernels_part_of_it_tell_how_their_frames_are_laid_out() {
        let own = std::env::current_exe().unwrap();
        let mut seen = 0;
        for mapping in CodeMapping::all(&HostRoot::default()) {
            let is_own = mapping.file().as_deref() == Some(&own);
            if !is_own && mapping.path != "[vdso]" {
                continue;
            }
            let module = CodeModule::of(mapping).unwrap();
            let sections = module.unwind_sections().unwrap();
            let text = sections.text.unwrap();
            let in_memory =
                text.start.wrapping_add(module.bias)..text.end.wrapping_add(module.bias);
            assert!(module.mapping.contains(in_memory.start) && !in_memory.is_empty());
            assert!(sections.eh_frame.is_some() && sections.eh_frame_hdr.is_some());
            seen += 1;
        }
        assert!(seen > 0);
    }

    #[test]
    fn what_is_no_program_is_no_module() {
        let mut mapping = CodeMapping::all(&HostRoot::default()).remove(0);
        mapping.path = "/proc/self/maps".to_owned();
        assert_eq!(CodeModule::of(mapping.clone()), None);
        mapping.path = String::new();
        assert_eq!(CodeModule::of(mapping), None);
    }
}

//! From a copy of registers and stack to the addresses of its functions. Only the copy is read, and
//! every read of it is checked: whatever the stack holds, nothing can go wrong but the answer.

use std::{collections::BTreeMap, fmt, sync::Arc};

use framehop::{
    CacheNative, ExplicitModuleSectionInfo, MayAllocateDuringUnwind, Module, UnwindRegsNative,
    Unwinder as _, UnwinderNative,
};

use super::slots::{Registers, Request};
use crate::{profile::CodeModule, support::host::CodeMapping};

type Tables = Arc<[u8]>;

/// Knows how the frames of all loaded code are laid out.
#[derive(Default)]
pub(super) struct Unwinder {
    /// The code that is loaded, as of the last look.
    mappings: Vec<CodeMapping>,
    tables: UnwinderNative<Tables, MayAllocateDuringUnwind>,
    cache: CacheNative<MayAllocateDuringUnwind>,
}

/// The addresses of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    /// The innermost first; those of callers lie within the call.
    pub(super) addresses: Vec<u64>,
    /// Whether the outermost function was reached.
    pub(super) is_complete: bool,
}

impl Unwinder {
    /// Takes note of code that was loaded or unloaded since: this is what is there now.
    pub(super) fn refresh(&mut self, mappings: &[CodeMapping]) {
        if mappings == self.mappings {
            return;
        }
        let before: BTreeMap<u64, &CodeMapping> =
            self.mappings.iter().map(|mapping| (mapping.start, mapping)).collect();
        for gone in self.mappings.iter().filter(|mapping| !mappings.contains(mapping)) {
            self.tables.remove_module(gone.start);
        }
        for mapping in mappings.iter().filter(|one| before.get(&one.start) != Some(one)) {
            if let Some(module) = module(mapping) {
                self.tables.add_module(module);
            }
        }
        self.mappings = mappings.to_vec();
    }

    /// The functions of a copy, at most `most` of them.
    pub(super) fn trace(&mut self, copy: &Request, most: usize) -> Trace {
        let registers = copy.registers();
        let mut read = |address| copy.word(address).ok_or(());
        let mut frames =
            self.tables.iter_frames(registers.pc, native(registers), &mut self.cache, &mut read);
        let mut trace = Trace::default();
        while trace.addresses.len() < most {
            match frames.next() {
                Ok(Some(frame)) => trace.addresses.push(frame.address_for_lookup()),
                Ok(None) => {
                    trace.is_complete = true;
                    break;
                }
                Err(_) => break,
            }
        }
        trace
    }
}

impl fmt::Debug for Unwinder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unwinder").finish_non_exhaustive()
    }
}

#[cfg(target_arch = "x86_64")]
fn native(registers: Registers) -> UnwindRegsNative {
    UnwindRegsNative::new(registers.pc, registers.sp, registers.fp)
}

#[cfg(target_arch = "aarch64")]
fn native(registers: Registers) -> UnwindRegsNative {
    UnwindRegsNative::new(registers.lr, registers.sp, registers.fp)
}

fn module(mapping: &CodeMapping) -> Option<Module<Tables>> {
    let module = CodeModule::of(mapping.clone())?;
    let sections = module.unwind_sections()?;
    let (eh_frame_svma, eh_frame) = sections.eh_frame.unzip();
    let (eh_frame_hdr_svma, eh_frame_hdr) = sections.eh_frame_hdr.unzip();
    let info = ExplicitModuleSectionInfo {
        base_svma: 0,
        text_svma: sections.text,
        got_svma: sections.got,
        eh_frame_svma,
        eh_frame,
        eh_frame_hdr_svma,
        eh_frame_hdr,
        ..ExplicitModuleSectionInfo::default()
    };
    let name = mapping.file_name().to_owned();
    Some(Module::new(name, mapping.start..mapping.end, module.bias, info))
}

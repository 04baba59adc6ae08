//! From addresses to functions, files and lines. What was found is kept, so that the next dump of
//! the same threads asks no debug information.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use addr2line::Loader;
use object::{Object as _, ObjectSymbol as _};

use super::{
    module::{CodeModule, Image},
    names,
};
use crate::{
    model::stack_frame::StackFrame,
    support::host::{CodeMapping, HostRoot},
};

/// So many addresses are kept; then it is begun anew.
const MAX_KNOWN: usize = 65_536;
/// At most so many functions that were put into one another are told of one address.
const MAX_INLINED: usize = 64;

/// What addresses mean, found once for each.
#[derive(Default)]
pub(crate) struct SymbolTable {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// As it was when the addresses were looked up; code can be loaded and unloaded.
    mappings: Vec<CodeMapping>,
    frames: HashMap<u64, Arc<[StackFrame]>>,
    files: HashMap<PathBuf, Option<DebugFile>>,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    /// Where code lies, by address.
    pub(crate) mappings: Vec<CodeMapping>,
    frames: HashMap<u64, Arc<[StackFrame]>>,
}

impl Resolved {
    /// The functions at an address that was asked for, the innermost first: those before the last
    /// were put into the next one by the compiler. Never empty for such an address.
    pub(crate) fn frames(&self, address: u64) -> Arc<[StackFrame]> {
        self.frames.get(&address).cloned().unwrap_or_default()
    }

    /// The index of the mapping in which an address lies.
    pub(crate) fn mapping_of(&self, address: u64) -> Option<usize> {
        let behind = self.mappings.partition_point(|mapping| mapping.start <= address);
        let index = behind.checked_sub(1)?;
        self.mappings.get(index)?.contains(address).then_some(index)
    }
}

impl SymbolTable {
    /// Finds out what these addresses mean. The first ones of a file take as long as reading its
    /// debug information does, which can be a second: call it where that may block. Callers at the
    /// same time wait for one another.
    pub(crate) fn resolve(&self, addresses: impl IntoIterator<Item = u64>) -> Resolved {
        self.resolve_in(CodeMapping::all(&HostRoot::default()), addresses)
    }

    /// As [`Self::resolve`], where code lies now being known.
    pub(crate) fn resolve_in(
        &self,
        mappings: Vec<CodeMapping>,
        addresses: impl IntoIterator<Item = u64>,
    ) -> Resolved {
        let addresses: BTreeSet<u64> = addresses.into_iter().collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.mappings != mappings || known.frames.len() > MAX_KNOWN {
            *known = Known { mappings: mappings.clone(), ..Known::default() };
        }
        let mut resolved = Resolved { mappings, frames: HashMap::new() };
        // Sorted by address: each module is looked at once.
        let mut module = None;
        for address in addresses {
            let frames = match known.frames.get(&address) {
                Some(frames) => Arc::clone(frames),
                None => known.look_up(address, &mut module, &resolved),
            };
            resolved.frames.insert(address, frames);
        }
        resolved
    }

    /// Lets go of the files with debug information; what was found stays.
    pub(crate) fn release_files(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).files = HashMap::new();
    }
}

impl fmt::Debug for SymbolTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SymbolTable").finish_non_exhaustive()
    }
}

impl Known {
    fn look_up(
        &mut self,
        address: u64,
        module: &mut Option<CodeModule>,
        resolved: &Resolved,
    ) -> Arc<[StackFrame]> {
        if module.as_ref().is_none_or(|module| !module.mapping.contains(address)) {
            let index = resolved.mapping_of(address);
            let mapping = index.and_then(|index| resolved.mappings.get(index)).cloned();
            *module = mapping.and_then(CodeModule::of);
        }
        let frames = module.as_ref().and_then(|module| self.frames_in(module, address));
        let frames: Arc<[StackFrame]> = frames.unwrap_or_else(|| {
            let index = resolved.mapping_of(address);
            let mapping = index.and_then(|index| resolved.mappings.get(index));
            let begin = mapping.map_or(0, |mapping| mapping.start.wrapping_sub(mapping.offset));
            [unknown(mapping, address.wrapping_sub(begin))].into()
        });
        self.frames.insert(address, Arc::clone(&frames));
        frames
    }

    fn frames_in(&mut self, module: &CodeModule, address: u64) -> Option<Arc<[StackFrame]>> {
        let path = module.mapping.file()?;
        let file = self.files.entry(path).or_insert_with_key(|path| {
            Some(DebugFile::open(Loader::new(path).ok()?, &module.mapping))
        });
        let frames = file.as_ref()?.frames(address.wrapping_sub(module.bias), &module.mapping);
        (!frames.is_empty()).then(|| frames.into())
    }
}

/// An address of which nothing is known but the file it is in.
fn unknown(mapping: Option<&CodeMapping>, offset: u64) -> StackFrame {
    StackFrame {
        scope: mapping.map_or("", CodeMapping::file_name).into(),
        function: format!("{offset:#x}").into(),
        file: None,
        line: None,
        is_native: true,
    }
}

/// A file with its symbols and its debug information.
struct DebugFile {
    loader: Loader,
    /// First address, address behind the last one and name of what a library gives to others, by
    /// address; empty if all of its functions are known.
    exports: Vec<(u64, u64, Box<str>)>,
}

impl DebugFile {
    fn open(loader: Loader, mapping: &CodeMapping) -> Self {
        let exports = Image::open(mapping).and_then(|image| {
            image.read(|file| {
                // Between exported functions there are others: what is not within one is unknown.
                file.symbols().next().is_none().then(|| {
                    let symbols = file.dynamic_symbols().filter(|symbol| symbol.size() > 0);
                    symbols
                        .filter_map(|symbol| {
                            let begin = symbol.address();
                            let end = begin.checked_add(symbol.size())?;
                            Some((begin, end, symbol.name().ok()?.into()))
                        })
                        .collect()
                })
            })
        });
        let mut exports: Vec<_> = exports.unwrap_or_default();
        exports.sort_unstable();
        Self { loader, exports }
    }

    /// The functions at an address of the file, the innermost first; none if nothing is known.
    fn frames(&self, address: u64, mapping: &CodeMapping) -> Vec<StackFrame> {
        let mut frames = Vec::new();
        let Ok(mut found) = self.loader.find_frames(address) else { return frames };
        // The outermost is the function itself, which is known best among the symbols: debug
        // information that is reduced to lines has its bare name, or none.
        let symbol = self.symbol(address);
        let mut next = found.next().ok().flatten();
        while let Some(frame) = next.take() {
            next = found.next().ok().flatten().filter(|_| frames.len() + 1 < MAX_INLINED);
            let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
            let symbol = symbol.filter(|_| next.is_none());
            let Some(name) = symbol.or(name.as_deref()) else { continue };
            let file = frame.location.as_ref().and_then(|location| location.file);
            let line = frame.location.as_ref().and_then(|location| location.line);
            frames.push(named(name, file, line, mapping));
        }
        if frames.is_empty()
            && let Some(name) = symbol
        {
            frames.push(named(name, None, None, mapping));
        }
        frames
    }

    fn symbol(&self, address: u64) -> Option<&str> {
        if self.exports.is_empty() {
            return self.loader.find_symbol(address);
        }
        let behind = self.exports.partition_point(|(begin, _, _)| *begin <= address);
        let (_, end, name) = self.exports.get(behind.checked_sub(1)?)?;
        (address < *end).then_some(name)
    }
}

fn named(symbol: &str, file: Option<&str>, line: Option<u32>, mapping: &CodeMapping) -> StackFrame {
    let file: Option<Box<str>> = file.map(|file| names::short_file(file).into());
    let is_rust_file = file.as_deref().is_some_and(names::is_rust);
    let path = names::demangle(symbol).or_else(|| is_rust_file.then(|| symbol.to_owned()));
    let (scope, function) = match &path {
        Some(path) => names::split(path),
        None => (mapping.file_name(), symbol),
    };
    let module = file.as_deref().filter(|_| scope.is_empty()).and_then(names::module_of);
    StackFrame {
        scope: module.as_deref().unwrap_or(scope).into(),
        function: function.into(),
        file,
        line: line.filter(|line| *line > 0),
        is_native: path.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function with an address of its own.
    #[inline(never)]
    fn landmark() -> u64 {
        std::hint::black_box(7)
    }

    #[test]
    fn a_function_of_this_program_is_found_with_its_file_and_line() {
        let table = SymbolTable::default();
        let address = landmark as fn() -> u64 as usize as u64;
        let resolved = table.resolve([address, 8]);
        let frames = resolved.frames(address);
        let frame = frames.last().unwrap();
        assert_eq!(frame.to_string(), "actuator::profile::symbols::tests::landmark");
        assert_eq!(&*frame.scope, "actuator::profile::symbols::tests");
        assert!(frame.file.as_deref().unwrap().ends_with("src/profile/symbols.rs"), "{frame:?}");
        assert!(frame.line.is_some() && !frame.is_native);
        assert!(resolved.mapping_of(address).is_some());
        // Nobody's address is told as it is.
        assert_eq!(&*resolved.frames(8)[0].function, "0x8");
        table.release_files();
        assert_eq!(table.resolve([address]).frames(address), frames);
    }

    #[test]
    fn what_lies_between_the_functions_of_a_library_has_none_of_their_names() {
        let mut file = DebugFile {
            loader: Loader::new(std::env::current_exe().unwrap()).unwrap(),
            exports: vec![(0x10, 0x20, "read".into()), (0x40, 0x44, "write".into())],
        };
        let names = [0x8, 0x10, 0x1f, 0x20, 0x43, 0x44].map(|address| file.symbol(address));
        assert_eq!(names, [None, Some("read"), Some("read"), None, Some("write"), None]);
        file.exports.clear();
        assert_eq!(file.symbol(0), None);
    }
}

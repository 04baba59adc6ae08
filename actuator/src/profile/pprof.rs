//! Profiles as pprof reads them: gzip around one protobuf message.
//! Source: `profile.proto` of <https://github.com/google/pprof>.

use std::{
    collections::HashMap,
    io::Write as _,
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};

use super::{Resolved, protobuf::Message};
use crate::{model::stack_frame::StackFrame, support::host::CodeMapping};

/// What a value counts, and in which unit: `cpu` in `nanoseconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ValueType {
    /// What is counted.
    pub(crate) kind: &'static str,
    /// One of it: `count`, `bytes`, `nanoseconds`.
    pub(crate) unit: &'static str,
}

/// A stack, and what was counted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The addresses of the stack, the innermost first; those of callers lie within the call, one
    /// byte before the return address.
    pub(crate) addresses: Vec<u64>,
    /// A value for each of the profile's types.
    pub(crate) values: Vec<i64>,
    /// What else is known.
    pub(crate) labels: Vec<Label>,
}

/// Something that is known of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// A word: the name of a thread.
    Text(&'static str, String),
    /// A number, and its unit: the size of an allocation in bytes.
    #[cfg_attr(
        not(any(test, feature = "heap-profile")),
        expect(dead_code, reason = "that of profiles of the heap")
    )]
    Number(&'static str, i64, &'static str),
}

/// A profile, before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// What the values of a sample are, in their order.
    pub(crate) sample_types: Vec<ValueType>,
    /// The one that is shown where nobody asks for another; its `kind`.
    pub(crate) default_sample_type: &'static str,
    /// What lies between two samples, and how much of it.
    pub(crate) period: (ValueType, i64),
    /// When it was begun.
    pub(crate) began_at: SystemTime,
    /// How long it took; zero if it is the state of a moment.
    pub(crate) duration: Duration,
    /// The samples.
    pub(crate) samples: Vec<Sample>,
    /// What readers are to know.
    pub(crate) comments: Vec<String>,
}

impl Profile {
    /// The profile, compressed as `go tool pprof` takes it. It blocks for some milliseconds for
    /// each megabyte.
    pub(crate) fn encode_gzip(&self, resolved: &Resolved) -> Vec<u8> {
        let plain = self.encode(resolved);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing into memory cannot fail.
        let _ = gzip.write_all(&plain);
        gzip.finish().unwrap_or_default()
    }

    fn encode(&self, resolved: &Resolved) -> Vec<u8> {
        let mut writer = Writer::new(resolved);
        for types in &self.sample_types {
            let message = writer.value_type(*types);
            writer.out.message(1, &message);
        }
        for sample in &self.samples {
            writer.sample(sample);
        }
        for comment in &self.comments {
            let comment = writer.text(comment);
            writer.out.unsigned(13, comment);
        }
        let period_type = writer.value_type(self.period.0);
        writer.out.message(11, &period_type);
        writer.out.signed(12, self.period.1);
        let default = writer.text(self.default_sample_type);
        writer.out.unsigned(14, default);
        let began = self.began_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        writer.out.unsigned(9, nanoseconds(began));
        writer.out.unsigned(10, nanoseconds(self.duration));
        writer.finish()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Writes the message; texts, functions and places are numbered when they are met first.
struct Writer<'r> {
    out: Message,
    resolved: &'r Resolved,
    texts: Texts,
    functions: HashMap<(u64, u64), u64>,
    locations: HashMap<u64, u64>,
    /// What was found out about each of the mappings.
    found: Vec<Found>,
}

#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "members of the message")]
struct Found {
    is_used: bool,
    functions: bool,
    files: bool,
    lines: bool,
    inlined: bool,
}

impl<'r> Writer<'r> {
    fn new(resolved: &'r Resolved) -> Self {
        Self {
            out: Message::default(),
            resolved,
            texts: Texts::default(),
            functions: HashMap::new(),
            locations: HashMap::new(),
            found: vec![Found::default(); resolved.mappings.len()],
        }
    }

    fn text(&mut self, text: &str) -> u64 {
        self.texts.number(text)
    }

    fn value_type(&mut self, value: ValueType) -> Message {
        let mut message = Message::default();
        message.unsigned(1, self.text(value.kind));
        message.unsigned(2, self.text(value.unit));
        message
    }

    fn sample(&mut self, sample: &Sample) {
        let mut message = Message::default();
        let places: Vec<u64> =
            sample.addresses.iter().map(|address| self.location(*address)).collect();
        message.packed(1, places.into_iter());
        message.packed(2, sample.values.iter().map(|value| value.cast_unsigned()));
        for label in &sample.labels {
            let mut inner = Message::default();
            match label {
                Label::Text(key, value) => {
                    inner.unsigned(1, self.text(key));
                    inner.unsigned(2, self.text(value));
                }
                Label::Number(key, value, unit) => {
                    inner.unsigned(1, self.text(key));
                    inner.signed(3, *value);
                    inner.unsigned(4, self.text(unit));
                }
            }
            message.message(3, &inner);
        }
        self.out.message(2, &message);
    }

    /// The number of a place in the code.
    fn location(&mut self, address: u64) -> u64 {
        if let Some(known) = self.locations.get(&address) {
            return *known;
        }
        let number = next_number(self.locations.len());
        self.locations.insert(address, number);
        let mapping = self.resolved.mapping_of(address);
        let frames = self.resolved.frames(address);
        if let Some(found) = mapping.and_then(|index| self.found.get_mut(index)) {
            found.is_used = true;
            found.functions |= frames.iter().any(|frame| !frame.function.starts_with("0x"));
            found.files |= frames.iter().any(|frame| frame.file.is_some());
            found.lines |= frames.iter().any(|frame| frame.line.is_some());
            found.inlined |= frames.len() > 1;
        }
        let mut message = Message::default();
        message.unsigned(1, number);
        message.unsigned(2, mapping.map_or(0, next_number));
        message.unsigned(3, address);
        for frame in frames.iter() {
            let mut line = Message::default();
            line.unsigned(1, self.function(frame));
            line.unsigned(2, u64::from(frame.line.unwrap_or(0)));
            message.message(4, &line);
        }
        self.out.message(4, &message);
        number
    }

    fn function(&mut self, frame: &StackFrame) -> u64 {
        let name = self.text(&frame.to_string());
        let file = self.text(frame.file.as_deref().unwrap_or_default());
        if let Some(known) = self.functions.get(&(name, file)) {
            return *known;
        }
        let number = next_number(self.functions.len());
        self.functions.insert((name, file), number);
        let mut message = Message::default();
        message.unsigned(1, number);
        message.unsigned(2, name);
        message.unsigned(3, name);
        message.unsigned(4, file);
        self.out.message(5, &message);
        number
    }

    fn mapping(&mut self, index: usize, mapping: &CodeMapping, found: Found) {
        let mut message = Message::default();
        message.unsigned(1, next_number(index));
        message.unsigned(2, mapping.start);
        message.unsigned(3, mapping.end);
        message.unsigned(4, mapping.offset);
        // The folders of a machine are nobody's business.
        message.unsigned(5, self.text(mapping.file_name()));
        let known = [found.functions, found.files, found.lines, found.inlined];
        for (field, known) in (7..).zip(known) {
            message.unsigned(field, u64::from(known));
        }
        self.out.message(3, &message);
    }

    fn finish(mut self) -> Vec<u8> {
        let resolved = self.resolved;
        for (index, found) in std::mem::take(&mut self.found).into_iter().enumerate() {
            if let Some(mapping) = resolved.mappings.get(index).filter(|_| found.is_used) {
                self.mapping(index, mapping, found);
            }
        }
        for text in self.texts.in_order() {
            self.out.text(6, &text);
        }
        self.out.into_bytes()
    }
}

/// The number of the one at `index`; 0 stands for none.
fn next_number(index: usize) -> u64 {
    u64::try_from(index).map_or(u64::MAX, |index| index + 1)
}

/// The table of texts, in which the empty one is the first.
struct Texts(HashMap<String, u64>);

impl Default for Texts {
    fn default() -> Self {
        Self(HashMap::from([(String::new(), 0)]))
    }
}

impl Texts {
    fn number(&mut self, text: &str) -> u64 {
        if let Some(known) = self.0.get(text) {
            return *known;
        }
        let number = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        self.0.insert(text.to_owned(), number);
        number
    }

    fn in_order(&mut self) -> Vec<String> {
        let mut texts: Vec<(String, u64)> = self.0.drain().collect();
        texts.sort_unstable_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }
}

#[cfg(test)]
mod tests;

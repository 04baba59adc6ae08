//! A block of the ring: whole lines one behind the other, and what is known of each.
//!
//! What is known stands in bytes of its own, beside the text: per line a byte of flags, the length,
//! and target and request id where they are others than those of the line before.

use bytes::Bytes;
use tracing::Level;

use super::LogLine;

/// The lowest three bits of the flags are the level.
const LEVEL: u8 = 0b0000_0111;
/// The line is one of those that serving a stream writes.
const OWN: u8 = 0b0000_1000;
/// A target follows; else it is that of the line before.
const TARGET: u8 = 0b0001_0000;
/// A request id follows, empty for none; else it is that of the line before.
const REQUEST: u8 = 0b0010_0000;
/// Targets and request ids are cut here.
const LONGEST: usize = 256;

/// Lines, in a block that is full or as it was at one moment.
#[derive(Debug)]
pub(super) struct Block {
    /// The number of its first line.
    pub(super) first: u64,
    /// How many lines it has.
    pub(super) lines: u64,
    /// The absolute offset of its first byte.
    pub(super) start: u64,
    /// The lines.
    pub(super) text: Bytes,
    marks: Box<[u8]>,
    /// A bit for each level that occurs.
    levels: u8,
}

/// A line of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecentLine<'b> {
    /// Its number: one more than that of the line before.
    pub(crate) number: u64,
    /// How bad it is.
    pub(crate) level: Level,
    /// The logger that wrote it.
    pub(crate) target: &'b str,
    /// The request during which it was written.
    pub(crate) request_id: Option<&'b str>,
    /// The whole line with its line feed.
    pub(crate) text: &'b str,
    /// Whether serving a stream has written it.
    pub(crate) is_own: bool,
}

impl Block {
    /// The number behind its last line.
    pub(super) fn end(&self) -> u64 {
        self.first + self.lines
    }

    /// Whether a line of this level or a worse one is in it.
    pub(super) fn has(&self, least: Level) -> bool {
        // The bits of the worse levels are the lower ones.
        self.levels & ((2 << rank(least)) - 1) != 0
    }

    /// Its lines, oldest first.
    pub(super) fn iter(&self) -> Lines<'_> {
        Lines {
            number: self.first,
            text: std::str::from_utf8(&self.text).unwrap_or_default(),
            marks: &self.marks,
            target: "",
            request: "",
        }
    }

    /// What it takes in memory.
    pub(super) fn size(&self) -> usize {
        size(self.text.len(), self.marks.len())
    }
}

fn size(text: usize, marks: usize) -> usize {
    text + marks + size_of::<Block>()
}

/// A block that is being filled.
#[derive(Debug, Default)]
pub(super) struct OpenBlock {
    first: u64,
    lines: u64,
    start: u64,
    text: Vec<u8>,
    marks: Vec<u8>,
    levels: u8,
    target: String,
    request: String,
}

impl OpenBlock {
    /// An empty block for lines from this number and this absolute offset on.
    pub(super) fn new(first: u64, start: u64, room: usize) -> Self {
        Self { first, start, text: Vec::with_capacity(room), ..Self::default() }
    }

    /// What a line with this much text takes at most.
    pub(super) fn room_for(line: &LogLine<'_>, text: [&str; 2]) -> usize {
        /// Flags and lengths.
        const NUMBERS: usize = 16;
        let known = cut(line.target).len() + cut(line.request_id.unwrap_or_default()).len();
        text.iter().map(|part| part.len()).sum::<usize>() + known + NUMBERS
    }

    /// Adds a line, of which `text` is kept.
    pub(super) fn push(&mut self, line: &LogLine<'_>, text: [&str; 2], is_own: bool) {
        let (target, request) = (cut(line.target), cut(line.request_id.unwrap_or_default()));
        let mut flags = rank(line.level) | if is_own { OWN } else { 0 };
        // The first line of a block says both: it has to be readable by itself.
        let new_target = self.lines == 0 || self.target != target;
        let new_request = self.lines == 0 || self.request != request;
        flags |= if new_target { TARGET } else { 0 } | if new_request { REQUEST } else { 0 };
        self.marks.push(flags);
        push_number(&mut self.marks, text.iter().map(|part| part.len()).sum());
        for (kept, new, is_new) in
            [(&mut self.target, target, new_target), (&mut self.request, request, new_request)]
        {
            if is_new {
                push_number(&mut self.marks, new.len());
                self.marks.extend_from_slice(new.as_bytes());
                kept.clear();
                kept.push_str(new);
            }
        }
        for part in text {
            self.text.extend_from_slice(part.as_bytes());
        }
        self.lines += 1;
        self.levels |= 1 << rank(line.level);
    }

    /// The number behind its last line.
    pub(super) fn end(&self) -> u64 {
        self.first + self.lines
    }

    /// The absolute offset behind its last byte.
    pub(super) fn end_offset(&self) -> u64 {
        self.start + self.text.len() as u64
    }

    /// How many bytes of text it has.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The number of its first line, or of the line that will be it.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Whether it has no line.
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// What it takes in memory.
    pub(super) fn size(&self) -> usize {
        size(self.text.len(), self.marks.len())
    }

    /// The lines that it has now.
    pub(super) fn copied(&self) -> Block {
        self.block(Bytes::copy_from_slice(&self.text), self.marks.as_slice().into())
    }

    /// Its lines, of which it will have no more.
    pub(super) fn sealed(mut self) -> Block {
        let (mut text, marks) = (std::mem::take(&mut self.text), std::mem::take(&mut self.marks));
        // Where a long line did not fit any more; what is not counted must not be held.
        if text.len() < text.capacity() / 4 * 3 {
            text.shrink_to_fit();
        }
        self.block(text.into(), marks.into())
    }

    fn block(&self, text: Bytes, marks: Box<[u8]>) -> Block {
        let Self { first, lines, start, levels, .. } = *self;
        Block { first, lines, start, text, marks, levels }
    }
}

/// The lines of a block.
#[derive(Debug)]
pub(super) struct Lines<'b> {
    number: u64,
    text: &'b str,
    marks: &'b [u8],
    target: &'b str,
    request: &'b str,
}

impl<'b> Iterator for Lines<'b> {
    type Item = RecentLine<'b>;

    fn next(&mut self) -> Option<Self::Item> {
        let (flags, marks) = self.marks.split_first()?;
        self.marks = marks;
        let length = take_number(&mut self.marks)?;
        if flags & TARGET != 0 {
            self.target = take_text(&mut self.marks)?;
        }
        if flags & REQUEST != 0 {
            self.request = take_text(&mut self.marks)?;
        }
        let (text, rest) = self.text.split_at_checked(length)?;
        self.text = rest;
        let number = self.number;
        self.number += 1;
        Some(RecentLine {
            number,
            level: level(flags & LEVEL),
            target: self.target,
            request_id: Some(self.request).filter(|id| !id.is_empty()),
            text,
            is_own: flags & OWN != 0,
        })
    }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()
}

/// 0 is the worst.
fn rank(level: Level) -> u8 {
    match level {
        Level::ERROR => 0,
        Level::WARN => 1,
        Level::INFO => 2,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    }
}

fn level(rank: u8) -> Level {
    match rank {
        0 => Level::ERROR,
        1 => Level::WARN,
        2 => Level::INFO,
        3 => Level::DEBUG,
        _ => Level::TRACE,
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn push_number(into: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            into.push(low & 0x7f);
            return;
        }
        into.push(low | 0x80);
    }
}

fn take_number(from: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_text<'b>(from: &mut &'b [u8]) -> Option<&'b str> {
    let length = take_number(from)?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_each_line_is_found_again() {
        let long = "t".repeat(300);
        let text = format!("{}\n", "x".repeat(70_000));
        let lines = [
            (Level::INFO, "shop", None, "one\n", false),
            (Level::INFO, "shop", Some("r-1"), "two\nof two\n", true),
            (Level::ERROR, "shop::db", Some("r-1"), &text, false),
            (Level::TRACE, &long, None, "\n", false),
        ];
        let mut open = OpenBlock::new(40, 1_000, 16);
        for (level, target, request_id, text, is_own) in lines {
            open.push(&LogLine { level, target, request_id, text }, [text, ""], is_own);
        }
        assert_eq!((open.end(), open.copied().end()), (44, 44));
        let block = open.sealed();
        let read: Vec<_> = block.iter().collect();
        assert_eq!(read.len(), lines.len());
        for ((number, read), (level, target, request_id, text, is_own)) in
            (40..).zip(read).zip(lines)
        {
            let target = target.get(..256).unwrap_or(target);
            let expected = RecentLine { number, level, target, request_id, text, is_own };
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn a_block_knows_which_levels_it_has() {
        let mut open = OpenBlock::new(0, 0, 16);
        for level in [Level::INFO, Level::DEBUG] {
            open.push(&LogLine { level, target: "t", request_id: None, text: "" }, ["", ""], false);
        }
        let block = open.sealed();
        for (least, has) in [
            (Level::ERROR, false),
            (Level::WARN, false),
            (Level::INFO, true),
            (Level::DEBUG, true),
            (Level::TRACE, true),
        ] {
            assert_eq!(block.has(least), has, "{least}");
        }
    }
}

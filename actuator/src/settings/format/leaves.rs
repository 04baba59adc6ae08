//! What all formats give: names with their values and places, bounded in number and depth.

use std::fmt;

use super::ValueKind;

/// How deep tables may stand in tables, lists among them.
pub const MAX_DEPTH: usize = 64;
/// How many values a file may give. Aliases of YAML could make more of a few lines.
const MAX_LEAVES: usize = 20_000;
/// How long a name may be, in bytes.
const MAX_NAME: usize = 1_000;
/// How many bytes names and values may have together.
const MAX_BYTES: usize = 8 << 20;

/// A line and a column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The place of the byte `offset` of a text, or of its end.
    pub fn at(text: &str, offset: usize) -> Self {
        let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
        let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        Self { line: lines + 1, column: line.chars().count() + 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// From many byte offsets of one text to places.
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Looks for the lines of a text.
    pub fn new(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The place of a byte.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let end = self.text.floor_char_boundary(offset);
        let before = self.text.get(start..end).unwrap_or_default();
        Place { line, column: before.chars().count() + 1 }
    }
}

/// Why a text is none of its format, and where.
#[derive(Debug)]
pub struct Flaw {
    pub place: Option<Place>,
    pub message: String,
}

impl Flaw {
    /// A flaw at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }

    /// Tables in tables in tables.
    pub fn too_deep(place: Place) -> Self {
        Self::at(place, format!("it is nested more than {MAX_DEPTH} deep"))
    }
}

/// Refuses to go further down: too deep, or below a name that is too long. Said of tables too, for
/// each that stands in them begins with a copy of the name.
pub fn check_descent(name: &str, depth: usize, place: Place) -> Result<(), Flaw> {
    if depth > MAX_DEPTH {
        return Err(Flaw::too_deep(place));
    }
    if name.len() > MAX_NAME {
        return Err(Flaw::at(place, format!("a name is longer than {MAX_NAME} bytes")));
    }
    Ok(())
}

/// One value of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaf {
    pub name: String,
    pub value: String,
    pub kind: ValueKind,
    pub place: Place,
}

/// The values of one document, as they are found.
#[derive(Debug, Default)]
pub struct Leaves {
    found: Vec<Leaf>,
    bytes: usize,
}

impl Leaves {
    /// Adds a value; refuses if there are too many.
    pub fn add(
        &mut self,
        name: &str,
        value: impl Into<String>,
        kind: ValueKind,
        place: Place,
    ) -> Result<(), Flaw> {
        if name.len() > MAX_NAME {
            return Err(Flaw::at(place, format!("a name is longer than {MAX_NAME} bytes")));
        }
        let leaf = Leaf { name: name.to_owned(), value: value.into(), kind, place };
        self.bytes += leaf.name.len() + leaf.value.len();
        if self.found.len() >= MAX_LEAVES || self.bytes > MAX_BYTES {
            return Err(Flaw::at(place, format!("it has more than {MAX_LEAVES} values")));
        }
        self.found.push(leaf);
        Ok(())
    }

    /// All of them, in their order.
    pub fn into_vec(self) -> Vec<Leaf> {
        self.found
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// The name of what stands under `key` in the table `prefix`. Spring writes keys with special
/// characters as `[key]`.
pub fn below(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else if key.starts_with('[') {
        format!("{prefix}{key}")
    } else {
        format!("{prefix}.{key}")
    }
}

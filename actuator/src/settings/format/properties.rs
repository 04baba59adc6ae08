//! Properties: escapes, continued lines and separators as `java.util.Properties` reads them; `#---`
//! begins a further document as in Spring.

use super::{
    ValueKind,
    leaves::{Flaw, Leaf, Leaves, Place},
};

/// The documents of a text, first to last.
pub fn parse(text: &str) -> Result<Vec<Vec<Leaf>>, Flaw> {
    let mut documents: Vec<Leaves> = Vec::new();
    let mut current = Leaves::default();
    let mut reader = Reader::new(text);
    // The prefix of the comment on the line before.
    let mut comment_before = None;
    while reader.skip_to_line() {
        let Some(prefix @ ('#' | '!')) = reader.peek() else {
            comment_before = None;
            reader.pair(&mut current)?;
            continue;
        };
        let at_line_start = reader.place().column == 1;
        let comment = reader.comment();
        if comment_before != Some(prefix) && at_line_start && is_separator(comment) {
            if !current.is_empty() {
                documents.push(std::mem::take(&mut current));
            }
            comment_before = None;
            continue;
        }
        // A line of dashes with a comment below is a heading, and begins nothing.
        if current.is_empty()
            && let Some(previous) = documents.pop()
        {
            current = previous;
        }
        comment_before = Some(prefix);
    }
    if !current.is_empty() || documents.is_empty() {
        documents.push(current);
    }
    Ok(documents.into_iter().map(Leaves::into_vec).collect())
}

/// Whether a comment, with its prefix, separates documents.
fn is_separator(comment: &str) -> bool {
    comment.get(1..).is_some_and(|rest| rest.trim_end_matches([' ', '\t', '\u{c}']) == "---")
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, line: 1, column: 1 }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn place(&self) -> Place {
        Place { line: self.line, column: self.column }
    }

    /// The next character. An end of line is one, whether it is LF, CR or both.
    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        let length = if self.rest.starts_with("\r\n") { 2 } else { c.len_utf8() };
        self.rest = self.rest.get(length..).unwrap_or_default();
        if is_end(c) {
            self.line += 1;
            self.column = 1;
            return Some('\n');
        }
        self.column += 1;
        Some(c)
    }

    /// Goes past blank lines and the space before what is there; false at the end.
    fn skip_to_line(&mut self) -> bool {
        while self.peek().is_some_and(|c| is_space(c) || is_end(c)) {
            self.next();
        }
        !self.rest.is_empty()
    }

    /// The rest of the line, with the end behind it gone.
    fn comment(&mut self) -> &'t str {
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (comment, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.next();
        comment
    }

    fn pair(&mut self, into: &mut Leaves) -> Result<(), Flaw> {
        let start = self.place();
        let name = self.text(|c| is_space(c) || matches!(c, '=' | ':'))?;
        self.skip_space();
        if matches!(self.peek(), Some('=' | ':')) {
            self.next();
            self.skip_space();
        }
        let place = self.place();
        let value = self.text(|_| false)?;
        self.next();
        // `= x` has no name that could be asked for.
        if name.is_empty() { Ok(()) } else { into.add(&name, value, ValueKind::Text, place) }
            .map_err(|flaw| Flaw { place: Some(start), ..flaw })
    }

    /// The text up to the end of the logical line, or up to what ends it.
    fn text(&mut self, ends: impl Fn(char) -> bool) -> Result<String, Flaw> {
        let mut text = Vec::new();
        while let Some(c) = self.peek().filter(|c| !is_end(*c) && !ends(*c)) {
            if c == '\\' {
                self.escape(&mut text)?;
            } else {
                self.next();
                text.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            }
        }
        // Half a character is a text in Java, and none here.
        Ok(String::from_utf16_lossy(&text))
    }

    fn escape(&mut self, text: &mut Vec<u16>) -> Result<(), Flaw> {
        let place = self.place();
        self.next();
        let meant = match self.next() {
            None => return Ok(()),
            Some('\n') => {
                self.skip_space();
                return Ok(());
            }
            Some('u') => {
                text.push(self.unit().ok_or_else(|| {
                    Flaw::at(place, "expected four hexadecimal digits behind \\u")
                })?);
                return Ok(());
            }
            Some('t') => '\t',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('f') => '\u{c}',
            Some(other) => other,
        };
        text.extend_from_slice(meant.encode_utf16(&mut [0; 2]));
        Ok(())
    }

    fn unit(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek()?.to_digit(16)?;
            self.next();
            unit = unit * 16 + u16::try_from(digit).ok()?;
        }
        Some(unit)
    }

    /// Goes past the space of this line, and to the next one where that is its continuation.
    fn skip_space(&mut self) {
        loop {
            while self.peek().is_some_and(is_space) {
                self.next();
            }
            let mut behind = self.rest.chars();
            if behind.next() != Some('\\') || !behind.next().is_some_and(is_end) {
                return;
            }
            self.next();
            self.next();
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

fn is_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

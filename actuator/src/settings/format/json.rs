//! JSON (RFC 8259), read by hand: no library tells where a value stands.

use std::collections::HashSet;

use super::{
    ValueKind,
    leaves::{self, Flaw, Leaf, Leaves, Lines},
};

/// The one document of a JSON text, which has to be an object. `null` is no value.
pub fn parse(text: &str) -> Result<Vec<Vec<Leaf>>, Flaw> {
    let mut reader = Reader { text, at: 0, lines: Lines::new(text), leaves: Leaves::default() };
    reader.skip_space();
    if reader.peek() != Some('{') {
        return Err(reader.flaw("expected an object"));
    }
    reader.value("", 0)?;
    if reader.peek().is_some() {
        return Err(reader.flaw("expected nothing behind the object"));
    }
    Ok(vec![reader.leaves.into_vec()])
}

struct Reader<'t> {
    text: &'t str,
    /// The next byte.
    at: usize,
    lines: Lines<'t>,
    leaves: Leaves,
}

impl<'t> Reader<'t> {
    /// A value under this name, and the space behind it.
    fn value(&mut self, name: &str, depth: usize) -> Result<(), Flaw> {
        let start = self.at;
        let place = self.lines.place(start);
        leaves::check_descent(name, depth, place)?;
        match self.peek() {
            Some('{') => self.object(name, depth)?,
            Some('[') => self.array(name, depth)?,
            Some('"') => {
                let text = self.string()?;
                self.leaves.add(name, text, ValueKind::Text, place)?;
            }
            Some(c) if c == '-' || c.is_ascii_digit() => {
                let number = self.number()?;
                self.leaves.add(name, number, ValueKind::Number, place)?;
            }
            _ => match self.word() {
                word @ ("true" | "false") => {
                    self.leaves.add(name, word, ValueKind::Boolean, place)?;
                }
                "null" => {}
                _ => {
                    self.at = start;
                    return Err(self.flaw("expected a value"));
                }
            },
        }
        self.skip_space();
        Ok(())
    }

    fn object(&mut self, name: &str, depth: usize) -> Result<(), Flaw> {
        self.expect('{')?;
        self.skip_space();
        if self.accept('}') {
            return Ok(());
        }
        let mut keys = HashSet::new();
        loop {
            let start = self.at;
            let key = self.string()?;
            self.skip_space();
            self.expect(':')?;
            self.skip_space();
            self.value(&leaves::below(name, &key), depth + 1)?;
            if !keys.insert(key) {
                return Err(Flaw::at(self.lines.place(start), "this name was given before"));
            }
            if self.accept('}') {
                return Ok(());
            }
            self.expect(',')?;
            self.skip_space();
        }
    }

    fn array(&mut self, name: &str, depth: usize) -> Result<(), Flaw> {
        let place = self.lines.place(self.at);
        self.expect('[')?;
        self.skip_space();
        if self.accept(']') {
            // As in Spring, an empty list is an empty text: it wins over lists below it.
            return self.leaves.add(name, "", ValueKind::Text, place);
        }
        for index in 0_usize.. {
            self.value(&format!("{name}[{index}]"), depth + 1)?;
            if self.accept(']') {
                break;
            }
            self.expect(',')?;
            self.skip_space();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Flaw> {
        if !self.accept('"') {
            return Err(self.flaw("expected a text in double quotes"));
        }
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let plain = plain.unwrap_or(rest.len());
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\') => text.push(self.escape()?),
                Some(_) => return Err(self.flaw("a control character has to be escaped here")),
                None => return Err(self.flaw("this text has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Flaw> {
        self.expect('\\')?;
        let letter = self.peek();
        let meant = match letter {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.code_point(),
            _ => return Err(self.flaw("expected one of \" \\ / b f n r t u behind a backslash")),
        };
        self.at += 1;
        Ok(meant)
    }

    /// `u` and four digits; two of them, with a backslash between, where one is a half.
    fn code_point(&mut self) -> Result<char, Flaw> {
        let first = self.unit()?;
        let second = match first {
            0xD800..=0xDBFF if self.rest().starts_with("\\u") => {
                self.at += 1;
                Some(self.unit()?)
            }
            _ => None,
        };
        let units = std::iter::once(first).chain(second);
        let mut decoded = char::decode_utf16(units);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(c)), None) => Ok(c),
            _ => Err(self.flaw("expected a second half of this character behind it")),
        }
    }

    fn unit(&mut self) -> Result<u16, Flaw> {
        let digits = self.text.get(self.at + 1..self.at + 5);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 5;
                Ok(unit)
            }
            None => Err(self.flaw("expected four hexadecimal digits behind \\u")),
        }
    }

    fn number(&mut self) -> Result<&'t str, Flaw> {
        let word = self.rest();
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
        let word = word.get(..end.unwrap_or(word.len())).unwrap_or_default();
        // What a number is, is known elsewhere; here only where it ends.
        if serde_json::from_str::<&serde_json::value::RawValue>(word).is_err() {
            return Err(self.flaw("expected a number as JSON has them"));
        }
        self.at += word.len();
        Ok(word)
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), Flaw> {
        if self.accept(wanted) { Ok(()) } else { Err(self.flaw(format!("expected {wanted}"))) }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn flaw(&self, message: impl Into<String>) -> Flaw {
        Flaw::at(self.lines.place(self.at), message)
    }
}

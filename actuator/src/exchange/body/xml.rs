//! Secrets in XML and HTML: what stands in elements and attributes with secret names.

use std::ops::Range;

use crate::model::sanitizer::{MASK, Sanitizer};

/// The text with the contents of secret elements and attributes hidden, and then those secrets
/// that any text may hold. It is no parser: what is no markup is text.
pub(super) fn masked(text: &str, sanitizer: &Sanitizer) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at(start);
        clean.push_str(before);
        let (tag, after) = markup.split_at(markup_end(markup));
        push_tag(&mut clean, tag, sanitizer);
        rest = after;
        let name = name_of(tag);
        if !tag.ends_with("/>") && sanitizer.is_secret_key(local(name)) {
            let inside = after.find(&format!("</{name}")).unwrap_or(after.len());
            if inside > 0 {
                clean.push_str(MASK);
            }
            rest = after.get(inside..).unwrap_or_default();
        }
    }
    clean.push_str(rest);
    sanitizer.sanitize_text(&clean).into_owned()
}

/// The name of an element that begins here; empty for anything else.
fn name_of(tag: &str) -> &str {
    let name = tag.strip_prefix('<').unwrap_or_default();
    let end = name.find(|c: char| c.is_whitespace() || "/>!?".contains(c)).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}

/// A name without its namespace.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Behind the markup that begins here; all, if it was cut. A `<` that begins no markup is text.
fn markup_end(markup: &str) -> usize {
    let behind = |end: &str| markup.find(end).map_or(markup.len(), |at| at + end.len());
    let next = markup.chars().nth(1).unwrap_or('<');
    if markup.starts_with("<!--") {
        behind("-->")
    } else if markup.starts_with("<![CDATA[") {
        behind("]]>")
    } else if matches!(next, '/' | '!' | '?') {
        behind(">")
    } else if next.is_alphabetic() || next == '_' {
        tag_end(markup)
    } else {
        1
    }
}

/// Behind the `>` of an opening tag; a `>` in the value of an attribute is none.
fn tag_end(tag: &str) -> usize {
    let (mut quote, mut before) = (None, b' ');
    for (at, byte) in tag.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if before == b'=' && matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte == b'>' => return at + 1,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    tag.len()
}

/// A tag with the values of its secret attributes hidden. In `<input name="token" value="x">` one
/// attribute names what another holds.
fn push_tag(clean: &mut String, tag: &str, sanitizer: &Sanitizer) {
    let attributes = attributes(tag);
    let of = |range: &Range<usize>| tag.get(range.clone()).unwrap_or_default();
    let names_secret = attributes.iter().any(|(name, value)| {
        matches!(of(name), "name" | "id" | "key") && sanitizer.is_secret_key(of(value))
    });
    let mut done = 0;
    for (name, value) in &attributes {
        let name = local(of(name));
        let is_secret = sanitizer.is_secret_key(name) && name != "key"
            || names_secret && matches!(name, "value" | "content");
        if is_secret && !value.is_empty() {
            clean.push_str(of(&(done..value.start)));
            clean.push_str(MASK);
            done = value.end;
        }
    }
    clean.push_str(tag.get(done..).unwrap_or_default());
}

/// Where names and quoted values of the attributes stand.
fn attributes(tag: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(equals) = tag.get(at..).and_then(|rest| rest.find('=')).map(|found| at + found) {
        let before = tag.get(at..equals).unwrap_or_default().trim_end();
        let is_end = |c: char| c.is_whitespace() || "\"'<".contains(c);
        let name = before.rfind(is_end).map_or(0, |space| space + 1);
        let name = at + name..at + before.len();
        let after = tag.get(equals + 1..).unwrap_or_default();
        let start = tag.len() - after.trim_start().len();
        let quote = tag.get(start..).and_then(|value| value.chars().next());
        let Some(quote) = quote.filter(|c| matches!(c, '"' | '\'')) else {
            at = equals + 1;
            continue;
        };
        let inside = tag.get(start + 1..).unwrap_or_default();
        let end = start + 1 + inside.find(quote).unwrap_or(inside.len());
        found.push((name, start + 1..end));
        at = (end + 1).min(tag.len());
    }
    found
}

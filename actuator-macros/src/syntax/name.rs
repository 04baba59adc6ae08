//! The names of declared things.

use proc_macro2::Span;

use crate::{problem::Problems, syntax::args::Args};

/// Reads the mandatory `name`, or remembers what is wrong with it. `separator` parts a name into
/// segments (`db/primary`), none of which may be empty.
pub(crate) fn required(args: &mut Args, example: &str, separator: Option<char>) -> Name {
    optional(args, example, separator)
        .unwrap_or_else(|| Name { text: String::new(), problem: missing(args, example) })
}

/// Reads the `name` if there is one.
pub(crate) fn optional(args: &mut Args, example: &str, separator: Option<char>) -> Option<Name> {
    let (text, span) = args.string("name")?;
    let segments: Vec<&str> = separator.map_or(vec![text.as_str()], |by| text.split(by).collect());
    let complaint = if text.is_empty() {
        Some(format!("a name must not be empty: `name = \"{example}\"`"))
    } else if segments.iter().any(|segment| segment.is_empty()) {
        let corrected = segments.into_iter().filter(|segment| !segment.is_empty());
        let corrected: Vec<&str> = corrected.collect();
        Some(format!("a segment of the name is empty: `name = \"{}\"`", corrected.join("/")))
    } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let corrected: String = text
            .chars()
            .map(|c| if c.is_alphanumeric() || "/-_.".contains(c) { c } else { '-' })
            .collect();
        Some(format!("a name must not hold blanks: `name = \"{corrected}\"`"))
    } else {
        None
    };
    Some(Name { text, problem: complaint.map(|complaint| (span, complaint)) })
}

/// A name as it was read.
pub(crate) struct Name {
    text: String,
    problem: Option<(Span, String)>,
}

impl Name {
    /// The text; what was wrong with it goes to `problems`.
    pub(crate) fn finish(self, problems: &mut Problems) -> String {
        if let Some((span, complaint)) = self.problem {
            problems.push(span, complaint);
        }
        self.text
    }
}

fn missing(args: &Args, example: &str) -> Option<(Span, String)> {
    // A `name` that is there but wrong has been complained about already.
    (!args.tries("name"))
        .then(|| (args.span(), format!("`name` is missing: add `name = \"{example}\"`")))
}

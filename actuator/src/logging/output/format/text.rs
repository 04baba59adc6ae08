//! One event as one line of text, in the shape of Spring Boot's default log. Where Spring shows
//! the correlation id, between thread and logger, the id of the request stands if there is one.
//!
//! `2026-11-21T09:22:08.338Z  INFO 4242 --- [shop] [main] [r-1] shop::db : order{id=7}: done n=3`

use tracing::Level;

use super::{
    super::{json::push_plain, line::Line},
    About,
};

/// Lines of text.
#[derive(Debug)]
pub(in super::super) struct TextFormat {
    /// ` 4242 --- [shop] [`.
    process: String,
    /// The head has colours.
    colours: bool,
}

impl TextFormat {
    /// For this process, with or without colours.
    pub(in super::super) fn new(about: &About, colours: bool) -> Self {
        let mut process = format!(" {} --- [", about.process);
        for name in [&about.application, &about.group].into_iter().flatten() {
            push_plain(&mut process, name);
            process.push_str("] [");
        }
        Self { process, colours }
    }

    /// Appends the line, with a line feed.
    pub(in super::super) fn write(&self, line: &Line<'_>, to: &mut String) {
        self.push_head(line, to);
        to.push_str(" : ");
        line.parts.spans.push_text(to);
        let fields = &line.parts.fields;
        to.push_str(&fields.message);
        if !fields.message.is_empty() && !fields.text.is_empty() {
            to.push(' ');
        }
        to.push_str(&fields.text);
        to.push('\n');
    }

    fn push_head(&self, line: &Line<'_>, to: &mut String) {
        let paint = |to: &mut String, code: &str| {
            if self.colours {
                to.push_str(code);
            }
        };
        paint(to, "\x1b[2m");
        line.parts.at.push_millis(to);
        paint(to, "\x1b[0m");
        let word = line.level.as_str();
        to.push_str("  ".get(word.len() - 4..).unwrap_or(" "));
        paint(to, colour(line.level));
        to.push_str(word);
        paint(to, "\x1b[0m\x1b[2m");
        to.push_str(&self.process);
        to.push_str(&line.parts.thread.plain);
        to.push_str("] ");
        if let Some(id) = line.request_id() {
            to.push('[');
            to.push_str(id);
            to.push_str("] ");
        }
        paint(to, "\x1b[0m\x1b[36m");
        push_plain(to, line.target);
        paint(to, "\x1b[0m");
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

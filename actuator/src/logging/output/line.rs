//! One event as one line of text, in the shape of Spring Boot's default log.
//!
//! `2026-11-21T09:22:08.338Z  INFO 4242 --- [shop] [main] shop::db : order{id=7}: stored rows=3`

use std::{
    fmt::{self, Write as _},
    time::SystemTime,
};

use tracing::{
    Level, Metadata,
    field::{Field, Visit},
};

/// A line being written. The head may be wanted with colours, the rest never has any.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    head: usize,
}

impl Line {
    /// Starts a line: when, how bad, which process, application, thread and logger.
    pub(super) fn begin(
        &mut self,
        at: SystemTime,
        metadata: &Metadata<'_>,
        application: Option<&str>,
    ) {
        self.text.clear();
        self.push_head(at, metadata, application);
        self.head = self.text.len();
    }

    // Writing to a String cannot fail.
    fn push_head(&mut self, at: SystemTime, metadata: &Metadata<'_>, application: Option<&str>) {
        let time = humantime::format_rfc3339_millis(at);
        let (level, process) = (metadata.level(), std::process::id());
        let _ = write!(self.text, "{time} {level:>5} {process} --- [");
        if let Some(application) = application {
            push_plain(&mut self.text, application);
            self.text.push_str("] [");
        }
        let thread = std::thread::current();
        push_plain(&mut self.text, thread.name().unwrap_or("?"));
        self.text.push_str("] ");
        push_plain(&mut self.text, metadata.target());
    }

    /// The same head with colours.
    pub(super) fn coloured(&self, level: Level) -> String {
        let (head, rest) = self.text.split_at_checked(self.head).unwrap_or_default();
        let colour = match level {
            Level::ERROR => "31",
            Level::WARN => "33",
            Level::INFO => "32",
            Level::DEBUG => "34",
            Level::TRACE => "35",
        };
        let word = level.as_str();
        // The first occurrence: only the time stands before it.
        let (time, after) = head.split_once(word).unwrap_or((head, ""));
        let (process, target) = after.rsplit_once("] ").unwrap_or((after, ""));
        format!(
            "\x1b[2m{time}\x1b[0m\x1b[{colour}m{word}\x1b[0m\x1b[2m{process}]\x1b[0m \
             \x1b[36m{target}\x1b[0m{rest}"
        )
    }

    /// Opens the part behind the head.
    pub(super) fn separate(&mut self) {
        self.text.push_str(" : ");
    }

    /// Adds a span that surrounds the event, outermost first.
    pub(super) fn span(&mut self, name: &str, fields: &str) {
        self.text.push_str(name);
        if !fields.is_empty() {
            let _ = write!(self.text, "{{{fields}}}");
        }
        self.text.push_str(": ");
    }

    /// Adds the message and the fields of the event, and ends the line.
    pub(super) fn end(&mut self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.text.push_str(&fields.message);
        if !fields.message.is_empty() && !fields.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&fields.text);
        self.text.push('\n');
    }

    /// The line, without colours.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The fields of a span or an event as text: `name="value" count=3`.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// The field `message`.
    message: String,
    /// All other fields.
    pub(super) text: String,
}

impl Fields {
    /// Fields that follow those already written.
    pub(super) fn after(text: String) -> Self {
        Self { message: String::new(), text }
    }

    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let name = field.name();
        // Where a record of the `log` crate came from: the head of the line has it.
        if name.starts_with("log.") {
            return;
        }
        // Writing to Plain cannot fail, and a Debug that fails leaves what it wrote.
        if name == "message" {
            let _ = Plain(&mut self.message).write_fmt(value);
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(name.strip_prefix("r#").unwrap_or(name));
        self.text.push('=');
        let _ = Plain(&mut self.text).write_fmt(value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.add(field, format_args!("{value}"));
        } else {
            self.add(field, format_args!("{value:?}"));
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, format_args!("{value}"));
        let mut cause = value.source();
        // A chain that loops must not hang the service.
        for _ in 0..16 {
            let Some(error) = cause else { break };
            let text = if field.name() == "message" { &mut self.message } else { &mut self.text };
            let _ = write!(Plain(text), ": {error}");
            cause = error.source();
        }
    }
}

/// Takes text and keeps control characters from reaching a terminal: only line feeds (of stack
/// traces) and tabs pass.
struct Plain<'t>(&'t mut String);

impl fmt::Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_plain(self.0, text);
        Ok(())
    }
}

fn push_plain(to: &mut String, text: &str) {
    let hidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| hidden(*c)) {
        let (clean, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        to.push_str(clean);
        let _ = write!(to, "{}", c.escape_default());
        rest = from.get(c.len_utf8()..).unwrap_or_default();
    }
    to.push_str(rest);
}

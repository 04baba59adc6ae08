//! A JSON format as a list of pieces: what never changes is written once, when the log begins.

use super::{
    super::{
        json::{push_escaped, push_string},
        line::Line,
    },
    naming::{Naming, member},
};

/// What a member says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Always the same; JSON.
    Fixed(String),
    /// `2026-11-21T09:22:08.338501772Z`.
    Time,
    /// Seconds since 1970 with milliseconds, a number.
    EpochMillis,
    /// Seconds since 1970 with microseconds, a number.
    EpochMicros,
    /// `INFO`.
    Level,
    /// A number for each level, from ERROR to TRACE.
    LevelNumber([u16; 5]),
    /// The target, as the name of the logger.
    Logger,
    /// The name of the thread.
    Thread,
    /// The message.
    Message,
    /// The message, or `(blank)`.
    MessageOrBlank,
    /// The rest may be absent: the source file.
    File,
    /// The line in it.
    LineNumber,
    /// The name of the function or module.
    Function,
    /// The id of the request.
    RequestId,
    /// The id of the trace, 32 hexadecimal digits.
    TraceId,
    /// What an error says.
    ErrorMessage,
    /// What it and its causes say, one on a line.
    ErrorCauses,
    /// Message, and what the error and its causes say.
    FullMessage,
    /// `"true"`, if there is a full message.
    HasFullMessage,
    /// The fields of spans and event; they bring their own names.
    Fields,
}

/// A member, or an object of members.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Leaf(Value),
    Object(Vec<(String, Self)>),
}

/// A text as a value.
pub(super) fn fixed(text: &str) -> Node {
    let mut json = String::new();
    push_string(&mut json, text);
    Node::Leaf(Value::Fixed(json))
}

/// A value under a name.
pub(super) fn leaf(name: &str, value: Value) -> (String, Node) {
    (name.to_owned(), Node::Leaf(value))
}

/// Adds a text where a path with dots leads to.
pub(super) fn add(members: &mut Vec<(String, Node)>, path: &str, text: &str) {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let known = members.iter_mut().find(|(known, _)| known == name);
    match (known, rest) {
        (Some((_, Node::Object(inner))), rest) if !rest.is_empty() => add(inner, rest, text),
        (Some((_, node)), _) => *node = fixed(text),
        (None, "") => members.push((name.to_owned(), fixed(text))),
        (None, rest) => {
            let mut inner = Vec::new();
            add(&mut inner, rest, text);
            members.push((name.to_owned(), Node::Object(inner)));
        }
    }
}

/// What a line is put together from.
#[derive(Debug)]
pub(super) enum Piece {
    /// Copied. It begins with a comma where a member begins.
    Literal(String),
    /// Written.
    Value(Value),
    /// A member, if it is there.
    Optional(Box<str>, Value),
    /// An object, if anything of it is there.
    Group(Box<str>, Vec<Self>),
}

/// The pieces of some members.
pub(super) fn compile(members: &[(String, Node)], path: &str, naming: &Naming) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (name, node) in members {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Node::Leaf(Value::Fields) = node {
            pieces.push(Piece::Value(Value::Fields));
            continue;
        }
        let Some(name) = naming.member(&path, name) else { continue };
        match node {
            Node::Leaf(Value::Fixed(json)) => {
                literal(&mut pieces, &format!("{}{json}", member(name)))
            }
            Node::Leaf(value) if value.is_optional() => {
                pieces.push(Piece::Optional(member(name), value.clone()));
            }
            Node::Leaf(value) => {
                literal(&mut pieces, &member(name));
                pieces.push(Piece::Value(value.clone()));
            }
            Node::Object(inner) => object(&mut pieces, name, compile(inner, &path, naming)),
        }
    }
    pieces
}

/// An object whose members are always there is opened and closed by literals.
fn object(pieces: &mut Vec<Piece>, name: &str, inner: Vec<Piece>) {
    if inner.is_empty() {
        return;
    }
    let steady = |piece: &Piece| matches!(piece, Piece::Literal(_) | Piece::Value(_));
    if !inner.iter().all(steady) {
        pieces.push(Piece::Group(member(name), inner));
        return;
    }
    literal(pieces, &format!("{}{{", member(name)));
    for piece in inner {
        match piece {
            Piece::Literal(text) => literal(pieces, &text),
            piece => pieces.push(piece),
        }
    }
    literal(pieces, "}");
}

fn literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => {
            let text = if before.ends_with('{') { text.trim_start_matches(',') } else { text };
            before.push_str(text);
        }
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

/// Appends text that begins with a comma, unless an object has just begun.
pub(super) fn push_member(to: &mut String, text: &str) {
    let text = if to.ends_with('{') { text.strip_prefix(',').unwrap_or(text) } else { text };
    to.push_str(text);
}

impl Value {
    fn is_optional(&self) -> bool {
        matches!(
            self,
            Self::File
                | Self::LineNumber
                | Self::Function
                | Self::RequestId
                | Self::TraceId
                | Self::ErrorMessage
                | Self::ErrorCauses
                | Self::FullMessage
                | Self::HasFullMessage
        )
    }

    /// Whether this line has it.
    pub(super) fn is_there(&self, line: &Line<'_>) -> bool {
        let error = &line.parts.fields.error;
        match self {
            Self::File => line.file.is_some(),
            Self::LineNumber => line.line_number.is_some(),
            Self::Function => line.module.is_some(),
            Self::RequestId => line.request_id().is_some(),
            Self::TraceId => line.parts.trace.is_some(),
            Self::ErrorMessage => !error.message.is_empty(),
            Self::ErrorCauses | Self::FullMessage | Self::HasFullMessage => {
                !error.causes.is_empty()
            }
            _ => true,
        }
    }

    /// Appends it.
    pub(super) fn push(&self, line: &Line<'_>, to: &mut String) {
        let parts = line.parts;
        let message = parts.fields.message.as_str();
        let error = &parts.fields.error;
        match self {
            Self::Fixed(json) => to.push_str(json),
            Self::Time => {
                to.push('"');
                parts.at.push_nanos(to);
                to.push('"');
            }
            Self::EpochMillis => parts.at.push_epoch_millis(to),
            Self::EpochMicros => parts.at.push_epoch_micros(to),
            Self::Level => {
                to.push('"');
                to.push_str(line.level.as_str());
                to.push('"');
            }
            Self::LevelNumber(numbers) => {
                let number = numbers.get(severity(line.level)).copied().unwrap_or_default();
                to.push_str(itoa::Buffer::new().format(number));
            }
            Self::Logger => push_string(to, line.target),
            Self::Thread => to.push_str(&parts.thread.json),
            Self::Message => push_string(to, message),
            Self::MessageOrBlank if message.trim().is_empty() => to.push_str("\"(blank)\""),
            Self::MessageOrBlank => push_string(to, message),
            Self::File => push_string(to, line.file.unwrap_or_default()),
            Self::LineNumber => {
                to.push_str(itoa::Buffer::new().format(line.line_number.unwrap_or_default()));
            }
            Self::Function => push_string(to, line.module.unwrap_or_default()),
            Self::RequestId => push_string(to, line.request_id().unwrap_or_default()),
            Self::TraceId => push_trace(to, parts.trace.unwrap_or_default()),
            Self::ErrorMessage => push_string(to, &error.message),
            Self::ErrorCauses => push_string(to, &error.causes),
            Self::FullMessage => {
                to.push('"');
                push_escaped(to, message);
                to.push_str("\\n\\n");
                push_escaped(to, &error.causes);
                to.push('"');
            }
            Self::HasFullMessage => to.push_str("\"true\""),
            // Written by the format, which knows its own number.
            Self::Fields => {}
        }
    }
}

/// The index of a level in tables that begin with ERROR.
fn severity(level: tracing::Level) -> usize {
    match level {
        tracing::Level::ERROR => 0,
        tracing::Level::WARN => 1,
        tracing::Level::INFO => 2,
        tracing::Level::DEBUG => 3,
        tracing::Level::TRACE => 4,
    }
}

fn push_trace(to: &mut String, id: u128) {
    to.push('"');
    for shift in (0..32u32).rev() {
        let digit = u32::try_from(id >> (shift * 4) & 0xf).unwrap_or_default();
        to.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    to.push('"');
}

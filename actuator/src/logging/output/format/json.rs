//! A JSON format: its pieces, and the fields of the application among them.

use super::{
    super::line::Line,
    About, c2c, ecs, gelf, logstash,
    naming::{FieldKey, Naming, Style},
    nested,
    settings::{FormatSettings, LogFormat},
    template::{Node, Piece, Value, add, compile, push_member},
};

/// A JSON format, ready to write.
#[derive(Debug)]
pub(in super::super) struct JsonFormat {
    pieces: Vec<Piece>,
    naming: Naming,
    /// By which the callsites know it.
    number: usize,
    /// What is called `error` stands in an object of this format.
    takes_error: bool,
    /// The fields that say what `requestId` and `traceId` do, in this format's names.
    request_names: [&'static str; 2],
}

impl JsonFormat {
    /// The format, by its number among those in use; `None` for what is no JSON.
    pub(in super::super) fn new(
        format: LogFormat,
        number: usize,
        about: &About,
        settings: &FormatSettings,
    ) -> Option<Self> {
        let (mut members, style) = match format {
            LogFormat::Text => return None,
            LogFormat::Logstash => (logstash::members(), Style::Flat),
            LogFormat::Ecs => (ecs::members(about, &settings.ecs), Style::Nested),
            LogFormat::Gelf => (gelf::members(about, &settings.gelf), Style::Underscored),
            LogFormat::C2c => (c2c::members(about), Style::Flat),
        };
        for (path, text) in &settings.json.add {
            match style {
                Style::Nested => add(&mut members, path, text),
                _ => members.push((path.clone(), super::template::fixed(text))),
            }
        }
        let request_names = match format {
            LogFormat::Gelf => ["_requestId", "_traceId"],
            LogFormat::C2c => ["request_id", "trace_id"],
            _ => ["requestId", "traceId"],
        };
        let own = members.iter().filter(|(_, node)| !matches!(node, Node::Leaf(Value::Fields)));
        let reserved = own.map(|(name, _)| name.clone());
        let reserved = reserved.filter(|name| !request_names.contains(&name.as_str())).collect();
        let naming = Naming { style, json: settings.json.clone(), reserved };
        Some(Self {
            pieces: compile(&members, "", &naming),
            naming,
            number,
            takes_error: format == LogFormat::Ecs,
            request_names,
        })
    }

    /// The key of a field; `None` leaves it out.
    pub(in super::super) fn field(&self, name: &str, of_span: bool) -> Option<FieldKey> {
        // It is `error.message` already.
        if self.takes_error && name == "error" && !of_span {
            return None;
        }
        self.naming.field(name)
    }

    /// Appends the line, with a line feed.
    pub(in super::super) fn write(&self, line: &Line<'_>, to: &mut String) {
        to.push('{');
        for piece in &self.pieces {
            self.push(piece, line, to);
        }
        to.push_str("}\n");
    }

    fn push(&self, piece: &Piece, line: &Line<'_>, to: &mut String) {
        match piece {
            Piece::Literal(text) => push_member(to, text),
            Piece::Value(Value::Fields) => self.push_fields(line, to),
            Piece::Value(value) => value.push(line, to),
            Piece::Optional(name, value) => {
                if value.is_there(line) {
                    push_member(to, name);
                    value.push(line, to);
                }
            }
            Piece::Group(name, inner) => {
                let before = to.len();
                push_member(to, name);
                to.push('{');
                let open = to.len();
                for piece in inner {
                    self.push(piece, line, to);
                }
                if to.len() == open {
                    to.truncate(before);
                } else {
                    to.push('}');
                }
            }
        }
    }

    fn push_fields(&self, line: &Line<'_>, to: &mut String) {
        let fields = &line.parts.fields;
        let hidden = [line.request_id().is_some(), line.parts.trace.is_some()];
        let shown = |index: usize| {
            let (key, value) = fields.get(index)?;
            let is_known =
                |(name, known): (&&str, bool)| known && name.trim_start_matches('_') == key.name;
            // The request says it itself.
            let twice = self.request_names.iter().zip(hidden).any(is_known);
            if twice { None } else { Some((key.json(self.number)?, value)) }
        };
        let is_deep = |index| shown(index).is_some_and(|(key, _)| key.path.len() > 1);
        if self.naming.style == Style::Nested && (0..fields.len()).any(is_deep) {
            nested::push(to, fields.len(), &shown);
            return;
        }
        for (key, value) in (0..fields.len()).filter_map(shown) {
            push_member(to, &key.member);
            to.push_str(value);
        }
    }
}

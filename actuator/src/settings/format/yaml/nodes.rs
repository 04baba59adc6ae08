//! The nodes of YAML documents, as the parser tells of them: aliases are numbers here, not copies.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::super::leaves::{Flaw, MAX_DEPTH, Place};

/// How many documents a file may have.
const MAX_DOCUMENTS: usize = 100;
/// How many nodes a document may have.
const MAX_NODES: usize = 200_000;

/// The nodes of one document; the root is the last one.
#[derive(Debug, Default)]
pub struct Nodes(Vec<Node>);

#[derive(Debug)]
pub struct Node {
    pub body: Body,
    pub place: Place,
}

/// What a node is; others are named by their number.
#[derive(Debug)]
pub enum Body {
    Scalar(Scalar),
    Sequence(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
    Alias(usize),
}

#[derive(Debug)]
pub struct Scalar {
    pub text: String,
    /// Whether it may be something else than a text: no quotes, no `!!str`.
    pub is_plain: bool,
}

impl Scalar {
    /// Whether it stands for nothing.
    pub fn is_null(&self) -> bool {
        self.is_plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Nodes {
    /// The node that holds all others.
    pub fn root(&self) -> Option<&Node> {
        self.0.last()
    }

    /// The node of this number, which `from` names.
    pub fn get(&self, number: usize, from: &Node) -> Result<&Node, Flaw> {
        self.0.get(number).ok_or_else(|| Flaw::at(from.place, "it refers to nothing"))
    }
}

/// The documents of a text, first to last.
pub fn documents(text: &str) -> Result<Vec<Nodes>, Flaw> {
    let mut parser = Parser::new_from_str(text);
    let mut documents = Vec::new();
    let mut open = Open::default();
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|error| Flaw::at(place(*error.marker()), error.info()))?;
        let place = place(span.start);
        match event {
            Event::DocumentEnd => {
                documents.push(std::mem::take(&mut open).nodes);
                if documents.len() > MAX_DOCUMENTS {
                    let message = format!("it has more than {MAX_DOCUMENTS} documents");
                    return Err(Flaw::at(place, message));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && !is_text(tag.as_deref(), place)?;
                let scalar = Scalar { text: text.into_owned(), is_plain };
                open.finish(Node { body: Body::Scalar(scalar), place }, anchor)?;
            }
            Event::Alias(anchor) => open.alias(anchor, place)?,
            Event::SequenceStart(anchor, tag) => {
                is_text(tag.as_deref(), place)?;
                open.begin(Started { anchor, place, is_mapping: false, children: Vec::new() })?;
            }
            Event::MappingStart(anchor, tag) => {
                is_text(tag.as_deref(), place)?;
                open.begin(Started { anchor, place, is_mapping: true, children: Vec::new() })?;
            }
            Event::SequenceEnd | Event::MappingEnd => open.end()?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
    }
    Ok(documents)
}

/// What of a document is not complete yet.
#[derive(Default)]
struct Open {
    nodes: Nodes,
    anchors: HashMap<usize, usize>,
    stack: Vec<Started>,
}

/// A sequence or mapping whose end did not come yet.
struct Started {
    anchor: usize,
    place: Place,
    is_mapping: bool,
    children: Vec<usize>,
}

impl Open {
    fn begin(&mut self, started: Started) -> Result<(), Flaw> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Flaw::too_deep(started.place));
        }
        self.stack.push(started);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Flaw> {
        let Some(Started { anchor, place, is_mapping, children }) = self.stack.pop() else {
            return Ok(());
        };
        let body = if is_mapping {
            let pairs = children.chunks_exact(2);
            Body::Mapping(pairs.filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect())
        } else {
            Body::Sequence(children)
        };
        self.finish(Node { body, place }, anchor)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Flaw> {
        // What is not complete cannot hold itself.
        let Some(target) = self.anchors.get(&anchor) else {
            return Err(Flaw::at(place, "an alias stands inside of what it refers to"));
        };
        self.finish(Node { body: Body::Alias(*target), place }, 0)
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Flaw> {
        let number = self.nodes.0.len();
        if number >= MAX_NODES {
            return Err(Flaw::at(node.place, format!("it has more than {MAX_NODES} parts")));
        }
        self.nodes.0.push(node);
        if anchor != 0 {
            self.anchors.insert(anchor, number);
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.children.push(number);
        }
        Ok(())
    }
}

/// Whether a tag makes a text of its scalar. Refuses tags of somebody's own.
fn is_text(tag: Option<&Tag>, place: Place) -> Result<bool, Flaw> {
    match tag {
        None => Ok(false),
        Some(tag) if tag.handle.is_empty() || tag.suffix.is_empty() => Ok(true),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "binary" => Ok(tag.suffix == "str"),
        Some(tag) => Err(Flaw::at(place, format!("the tag {tag} is not known here"))),
    }
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line(), column: marker.col() + 1 }
}

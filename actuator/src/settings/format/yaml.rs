//! YAML: documents, anchors, aliases and merged mappings, within bounds. Words are those of YAML
//! 1.2: `true` and `false` are no texts, `on`, `off`, `yes` and `no` are.

mod nodes;

use std::collections::HashMap;

use nodes::{Body, Node, Nodes, Scalar};

use super::{
    ValueKind,
    leaves::{self, Flaw, Leaf, Leaves, MAX_DEPTH},
};

/// How many nodes may be looked at for one document: aliases of aliases must not take minutes.
const MAX_STEPS: usize = 100_000;

/// The documents of a text, first to last, without empty ones. Each has to be a mapping.
pub fn parse(text: &str) -> Result<Vec<Vec<Leaf>>, Flaw> {
    let mut documents = Vec::new();
    for nodes in nodes::documents(text)? {
        let Some(root) = nodes.root() else { continue };
        if matches!(&root.body, Body::Scalar(scalar) if scalar.is_null()) {
            continue;
        }
        if !matches!(root.body, Body::Mapping(_)) {
            return Err(Flaw::at(root.place, "expected a mapping of names"));
        }
        let mut walk = Walk { nodes: &nodes, leaves: Leaves::default(), steps: 0 };
        walk.node("", root, 0)?;
        documents.push(walk.leaves.into_vec());
    }
    if documents.is_empty() {
        documents.push(Vec::new());
    }
    Ok(documents)
}

struct Walk<'n> {
    nodes: &'n Nodes,
    leaves: Leaves,
    steps: usize,
}

impl<'n> Walk<'n> {
    fn node(&mut self, name: &str, node: &'n Node, depth: usize) -> Result<(), Flaw> {
        self.step(node, depth)?;
        leaves::check_descent(name, depth, node.place)?;
        match &node.body {
            Body::Scalar(scalar) => {
                let (text, kind) = typed(scalar);
                self.leaves.add(name, text, kind, node.place)
            }
            // As in Spring, an empty list is an empty text: it wins over lists below it.
            Body::Sequence(items) if items.is_empty() => {
                self.leaves.add(name, "", ValueKind::Text, node.place)
            }
            Body::Sequence(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                let item = self.nodes.get(*item, node)?;
                self.node(&format!("{name}[{index}]"), item, depth + 1)
            }),
            Body::Mapping(_) => {
                let mut members = Members::default();
                self.members(node, &mut members, depth, false)?;
                let Members { order, values } = members;
                for key in order {
                    if let Some(value) = values.get(key) {
                        self.node(&leaves::below(name, key), value, depth + 1)?;
                    }
                }
                Ok(())
            }
            Body::Alias(target) => {
                let target = self.nodes.get(*target, node)?;
                self.node(name, target, depth + 1)
            }
        }
    }

    /// The members of a mapping: its own, and those of mappings that are merged into it (`<<`),
    /// over which its own win.
    fn members(
        &mut self,
        node: &'n Node,
        into: &mut Members<'n>,
        depth: usize,
        merged: bool,
    ) -> Result<(), Flaw> {
        self.step(node, depth)?;
        let pairs = match &node.body {
            Body::Mapping(pairs) => pairs,
            Body::Alias(target) => {
                let target = self.nodes.get(*target, node)?;
                return self.members(target, into, depth + 1, merged);
            }
            Body::Sequence(items) if merged => {
                return items.iter().try_for_each(|item| {
                    let item = self.nodes.get(*item, node)?;
                    self.members(item, into, depth + 1, true)
                });
            }
            _ => return Err(Flaw::at(node.place, "only mappings can be merged by <<")),
        };
        let mut merges = Vec::new();
        let mut own = HashMap::new();
        for (key, value) in pairs {
            let (key, value) = (self.nodes.get(*key, node)?, self.nodes.get(*value, node)?);
            let scalar = self.key(key, depth)?;
            if scalar.is_plain && scalar.text == "<<" {
                merges.push(value);
            } else if own.insert(scalar.text.as_str(), value).is_some() {
                return Err(Flaw::at(key.place, "this name was given before"));
            } else {
                into.add(&scalar.text, value);
            }
        }
        merges.into_iter().try_for_each(|value| self.members(value, into, depth + 1, true))
    }

    /// The scalar that a key is.
    fn key(&mut self, node: &'n Node, depth: usize) -> Result<&'n Scalar, Flaw> {
        self.step(node, depth)?;
        match &node.body {
            Body::Scalar(scalar) => Ok(scalar),
            Body::Alias(target) => {
                let target = self.nodes.get(*target, node)?;
                self.key(target, depth + 1)
            }
            _ => Err(Flaw::at(node.place, "a name has to be a text")),
        }
    }

    fn step(&mut self, node: &Node, depth: usize) -> Result<(), Flaw> {
        self.steps += 1;
        if depth > MAX_DEPTH {
            return Err(Flaw::too_deep(node.place));
        }
        if self.steps > MAX_STEPS {
            return Err(Flaw::at(node.place, "its aliases make too much of it"));
        }
        Ok(())
    }
}

/// Names and values of a mapping, the first of a name winning.
#[derive(Default)]
struct Members<'n> {
    order: Vec<&'n str>,
    values: HashMap<&'n str, &'n Node>,
}

impl<'n> Members<'n> {
    fn add(&mut self, key: &'n str, value: &'n Node) {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.values.entry(key) {
            entry.insert(value);
            self.order.push(key);
        }
    }
}

/// The text of a scalar and what it is, by the core schema of YAML 1.2.
fn typed(scalar: &Scalar) -> (String, ValueKind) {
    let text = scalar.text.as_str();
    if !scalar.is_plain {
        return (text.to_owned(), ValueKind::Text);
    }
    if scalar.is_null() {
        return (String::new(), ValueKind::Text);
    }
    if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
        return (text.to_ascii_lowercase(), ValueKind::Boolean);
    }
    let radix = |prefix, radix| {
        let digits = text.strip_prefix(prefix)?;
        u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return (number.to_string(), ValueKind::Number);
    }
    let kind = if is_number(text) { ValueKind::Number } else { ValueKind::Text };
    (text.to_owned(), kind)
}

/// Whether it is written as a number is. Version numbers (`1.10`) keep their text anyway; what
/// begins with zeros is most likely none.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut first = digits.bytes();
    let leading_zero =
        first.next() == Some(b'0') && first.next().is_some_and(|byte| byte.is_ascii_digit());
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    plain
        && !leading_zero
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.parse::<f64>().is_ok_and(f64::is_finite)
}

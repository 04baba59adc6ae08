//! What was collected and bound, for `/beans`: the parts of this application, where each was
//! declared and what it depends on.

use std::collections::BTreeMap;

use crate::model::source::Source;

/// One part of the application.
#[derive(Clone, Debug)]
pub struct Bean {
    /// What it is: `health check`, `component`, `endpoint`, …
    pub kind: &'static str,
    /// The path of the declaring item, or the type of a component.
    pub type_name: String,
    /// What it is for, from its doc comment; may be empty.
    pub description: String,
    /// Where it was declared.
    pub source: Option<Source>,
    /// The names of other beans that it was given.
    pub dependencies: Vec<String>,
}

/// All parts by name.
#[derive(Clone, Debug, Default)]
pub struct BeanRegistry {
    beans: BTreeMap<String, Bean>,
}

impl BeanRegistry {
    /// Adds a part. A name that another kind has taken already gets its kind in front.
    pub fn add(&mut self, name: &str, bean: Bean) {
        let name = if self.beans.contains_key(name) {
            format!("{} {name}", bean.kind)
        } else {
            name.to_owned()
        };
        self.beans.insert(name, bean);
    }

    /// The parts by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bean)> {
        self.beans.iter().map(|(name, bean)| (name.as_str(), bean))
    }
}

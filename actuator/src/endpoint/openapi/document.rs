//! The document: paths with their operations, and what these share.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::{Map, Value, json};

use super::{
    operation::{Described, Shared},
    put, security,
};
use crate::model::{
    answer::Answer,
    endpoint::{Operation, OperationKind, Selector},
    schema::{Member, Schema},
    surface::{Needed, Served, Surface},
};

/// The discovery page.
const INDEX: Operation =
    Operation::read(&[]).doing("Links to all that is here.").answering(&[Answer::of(
        Schema::Named(
            "Links",
            &Schema::Object(&[Member::new(
                "_links",
                Schema::Map(&Schema::Named(
                    "Link",
                    &Schema::Object(&[
                        Member::new("href", Schema::Text),
                        Member::new("templated", Schema::Boolean),
                    ]),
                )),
            )]),
        ),
    )]);
const INDEX_TAG: &str = "links";

/// All of it but the version of OpenAPI and the servers.
pub(super) fn of(surface: &Surface, title: &str, version: &str) -> Value {
    let mut paths = Paths::default();
    paths.shared.security = surface.credentials.as_deref().map(security::schemes);
    if let Some(index) = &surface.index {
        let description = "What is here.".to_owned();
        paths.tags.insert(INDEX_TAG.to_owned(), description);
        paths.add(INDEX_TAG, "getLinks", escaped(index), &[&INDEX], &surface.index_need);
    }
    for served in &surface.served {
        paths.serve(served);
    }
    paths.into_document(title, version)
}

#[derive(Default)]
struct Paths {
    /// Method and operation, by template.
    operations: BTreeMap<String, Map<String, Value>>,
    /// Templates that differ only in names are one: the first, with its names.
    templates: BTreeMap<String, (String, Vec<String>)>,
    names: BTreeSet<String>,
    tags: BTreeMap<String, String>,
    shared: Shared,
}

impl Paths {
    fn serve(&mut self, served: &Served) {
        let id = served.endpoint.id();
        let mut groups: Vec<(Vec<&Operation>, &Needed)> = Vec::new();
        for (operation, needed) in served.operations() {
            let is_same = |known: &&Operation| {
                (known.kind, known.selectors) == (operation.kind, operation.selectors)
            };
            match groups.iter_mut().find(|(forms, _)| forms.first().is_some_and(is_same)) {
                Some((forms, _)) => forms.push(operation),
                None => groups.push((vec![operation], needed)),
            }
        }
        if !groups.is_empty() {
            let description = served.endpoint.description();
            let description = if served.is_additional { "" } else { description };
            let told = self.tags.entry(id.to_owned()).or_default();
            if told.is_empty() {
                description.clone_into(told);
            }
        }
        for (forms, needed) in groups {
            let Some(first) = forms.first() else { continue };
            let base = if served.is_additional { served.path.as_str() } else { id };
            let name = operation_name(first, base);
            self.add(id, &name, escaped(&served.path), &forms, needed);
        }
    }

    /// Adds an operation, unless its path has one for that method already: as in the router, the
    /// first one answers.
    fn add(
        &mut self,
        tag: &str,
        name: &str,
        mut path: String,
        forms: &[&Operation],
        needed: &Needed,
    ) {
        let Some(first) = forms.first() else { return };
        let mut anonymous = path.clone();
        let mut segments = Vec::new();
        for selector in first.selectors {
            let _ = write!(path, "/{{{}}}", selector.name());
            anonymous.push_str("/{}");
            segments.push(selector.name().to_owned());
        }
        let (path, segments) = self.templates.entry(anonymous).or_insert((path, segments)).clone();
        let method = match first.kind {
            OperationKind::Read => "get",
            OperationKind::Write => "post",
            OperationKind::Delete => "delete",
        };
        if self.operations.get(&path).is_some_and(|methods| methods.contains_key(method)) {
            return;
        }
        let name = self.free_name(name);
        let described = Described { tag, name, segments: &segments, forms, needed };
        let operation = self.shared.describe(&described);
        self.operations.entry(path).or_default().insert(method.to_owned(), operation);
    }

    /// This name, or with a number behind it.
    fn free_name(&mut self, name: &str) -> String {
        let numbered = (2_u32..).map(|number| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let free = names.find(|name| !self.names.contains(name)).unwrap_or_default();
        self.names.insert(free.clone());
        free
    }

    fn into_document(self, title: &str, version: &str) -> Value {
        let tags: Vec<Value> = self
            .tags
            .into_iter()
            .map(|(name, description)| json!({ "name": name, "description": description }))
            .collect();
        let Shared { schemas, responses, security } = self.shared;
        let mut components = json!({
            "schemas": schemas.into_named(),
            "responses": responses.into_shared(),
        });
        let schemes = security.unwrap_or_default();
        if !schemes.is_empty() {
            let schemes: Map<String, Value> = schemes.into_iter().collect();
            put(&mut components, "securitySchemes", schemes);
        }
        json!({
            "info": { "title": title, "version": version },
            "tags": tags,
            "paths": self.operations,
            "components": components,
            // Each operation says what it asks for, where anything is asked for.
            "security": [],
        })
    }
}

/// `getLoggersName`: the method, the endpoint (or its additional path), the segments.
fn operation_name(operation: &Operation, base: &str) -> String {
    let mut name = match operation.kind {
        OperationKind::Read => "get",
        OperationKind::Write => "post",
        OperationKind::Delete => "delete",
    }
    .to_owned();
    let words = base.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.chain(operation.selectors.iter().map(|selector: &Selector| selector.name())) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The path with all that is not a plain character of a path, braces above all, encoded.
fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

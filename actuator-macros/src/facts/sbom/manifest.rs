//! `Cargo.toml`, as far as it tells which packages a package needs and what it says of itself.
//!
//! Not a parser of TOML: it takes keys, tables and values apart, and what it does not understand is
//! passed over, so that at worst a licence is missing or a dependency is listed that is not needed.

/// What a manifest says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) about: About,
    /// The members of `package` that it has of its workspace.
    inherited: Vec<String>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) is_proc_macro: bool,
    /// `[workspace.package]` and `[workspace.dependencies]`.
    workspace_about: About,
    workspace_dependencies: Vec<Dependency>,
}

/// What a package says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// An SPDX expression.
    pub(super) license: Option<String>,
    pub(super) description: Option<String>,
    /// Names, without addresses.
    pub(super) authors: Vec<String>,
}

/// A dependency that is neither for tests nor for build scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dependency {
    key: String,
    /// The name of the package, if it is not the key.
    package: Option<String>,
    /// Its folder, relative to that of the manifest.
    pub(super) path: Option<String>,
    /// What else is known stands in the workspace.
    pub(super) is_inherited: bool,
    /// The name of the table of its target: `cfg(windows)`.
    pub(super) target: Option<String>,
}

impl Dependency {
    /// The name of the package.
    pub(super) fn name(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.key)
    }
}

impl Manifest {
    /// Reads one.
    pub(super) fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table: Vec<String> = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') {
                let name = line.split(']').next().unwrap_or_default().trim_start_matches('[');
                table = dotted(name);
                continue;
            }
            let Some((key, value)) = assignment(line) else { continue };
            let mut value = value.to_owned();
            while !is_complete(&value) {
                let Some(next) = lines.next() else { break };
                value.push('\n');
                value.push_str(next);
            }
            let path: Vec<String> = table.iter().cloned().chain(dotted(key)).collect();
            manifest.take(&path, value.trim());
        }
        manifest
    }

    /// What it says of the package, with what it leaves to the workspace.
    pub(super) fn about_in(&self, workspace: Option<&Manifest>) -> About {
        let mut about = self.about.clone();
        let Some(workspace) = workspace.map(|workspace| &workspace.workspace_about) else {
            return about;
        };
        for key in &self.inherited {
            match key.as_str() {
                "license" => about.license.clone_from(&workspace.license),
                "description" => about.description.clone_from(&workspace.description),
                "authors" => about.authors.clone_from(&workspace.authors),
                _ => {}
            }
        }
        about
    }

    /// What the workspace says of a dependency that its members leave to it.
    pub(super) fn workspace_dependency(&self, dependency: &Dependency) -> Option<&Dependency> {
        self.workspace_dependencies.iter().find(|known| known.key == dependency.key)
    }

    fn take(&mut self, path: &[String], value: &str) {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["package", key, "workspace"] => self.inherited.push((*key).to_owned()),
            ["package", key] if value.starts_with('{') && value.contains("workspace") => {
                self.inherited.push((*key).to_owned());
            }
            ["package", key] => self.about.take(key, value),
            ["workspace", "package", key] => self.workspace_about.take(key, value),
            ["lib", "proc-macro" | "proc_macro"] => self.is_proc_macro = value.starts_with("true"),
            ["dependencies", name, rest @ ..] => {
                depend(&mut self.dependencies, (name, None), rest, value);
            }
            ["target", target, "dependencies", name, rest @ ..] => {
                depend(&mut self.dependencies, (name, Some(target)), rest, value);
            }
            ["workspace", "dependencies", name, rest @ ..] => {
                depend(&mut self.workspace_dependencies, (name, None), rest, value);
            }
            _ => {}
        }
    }
}

impl About {
    fn take(&mut self, key: &str, value: &str) {
        match key {
            "license" => self.license = text(value),
            "description" => self.description = text(value),
            "authors" => {
                let names = split(value.trim_matches(['[', ']', ' ', '\n']), ',').into_iter();
                self.authors = names.filter_map(|name| author(&text(name.trim())?)).collect();
            }
            _ => {}
        }
    }
}

/// The name before an address in angle brackets.
fn author(text: &str) -> Option<String> {
    let name = text.split('<').next().unwrap_or_default().trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// Adds what `name = value`, `name.rest = value` says of a dependency.
fn depend(
    dependencies: &mut Vec<Dependency>,
    (name, target): (&str, Option<&str>),
    rest: &[&str],
    value: &str,
) {
    let target = target.map(str::to_owned);
    let known = dependencies.iter().position(|d| d.key == name && d.target == target);
    let index = known.unwrap_or_else(|| {
        dependencies.push(Dependency { key: name.to_owned(), target, ..Dependency::default() });
        dependencies.len() - 1
    });
    let Some(dependency) = dependencies.get_mut(index) else { return };
    let mut take = |key: &str, value: &str| match key {
        "package" => dependency.package = text(value),
        "path" => dependency.path = text(value),
        "workspace" => dependency.is_inherited = value.starts_with("true"),
        _ => {}
    };
    if let [key] = rest {
        take(key, value);
    } else if let Some(members) = value.strip_prefix('{') {
        for member in split(members.trim_end().trim_end_matches('}'), ',') {
            if let Some((key, value)) = assignment(&member) {
                take(key, value);
            }
        }
    }
}

/// `key = value`, parted at the first equals sign outside of quotes.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let at = outside_quotes(line).find(|(_, c)| *c == '=')?.0;
    Some((line.get(..at)?.trim(), line.get(at + 1..)?.trim()))
}

/// The words of `a."b.c".d`.
fn dotted(name: &str) -> Vec<String> {
    let words = split(name, '.').into_iter();
    words.map(|word| text(word.trim()).unwrap_or_else(|| word.trim().to_owned())).collect()
}

/// The content of a string; `None` for what is none.
fn text(value: &str) -> Option<String> {
    let triple = ["\"\"\"", "'''"].into_iter().find(|quotes| value.starts_with(quotes));
    let quotes = triple.or_else(|| ["\"", "'"].into_iter().find(|q| value.starts_with(q)))?;
    let rest = value.get(quotes.len()..)?;
    let inner = rest.get(..end_of_text(rest, quotes)?)?;
    if quotes.starts_with('\'') {
        return Some(inner.to_owned());
    }
    let inner = inner.replace("\\\n", "").replace("\\\"", "\"").replace("\\n", " ");
    Some(inner.replace("\\t", " ").replace("\\\\", "\\"))
}

/// Where the string ends that began with these quotes.
fn end_of_text(rest: &str, quotes: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + rest.get(from..)?.find(quotes)?;
        let before = rest.get(..at)?;
        let escapes = before.len() - before.trim_end_matches('\\').len();
        if quotes.starts_with('\'') || escapes % 2 == 0 {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Whether a value ends on the line on which it was begun.
fn is_complete(value: &str) -> bool {
    for quotes in ["\"\"\"", "'''"] {
        if let Some(rest) = value.trim_start().strip_prefix(quotes) {
            return end_of_text(rest, quotes).is_some();
        }
    }
    let depth = outside_quotes(value).fold(0_i32, |depth, (_, c)| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => depth - 1,
        _ => depth,
    });
    depth <= 0
}

/// The parts between separators that are in no string and no brackets.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, c) in outside_quotes(text) {
        match c {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth -= 1,
            c if c == separator && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default().to_owned());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().to_owned());
    parts
}

/// The characters that are in no string and no comment.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quote, mut is_escaped, mut in_comment) = (None, false, false);
    text.char_indices().filter(move |(_, c)| {
        if in_comment {
            in_comment = *c != '\n';
            return false;
        }
        match quote {
            Some('"') if is_escaped => is_escaped = false,
            Some('"') if *c == '\\' => is_escaped = true,
            Some(open) if *c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(*c),
            None if *c == '#' => in_comment = true,
            None => return true,
        }
        false
    })
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;

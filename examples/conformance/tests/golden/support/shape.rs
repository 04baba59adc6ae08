//! Compares two JSON documents: constants exactly, what changes from run to run by its form.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::{Map, Value};

/// How the values at a path are compared. Without a rule: same member names, same length, equal
/// values; below `Each` and `Map`, where there is no one counterpart: same type.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// Anything.
    Any,
    /// The same JSON type.
    Type,
    /// A text of this form.
    Pattern(&'static str),
    /// The same texts in any order.
    Set,
    /// An array whose elements all have the form of recorded elements.
    Each,
    /// Like `Each`, and the texts of `need` (or elements with such a text at `key`) are there.
    EachWith { key: &'static str, need: &'static [&'static str] },
    /// Like `Each`, and the texts at `key` are those of the recorded elements, in any order.
    EachBy(&'static str),
    /// An array that starts with the recorded elements.
    First,
    /// Free keys: those of `need` have to be there (and are compared with their counterpart);
    /// every other member has the form of recorded members.
    Map { need: &'static [&'static str] },
    /// Like `Map`, and no key that was not recorded.
    Subset { need: &'static [&'static str] },
    /// Only these members are looked at.
    Keys { need: &'static [&'static str] },
}

/// A path pattern (`components.*.details.free`; `**` = any depth) and what holds there.
pub type Rules = [(&'static str, Rule)];

/// Everything in which `actual` differs from `recorded`: the path, and what was and is.
pub fn differences(recorded: &Value, actual: &Value, rules: &Rules) -> Vec<(String, String)> {
    let mut comparison = Comparison { rules, found: Vec::new() };
    comparison.compare(&[recorded], actual, &mut Vec::new(), true);
    comparison.found
}

struct Comparison<'r> {
    rules: &'r Rules,
    found: Vec<(String, String)>,
}

impl Comparison<'_> {
    /// `literal` while `samples` is the one counterpart of `actual`.
    fn compare(
        &mut self,
        samples: &[&Value],
        actual: &Value,
        path: &mut Vec<String>,
        literal: bool,
    ) {
        match self.rule(path) {
            None if literal => self.compare_literally(samples[0], actual, path),
            None => self.compare_form(samples, actual, path),
            Some(Rule::Type) => self.same_type(samples, actual, path),
            Some(Rule::Pattern(pattern)) => self.matches(pattern, actual, path),
            Some(Rule::Set) => {
                if !samples.iter().any(|sample| texts(sample) == texts(actual)) {
                    self.report(path, samples[0], actual);
                }
            }
            Some(Rule::Each) => self.each(samples, actual, path),
            Some(Rule::EachWith { key, need }) => {
                let given = keyed(actual, key);
                for name in need.iter().filter(|name| !given.contains(**name)) {
                    self.lacks(path, name);
                }
                self.each(samples, actual, path);
            }
            Some(Rule::EachBy(key)) => {
                if keyed(samples[0], key) != keyed(actual, key) {
                    self.report(path, samples[0], actual);
                }
                self.each(samples, actual, path);
            }
            Some(Rule::First) => {
                let recorded = samples[0].as_array().map_or(0, Vec::len);
                let mut actual = actual.clone();
                if let Value::Array(elements) = &mut actual {
                    elements.truncate(recorded);
                }
                self.compare_literally(samples[0], &actual, path);
            }
            Some(Rule::Map { need }) => self.members(samples, actual, path, literal, need, false),
            Some(Rule::Subset { need }) => self.members(samples, actual, path, literal, need, true),
            Some(Rule::Keys { need }) => self.keys(samples, actual, path, literal, need),
            Some(Rule::Any) => {}
        }
    }

    fn compare_literally(&mut self, recorded: &Value, actual: &Value, path: &mut Vec<String>) {
        match (recorded, actual) {
            (Value::Object(recorded), Value::Object(actual)) => {
                for (name, value) in recorded {
                    match actual.get(name) {
                        Some(other) => {
                            self.below(path, name, |this, path| {
                                this.compare(&[value], other, path, true);
                            });
                        }
                        None => self.lacks(path, name),
                    }
                }
                for name in actual.keys().filter(|name| !recorded.contains_key(*name)) {
                    self.has_too(path, name);
                }
            }
            (Value::Array(recorded), Value::Array(actual)) if recorded.len() == actual.len() => {
                for (index, (value, other)) in recorded.iter().zip(actual).enumerate() {
                    self.below(path, &index.to_string(), |this, path| {
                        this.compare(&[value], other, path, true);
                    });
                }
            }
            (recorded, actual) if recorded == actual => {}
            (recorded, actual) => self.report(path, recorded, actual),
        }
    }

    fn compare_form(&mut self, samples: &[&Value], actual: &Value, path: &mut Vec<String>) {
        match actual {
            Value::Object(members) => {
                let samples: Vec<_> =
                    samples.iter().filter_map(|sample| sample.as_object()).collect();
                if samples.is_empty() {
                    return self.note(path, "is an object");
                }
                for name in in_all(&samples).difference(&names(&[members])) {
                    self.lacks(path, name);
                }
                for (name, value) in members {
                    let values: Vec<_> =
                        samples.iter().filter_map(|sample| sample.get(name)).collect();
                    if values.is_empty() {
                        self.has_too(path, name);
                    } else {
                        self.below(path, name, |this, path| {
                            this.compare(&values, value, path, false);
                        });
                    }
                }
            }
            Value::Array(_) => self.each(samples, actual, path),
            _ => self.same_type(samples, actual, path),
        }
    }

    fn each(&mut self, samples: &[&Value], actual: &Value, path: &mut Vec<String>) {
        let elements: Vec<_> =
            samples.iter().filter_map(|sample| sample.as_array()).flatten().collect();
        let Some(actual) = actual.as_array() else {
            return self.note(path, "is no array");
        };
        if elements.is_empty() {
            return;
        }
        for value in actual {
            self.below(path, "*", |this, path| this.compare(&elements, value, path, false));
        }
    }

    fn members(
        &mut self,
        samples: &[&Value],
        actual: &Value,
        path: &mut Vec<String>,
        literal: bool,
        need: &[&str],
        closed: bool,
    ) {
        let Some(actual) = actual.as_object() else {
            return self.note(path, "is no object");
        };
        let samples: Vec<_> = samples.iter().filter_map(|sample| sample.as_object()).collect();
        let values: Vec<_> = samples.iter().flat_map(|sample| sample.values()).collect();
        for name in need.iter().filter(|name| !actual.contains_key(**name)) {
            if samples.iter().any(|sample| sample.contains_key(*name)) {
                self.lacks(path, name);
            }
        }
        for (name, value) in actual {
            let counterpart = samples.iter().find_map(|sample| sample.get(name));
            if closed && counterpart.is_none() {
                self.has_too(path, name);
                continue;
            }
            self.below(path, name, |this, path| match counterpart {
                Some(sample) if literal && need.contains(&name.as_str()) => {
                    this.compare(&[sample], value, path, true);
                }
                _ if values.is_empty() => {}
                _ => this.compare(&values, value, path, false),
            });
        }
    }

    fn keys(
        &mut self,
        samples: &[&Value],
        actual: &Value,
        path: &mut Vec<String>,
        literal: bool,
        need: &[&str],
    ) {
        for name in need {
            let values: Vec<_> = samples.iter().filter_map(|sample| sample.get(name)).collect();
            match actual.get(name) {
                _ if values.is_empty() => {}
                Some(value) => {
                    self.below(path, name, |this, path| {
                        this.compare(&values, value, path, literal);
                    });
                }
                None => self.lacks(path, name),
            }
        }
    }

    fn same_type(&mut self, samples: &[&Value], actual: &Value, path: &[String]) {
        if !samples.iter().any(|sample| kind(sample) == kind(actual)) {
            self.report(path, samples[0], actual);
        }
    }

    fn matches(&mut self, pattern: &str, actual: &Value, path: &[String]) {
        let regex = Regex::new(&format!("^(?:{pattern})$")).expect("a pattern of the rules");
        if !actual.as_str().is_some_and(|text| regex.is_match(text)) {
            self.note(path, &format!("is {} and not like {pattern}", short(actual)));
        }
    }

    fn rule(&self, path: &[String]) -> Option<Rule> {
        self.rules.iter().find(|(pattern, _)| path_matches(pattern, path)).map(|(_, rule)| *rule)
    }

    fn below(
        &mut self,
        path: &mut Vec<String>,
        name: &str,
        run: impl FnOnce(&mut Self, &mut Vec<String>),
    ) {
        path.push(name.to_owned());
        run(self, path);
        path.pop();
    }

    fn report(&mut self, path: &[String], recorded: &Value, actual: &Value) {
        let line = format!("was {} and is {}", short(recorded), short(actual));
        self.note(path, &line);
    }

    fn lacks(&mut self, path: &mut Vec<String>, name: &str) {
        self.below(path, name, |this, path| this.note(path, "is missing"));
    }

    fn has_too(&mut self, path: &mut Vec<String>, name: &str) {
        self.below(path, name, |this, path| this.note(path, "is there too"));
    }

    fn note(&mut self, path: &[String], what: &str) {
        let found = (path.join("."), what.to_owned());
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }
}

fn path_matches(pattern: &str, path: &[String]) -> bool {
    fn go(pattern: &[&str], path: &[String]) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (Some((&"**", rest)), _) => {
                go(rest, path) || path.split_first().is_some_and(|(_, below)| go(pattern, below))
            }
            (Some((wanted, rest)), Some((name, below))) => {
                (*wanted == "*" || wanted == name) && go(rest, below)
            }
            _ => false,
        }
    }
    let segments: Vec<&str> =
        if pattern.is_empty() { Vec::new() } else { pattern.split('.').collect() };
    go(&segments, path)
}

fn in_all<'v>(samples: &[&'v Map<String, Value>]) -> BTreeSet<&'v str> {
    let mut common = names(&samples[..1]);
    common.retain(|name| samples.iter().all(|sample| sample.contains_key(*name)));
    common
}

fn names<'v>(samples: &[&'v Map<String, Value>]) -> BTreeSet<&'v str> {
    samples.iter().flat_map(|sample| sample.keys()).map(String::as_str).collect()
}

/// The texts of an array, or those at `key` of its elements.
fn keyed<'v>(value: &'v Value, key: &str) -> BTreeSet<&'v str> {
    let elements = value.as_array().into_iter().flatten();
    elements.filter_map(|element| element.get(key).unwrap_or(element).as_str()).collect()
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(Value::to_string).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;

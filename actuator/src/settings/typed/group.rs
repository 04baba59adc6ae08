//! What the derive macro calls: the fields of a struct, one by one.

use std::fmt;

use super::{
    described::DescribedSetting,
    field::{Read, SettingField, Shape},
    place::Place,
    rules::{self, FieldFacts},
    shown::{Shown, camel_case},
};
use crate::settings::SettingsReader;

/// A struct whose fields are being read.
#[derive(Debug)]
pub struct Group<'p, 'r, 's> {
    at: &'p Place<'p>,
    reader: &'r mut SettingsReader<'s>,
    shown: Vec<(String, Shown)>,
}

impl<'p, 'r, 's> Group<'p, 'r, 's> {
    /// A struct at this place.
    pub fn new(at: &'p Place<'p>, reader: &'r mut SettingsReader<'s>) -> Self {
        Self { at, reader, shown: Vec::new() }
    }

    /// The value of a field; `None` if something was wrong.
    pub fn field<T: SettingField>(&mut self, key: &str, facts: &FieldFacts) -> Option<T> {
        let Read { value, shown } = T::read(&self.at.below(key), facts, self.reader);
        self.shown.push((camel_case(key), shown));
        value
    }

    /// A field's own check of its value, which was read as an `F`.
    pub fn check<F: SettingField, T, E: fmt::Display>(
        &mut self,
        key: &str,
        facts: &FieldFacts,
        value: Option<T>,
        check: impl FnOnce(&T) -> Result<(), E>,
    ) -> Option<T> {
        let value = value?;
        let Err(complaint) = check(&value) else { return Some(value) };
        let at = self.at.below(key);
        let is_secret = facts.is_secret || F::IS_SECRET;
        let complaint = complaint.to_string();
        match at.property() {
            Some(property) => {
                self.reader.reject_property(at.name(), property, is_secret, &complaint);
            }
            None => self.reader.reject(at.name(), complaint),
        }
        None
    }

    /// The struct's own check of all its values.
    pub fn check_all<T, E: fmt::Display>(
        &mut self,
        value: Option<T>,
        check: impl FnOnce(&T) -> Result<(), E>,
    ) -> Option<T> {
        let value = value?;
        match check(&value) {
            Ok(()) => Some(value),
            Err(complaint) => {
                self.reader.reject(&format!("{}.*", self.at.name()), complaint);
                None
            }
        }
    }

    /// What came of it.
    pub fn finish<T>(self, value: Option<T>) -> Read<T> {
        Read { value, shown: Shown::Group(self.shown) }
    }
}

/// Adds the names of the field `key` of a struct called `name`.
pub fn field_names<T: SettingField>(
    name: &str,
    key: &str,
    facts: &FieldFacts,
    into: &mut Vec<DescribedSetting>,
) {
    T::describe(&format!("{name}.{key}"), facts, into);
}

/// Refuses, while the program is compiled, what an attribute asks of a type that it cannot be asked
/// of.
#[expect(clippy::panic, reason = "it is evaluated by the compiler only")]
pub const fn check_field<T: SettingField>(facts: &FieldFacts) {
    let is_map = matches!(T::SHAPE, Shape::Map);
    let is_group = matches!(T::SHAPE, Shape::Group);
    if facts.default.is_some() && is_map {
        panic!("a map has no default: without settings it is empty");
    }
    if facts.default.is_some() && is_group {
        panic!("a struct has no default of its own: give one to its fields");
    }
    if facts.rules.compare() && !rules::is_ordered(T::KIND) {
        panic!("`min` and `max` are for numbers, durations and sizes");
    }
    if (facts.rules.count() || facts.rules.pattern.is_some()) && is_group {
        panic!("`non_empty`, `length` and `pattern` are for texts, lists and maps");
    }
}

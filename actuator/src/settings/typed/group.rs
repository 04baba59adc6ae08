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
    pub fn field<T>(&mut self, field: &Field<T>) -> Option<T> {
        let place = self.at.below(field.key);
        let Read { value, shown } = (field.read)(&place, &field.facts, self.reader);
        self.shown.push((camel_case(field.key), shown));
        value
    }

    /// A field's own check of its value, which was read as an `F`.
    pub fn check<F, T, E: fmt::Display>(
        &mut self,
        field: &Field<F>,
        value: Option<T>,
        check: impl FnOnce(&T) -> Result<(), E>,
    ) -> Option<T> {
        let value = value?;
        let Err(complaint) = check(&value) else { return Some(value) };
        let at = self.at.below(field.key);
        let complaint = complaint.to_string();
        match at.property() {
            Some(property) => {
                let is_secret = field.is_secret;
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

/// A field of a struct, as the macro declares it.
#[derive(Debug)]
pub struct Field<T> {
    key: &'static str,
    facts: FieldFacts,
    is_secret: bool,
    describe: fn(&str, &FieldFacts, &mut Vec<DescribedSetting>),
    read: fn(&Place<'_>, &FieldFacts, &mut SettingsReader<'_>) -> Read<T>,
}

impl<T> Field<T> {
    /// The field whose setting is called `key`. Refuses, while the program is compiled, what its
    /// attribute asks of a type that it cannot be asked of.
    pub const fn new(key: &'static str, facts: FieldFacts) -> Self
    where
        T: SettingField,
    {
        refuse_misfits::<T>(&facts);
        let is_secret = facts.is_secret || T::IS_SECRET;
        Self { key, facts, is_secret, describe: T::describe, read: T::read }
    }

    /// Adds its names, as a field of a struct called `name`.
    pub fn describe(&self, name: &str, into: &mut Vec<DescribedSetting>) {
        (self.describe)(&format!("{name}.{}", self.key), &self.facts, into);
    }
}

/// Evaluated by the compiler only.
const fn refuse_misfits<T: SettingField>(facts: &FieldFacts) {
    let is_group = matches!(T::SHAPE, Shape::Group);
    let defaults = facts.default.is_some();
    let counts = facts.rules.count() || facts.rules.pattern.is_some();
    let compares = facts.rules.compare();
    assert!(
        !defaults || !matches!(T::SHAPE, Shape::Map),
        "a map has no default: without settings it is empty"
    );
    assert!(!defaults || !is_group, "a struct has no default of its own: give one to its fields");
    assert!(
        !compares || rules::is_ordered(T::KIND),
        "`min` and `max` are for numbers, durations and sizes"
    );
    assert!(
        !counts || !is_group,
        "`non_empty`, `length` and `pattern` are for texts, lists and maps"
    );
}

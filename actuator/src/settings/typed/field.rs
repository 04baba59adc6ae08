//! How a field is read, by its type.

use super::{described::DescribedSetting, place::Place, rules::FieldFacts, shown::Shown};
use crate::settings::{FromSetting, Property, SettingKind, SettingsReader};

/// A type that a field of a typed struct can have.
///
/// It is every [`FromSetting`] (one setting), every struct that derives `Settings` (several below
/// the name), and `Option`, `Vec`, `BTreeMap<String, _>` and `HashMap<String, _>` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of settings",
    label = "not a setting",
    note = "derive `actuator::Settings` for a struct or an enum, implement `actuator::FromSetting`, \
            or, for a type that is `FromStr`, write `#[settings(parse)]`"
)]
pub trait SettingField: Sized {
    /// How many settings it takes.
    const SHAPE: Shape;
    /// What one of them is.
    const KIND: SettingKind;
    /// Whether it is hidden whoever looks.
    const IS_SECRET: bool = false;

    /// A value from one text; only of what takes one setting.
    fn from_text(_text: &str) -> Result<Self, String> {
        Err("expected several settings below this name".to_owned())
    }

    /// Adds the names that are read for a field called `name`.
    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>);

    /// Reads the value at this place; what is wrong is remembered by the reader.
    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self>;
}

/// How many settings a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One.
    Scalar,
    /// One, or none.
    Optional,
    /// Several below its name, known ones.
    Group,
    /// Several with an index each, or one with commas.
    List,
    /// Several below its name, called by whoever sets them.
    Map,
}

/// What came of reading a field.
#[derive(Debug)]
pub struct Read<T> {
    /// The value; `None` if something was wrong, which the reader knows.
    pub value: Option<T>,
    /// What it was made of.
    pub shown: Shown,
}

impl<T> Read<T> {
    /// Something was wrong.
    pub(super) fn failed() -> Self {
        Self { value: None, shown: Shown::Absent }
    }
}

impl<T: FromSetting> SettingField for T {
    const SHAPE: Shape = Shape::Scalar;
    const KIND: SettingKind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn from_text(text: &str) -> Result<Self, String> {
        T::from_setting(text)
    }

    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>) {
        into.push(DescribedSetting {
            is_required: facts.default.is_none(),
            is_secret: facts.is_secret || T::IS_SECRET,
            ..DescribedSetting::new(name, T::KIND, facts)
        });
    }

    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self> {
        let default = facts.default.map(|text| default_value::<T>(at, text, facts, reader));
        let set = at.property().and_then(|property| {
            text_value::<T>(at.name(), &property.value, property, facts, reader)
        });
        match (set, default) {
            (Some(read), _) | (None, Some(read)) => read,
            (None, None) => {
                reader.reject_unset(at.name(), facts.description);
                Read::failed()
            }
        }
    }
}

/// A value from the text of a default, all of it or an item. One that cannot be used is told
/// whether or not it is needed: it is a mistake in the program.
pub(super) fn default_value<T: SettingField>(
    at: &Place<'_>,
    text: &str,
    facts: &FieldFacts,
    reader: &mut SettingsReader<'_>,
) -> Read<T> {
    let broken = facts.rules.broken_by(text, T::KIND);
    match (T::from_text(text), broken) {
        (Ok(value), None) => {
            let is_secret = facts.is_secret || T::IS_SECRET;
            let shown = Shown::default(at.name(), text, T::KIND, is_secret);
            Read { value: Some(value), shown }
        }
        (Err(complaint), _) | (Ok(_), Some(complaint)) => {
            reader.reject_default(at.name(), &complaint);
            Read::failed()
        }
    }
}

/// A value from a text of a property, all of it or an item. `None` if it counts as unset.
pub(super) fn text_value<T: SettingField>(
    name: &str,
    text: &str,
    property: &Property,
    facts: &FieldFacts,
    reader: &mut SettingsReader<'_>,
) -> Option<Read<T>> {
    let is_secret = facts.is_secret || T::IS_SECRET;
    let complaint = match T::from_text(text) {
        Ok(value) => match facts.rules.broken_by(text, T::KIND) {
            None => {
                let shown = Shown::of(name, text, property, T::KIND, is_secret);
                return Some(Read { value: Some(value), shown });
            }
            Some(complaint) => complaint,
        },
        // As in Spring, an empty text is no value where text is not what is wanted.
        Err(_) if text.trim().is_empty() => return None,
        Err(complaint) => complaint,
    };
    reader.reject_property(name, property, is_secret, &complaint);
    Some(Read::failed())
}

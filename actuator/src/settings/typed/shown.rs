//! What was read, for those who look at it: `configprops`.

use crate::settings::{Property, SettingKind};

/// A value as a tree of what it was made of. Nothing is masked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nothing is set, and there is no default.
    #[default]
    Absent,
    /// One value.
    Value(ShownValue),
    /// The items of a list.
    List(Vec<Shown>),
    /// What stands below a name, by camel case name or by the key of a map, in order.
    Group(Vec<(String, Shown)>),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownValue {
    /// The whole name of the setting (`shop.payment.api-key`).
    pub name: String,
    /// The text of the value.
    pub text: String,
    /// What the text is.
    pub kind: SettingKind,
    /// Whether it is hidden whoever looks.
    pub is_secret: bool,
    /// The setting that it came from; `None` for a default.
    pub input: Option<ShownInput>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownInput {
    /// The text of the setting.
    pub text: String,
    /// Its place (`actuator.toml:3:8`).
    pub origin: String,
}

/// The settings below one prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownGroup {
    /// The prefix (`shop.payment`).
    pub prefix: String,
    /// What they are read into (`shop::Payment`).
    pub type_name: String,
    /// The values.
    pub values: Shown,
}

impl Shown {
    /// A value of a setting; `text` is the part of the property that is meant, all of it or an item.
    pub(super) fn of(
        name: &str,
        text: &str,
        property: &Property,
        kind: SettingKind,
        is_secret: bool,
    ) -> Self {
        Self::Value(ShownValue {
            name: name.to_owned(),
            text: text.to_owned(),
            kind,
            is_secret: is_secret || property.holds_secret,
            input: Some(ShownInput {
                text: property.value.clone(),
                origin: property.origin.clone(),
            }),
        })
    }

    /// A default.
    pub(super) fn default(name: &str, text: &str, kind: SettingKind, is_secret: bool) -> Self {
        Self::Value(ShownValue {
            name: name.to_owned(),
            text: text.to_owned(),
            kind,
            is_secret,
            input: None,
        })
    }
}

/// `show-details` as Java names it: `showDetails`.
pub(super) fn camel_case(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut raise = false;
    for c in name.chars() {
        match c {
            '-' | '_' => raise = !text.is_empty(),
            c if raise => {
                text.extend(c.to_uppercase());
                raise = false;
            }
            c => text.push(c),
        }
    }
    text
}

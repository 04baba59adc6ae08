//! Fields that take several settings of one kind: `Option`, `Vec`, maps.

use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

use super::{
    described::DescribedSetting,
    field::{Read, SettingField, Shape, default_value, text_value},
    place::{Items, Place},
    rules::FieldFacts,
    shown::Shown,
};
use crate::settings::{Property, SettingKind, SettingsReader, store};

impl<T: SettingField> SettingField for Option<T> {
    const SHAPE: Shape = Shape::Optional;
    const KIND: SettingKind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>) {
        let from = into.len();
        T::describe(name, facts, into);
        into.iter_mut().skip(from).for_each(|described| described.is_required = false);
    }

    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self> {
        let is_set = match T::SHAPE {
            Shape::Scalar => at.property().is_some_and(|property| {
                !property.value.trim().is_empty() || T::from_text(&property.value).is_ok()
            }),
            Shape::List => at.items().is_some(),
            Shape::Optional | Shape::Group | Shape::Map => {
                at.property().is_some() || at.has_anything_below()
            }
        };
        if !is_set && facts.default.is_none() {
            return Read { value: Some(None), shown: Shown::Absent };
        }
        let Read { value, shown } = T::read(at, facts, reader);
        Read { value: value.map(Some), shown }
    }
}

impl<T: SettingField> SettingField for Vec<T> {
    const SHAPE: Shape = Shape::List;
    const KIND: SettingKind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>) {
        if T::SHAPE == Shape::Scalar {
            into.push(DescribedSetting {
                is_secret: facts.is_secret || T::IS_SECRET,
                ..DescribedSetting::new(name, SettingKind::List, facts)
            });
            return;
        }
        T::describe(&format!("{name}[*]"), &facts.of_item(), into);
    }

    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self> {
        let read = match at.items() {
            None => default_items::<T>(at, facts, reader),
            Some(Items::Text(property)) => items_of_text::<T>(at.name(), property, facts, reader),
            Some(Items::Places(places)) => {
                let facts = facts.of_item();
                together(places.iter().map(|place| T::read(place, &facts, reader)).collect())
            }
            Some(Items::Gap(missing)) => {
                let complaint = "is missing before others of its list; count them from 0";
                reader.reject(&missing, complaint);
                Read::failed()
            }
        };
        let broken = read.value.as_ref().and_then(|items| facts.rules.broken_by_items(items.len()));
        if let Some(complaint) = broken {
            reader.reject(at.name(), complaint);
            return Read::failed();
        }
        read
    }
}

/// The items of a default, if there is one.
fn default_items<T: SettingField>(
    at: &Place<'_>,
    facts: &FieldFacts,
    reader: &mut SettingsReader<'_>,
) -> Read<Vec<T>> {
    let item = facts.of_item();
    let texts = store::split(facts.default.unwrap_or_default());
    together(texts.iter().map(|text| default_value::<T>(at, text, &item, reader)).collect())
}

/// The items of a text with commas; each came from all of it.
fn items_of_text<T: SettingField>(
    name: &str,
    property: &Property,
    facts: &FieldFacts,
    reader: &mut SettingsReader<'_>,
) -> Read<Vec<T>> {
    let facts = facts.of_item();
    let texts = store::split(&property.value);
    if T::SHAPE != Shape::Scalar && !texts.is_empty() {
        let complaint = format!("expected items with names of their own, such as {name}[0].x");
        reader.reject_property(name, property, facts.is_secret, &complaint);
        return Read::failed();
    }
    let mut item = |text: &String| {
        text_value::<T>(name, text, property, &facts, reader).unwrap_or_else(Read::failed)
    };
    together(texts.iter().map(&mut item).collect())
}

/// A list of what was read; it failed if one of them did.
fn together<T>(items: Vec<Read<T>>) -> Read<Vec<T>> {
    let (mut values, mut shown) = (Some(Vec::new()), Vec::new());
    for item in items {
        shown.push(item.shown);
        match (item.value, &mut values) {
            (Some(value), Some(values)) => values.push(value),
            _ => values = None,
        }
    }
    Read { value: values, shown: Shown::List(shown) }
}

impl<T: SettingField> SettingField for BTreeMap<String, T> {
    const SHAPE: Shape = Shape::Map;
    const KIND: SettingKind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>) {
        let from = into.len();
        T::describe(&format!("{name}.*"), &facts.of_item(), into);
        if T::SHAPE == Shape::Scalar {
            into.iter_mut().skip(from).for_each(|described| described.is_required = false);
        }
    }

    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self> {
        let (mut values, mut shown) = (Some(Self::new()), Vec::new());
        let item = facts.of_item();
        for key in at.keys(T::SHAPE == Shape::Scalar) {
            let read = T::read(&at.below(&key), &item, reader);
            shown.push((key.clone(), read.shown));
            match (read.value, &mut values) {
                (Some(value), Some(values)) => drop(values.insert(key, value)),
                _ => values = None,
            }
        }
        let broken = values.as_ref().and_then(|map| facts.rules.broken_by_items(map.len()));
        if let Some(complaint) = broken {
            reader.reject(at.name(), complaint);
            return Read::failed();
        }
        Read { value: values, shown: Shown::Group(shown) }
    }
}

impl<T: SettingField, S: BuildHasher + Default> SettingField for HashMap<String, T, S> {
    const SHAPE: Shape = Shape::Map;
    const KIND: SettingKind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn describe(name: &str, facts: &FieldFacts, into: &mut Vec<DescribedSetting>) {
        BTreeMap::<String, T>::describe(name, facts, into);
    }

    fn read(at: &Place<'_>, facts: &FieldFacts, reader: &mut SettingsReader<'_>) -> Read<Self> {
        let Read { value, shown } = BTreeMap::<String, T>::read(at, facts, reader);
        Read { value: value.map(|map| map.into_iter().collect()), shown }
    }
}

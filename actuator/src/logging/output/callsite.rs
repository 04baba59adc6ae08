//! What is known of each place in the code that logs, found out once: how its fields are called in
//! each format, which of them are secrets, and how much it has written of late.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use tracing::{Metadata, field::Field};

use super::{
    format::{FieldKey, JsonFormat},
    rate::Rate,
};
use crate::model::sanitizer::Sanitizer;

/// How many callsites each thread finds without asking others; a power of 2.
const NEAR: usize = 128;

thread_local! {
    static RECENT: [Cell<Recent>; NEAR] = const { [const { Cell::new(Recent::NONE) }; NEAR] };
}

/// A callsite that this thread met.
#[derive(Clone, Copy)]
struct Recent {
    /// Addresses of the table and of the metadata, which are never given back.
    of: (usize, usize),
    callsite: Option<&'static Callsite>,
}

impl Recent {
    const NONE: Self = Self { of: (0, 0), callsite: None };
}

/// A place in the code that logs, or makes spans.
#[derive(Debug)]
pub(super) struct Callsite {
    /// What `tracing` knows of it.
    pub(super) metadata: &'static Metadata<'static>,
    /// By the index of the field.
    keys: Box<[Key]>,
    /// What it wrote of late.
    pub(super) rate: Rate,
}

/// A field of a callsite.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What is done with its value.
    pub(super) role: Role,
    /// How each JSON format in use calls it; `None` leaves it out.
    json: Box<[Option<FieldKey>]>,
}

/// What is done with the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the message.
    Message,
    /// It is a member of its own.
    Member,
    /// So is it, but what it says is nobody's business.
    Secret,
    /// Where a record of the `log` crate came from: that has its place elsewhere.
    LogCrate,
}

impl Key {
    /// How the JSON format of this number calls it.
    pub(super) fn json(&self, format: usize) -> Option<&FieldKey> {
        self.json.get(format)?.as_ref()
    }
}

impl Callsite {
    /// What is known of one of its fields.
    pub(super) fn key(&self, field: &Field) -> Option<&Key> {
        self.keys.get(field.index())
    }

    fn new(metadata: &'static Metadata<'static>, all: &Callsites) -> Self {
        let Callsites { formats, sanitizer, .. } = all;
        let key = |field: Field| {
            let name = field.name().strip_prefix("r#").unwrap_or(field.name());
            let role = match name {
                "message" => Role::Message,
                _ if name.starts_with("log.") => Role::LogCrate,
                _ if sanitizer.is_secret_key(name) => Role::Secret,
                _ => Role::Member,
            };
            let named = |format: &JsonFormat| format.field(name, metadata.is_span());
            Key { name, role, json: formats.iter().map(named).collect() }
        };
        Self { metadata, keys: metadata.fields().iter().map(key).collect(), rate: Rate::default() }
    }
}

/// All callsites that one layer has met. They are kept as long as the process runs, as `tracing`
/// itself keeps them: there are as many as the code has.
#[derive(Debug)]
pub(super) struct Callsites {
    known: RwLock<HashMap<usize, &'static Callsite>>,
    formats: Box<[JsonFormat]>,
    sanitizer: Sanitizer,
}

impl Callsites {
    /// The callsites of a layer with these JSON formats.
    pub(super) fn new(formats: Vec<JsonFormat>, sanitizer: Sanitizer) -> &'static Self {
        let formats = formats.into_boxed_slice();
        Box::leak(Box::new(Self { known: RwLock::default(), formats, sanitizer }))
    }

    /// What hides secrets in what is logged.
    pub(super) fn sanitizer(&'static self) -> &'static Sanitizer {
        &self.sanitizer
    }

    /// The JSON formats, by their numbers.
    pub(super) fn formats(&self) -> &[JsonFormat] {
        &self.formats
    }

    /// What is known of this one. On the usual way no lock is taken.
    pub(super) fn get(&'static self, metadata: &'static Metadata<'static>) -> &'static Callsite {
        let of = (std::ptr::from_ref(self).addr(), std::ptr::from_ref(metadata).addr());
        let slot = (of.1 >> 4 ^ of.1 >> 11 ^ of.0 >> 4) % NEAR;
        // While a thread ends there is none.
        let near = RECENT.try_with(|recent| {
            let recent = recent.get(slot)?.get();
            if recent.of == of { recent.callsite } else { None }
        });
        if let Ok(Some(callsite)) = near {
            return callsite;
        }
        let callsite = self.find(metadata, of.1);
        let _ = RECENT.try_with(|recent| {
            if let Some(slot) = recent.get(slot) {
                slot.set(Recent { of, callsite: Some(callsite) });
            }
        });
        callsite
    }

    /// All that were met.
    pub(super) fn all(&self) -> Vec<&'static Callsite> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).values().copied().collect()
    }

    fn find(&self, metadata: &'static Metadata<'static>, address: usize) -> &'static Callsite {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(callsite) = known.get(&address) {
            return callsite;
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let new = || &*Box::leak(Box::new(Callsite::new(metadata, self)));
        known.entry(address).or_insert_with(new)
    }
}

//! The last document of each group: written anew only if an answer in it has changed.
//!
//! Whoever asks, asks the checks; what they say is mostly what they said before. Comparing that is
//! cheaper than writing it down again.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::{
    health::{Check, CheckReport, Composite, HealthGroup, HealthGroups, gather},
    model::{call::ApiVersion, reply::Reply},
};

/// One document for each group and version of the JSON.
#[derive(Debug)]
pub struct Documents {
    slots: Vec<Slot>,
}

/// Where the last document of a group in one version stands.
pub type Slot = Mutex<Option<Arc<Document>>>;

/// A document, and what it was written of.
#[derive(Debug)]
pub struct Document {
    root: Arc<Composite>,
    checks: Vec<Arc<Check>>,
    reports: Vec<Arc<CheckReport>>,
    status: u16,
    body: Bytes,
}

impl Documents {
    /// No document yet.
    pub fn new(groups: &HealthGroups) -> Self {
        let count = 2 * (1 + groups.names().len());
        Self { slots: (0..count).map(|_| Slot::default()).collect() }
    }

    /// The slot of a group.
    pub fn slot(
        &self,
        groups: &HealthGroups,
        group: &HealthGroup,
        version: ApiVersion,
    ) -> Option<&Slot> {
        let named = groups.names().iter().position(|name| *name == group.name);
        let index = 2 * named.map_or(0, |index| index + 1);
        self.slots.get(index + usize::from(version == ApiVersion::V3))
    }
}

/// What is asked of the checks of a group, with the document of the last time.
#[derive(Debug)]
pub struct Question {
    last: Option<Arc<Document>>,
    root: Arc<Composite>,
    /// The checks, if there is no document to take them from.
    gathered: Vec<Arc<Check>>,
}

impl Question {
    /// The question to all members of `group`.
    pub fn new(slot: &Slot, root: Arc<Composite>, group: &HealthGroup) -> Self {
        let last = slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let last = last.filter(|last| Arc::ptr_eq(&last.root, &root));
        let gathered = match &last {
            Some(_) => Vec::new(),
            None => gather(&root, &[], group, &|_, _| true).unwrap_or_default(),
        };
        Self { last, root, gathered }
    }

    /// The tree that is asked.
    pub fn root(&self) -> &Composite {
        &self.root
    }

    /// The checks that are asked.
    pub fn checks(&self) -> &[Arc<Check>] {
        self.last.as_ref().map_or(&self.gathered, |last| &last.checks)
    }

    /// The last document, if these reports say the same.
    pub fn answered_by(&self, reports: &[Arc<CheckReport>]) -> Option<Reply> {
        let last = self.last.as_ref()?;
        let says_the_same =
            last.reports.iter().zip(reports).all(|(before, now)| {
                Arc::ptr_eq(before, now) || before.health.looks_like(&now.health)
            });
        says_the_same.then(|| Reply::Json { status: last.status, body: last.body.clone() })
    }

    /// Keeps the document that was written of these reports.
    pub fn keep(self, slot: &Slot, reports: Vec<Arc<CheckReport>>, reply: &Reply) {
        let Reply::Json { status, body } = reply else { return };
        let checks = self.checks().to_vec();
        let (status, body) = (*status, body.clone());
        let document = Document { root: self.root, checks, reports, status, body };
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(document));
    }
}

//! The beginnings of bodies: copied while they go by, shown with their secrets hidden.

mod json;
mod kind;
mod pairs;
mod xml;

use std::{
    borrow::Cow,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use self::kind::TextKind;
pub(super) use self::pairs::masked_pairs;
use super::{Direction, ExchangeBody, settings::BodySettings};
use crate::model::sanitizer::Sanitizer;

/// The bodies of one exchange. They end when they like, mostly after the exchange was recorded.
#[derive(Debug)]
pub(crate) struct Bodies {
    settings: BodySettings,
    request: OnceLock<CapturedBody>,
    response: OnceLock<CapturedBody>,
    /// What they may come to, in bytes.
    reserved: AtomicUsize,
}

impl Bodies {
    /// Those of an exchange that begins.
    pub(crate) fn new(settings: BodySettings) -> Self {
        Self {
            settings,
            request: OnceLock::new(),
            response: OnceLock::new(),
            reserved: AtomicUsize::new(size_of::<Self>()),
        }
    }

    /// Begins to copy a body, if it is to be recorded. `length` is its length, if that is known.
    pub(crate) fn capture(
        self: &Arc<Self>,
        direction: Direction,
        head: BodyHead<'_>,
    ) -> Option<BodyCapture> {
        let is_wanted = match direction {
            Direction::Request => self.settings.request,
            Direction::Response => self.settings.response,
        };
        if !is_wanted {
            return None;
        }
        let kind = TextKind::of(&head);
        let length = head.length.and_then(|length| usize::try_from(length).ok());
        let limit = match kind {
            Some(_) => length.unwrap_or(usize::MAX).min(self.settings.max_size),
            None => 0,
        };
        self.reserved.fetch_add(limit, Ordering::Relaxed);
        let body = CapturedBody { kind, bytes: Vec::new(), size: 0, is_complete: false };
        Some(BodyCapture { bodies: Arc::clone(self), direction, limit, body })
    }

    /// A body that has ended.
    pub(super) fn get(&self, direction: Direction) -> Option<&CapturedBody> {
        self.slot(direction).get()
    }

    /// The bytes that the bodies take or may come to.
    pub(super) fn weight(&self) -> usize {
        self.reserved.load(Ordering::Relaxed)
    }

    fn slot(&self, direction: Direction) -> &OnceLock<CapturedBody> {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
        }
    }
}

/// What is known of a body before it comes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BodyHead<'h> {
    /// The value of `Content-Type`.
    pub(crate) content_type: Option<&'h str>,
    /// Whether there is a `Content-Encoding`, so that the bytes are no text.
    pub(crate) is_encoded: bool,
    /// The length in bytes, if it is known.
    pub(crate) length: Option<u64>,
}

/// Copies one body. When it is dropped the body has ended, one way or the other.
#[derive(Debug)]
pub(crate) struct BodyCapture {
    bodies: Arc<Bodies>,
    direction: Direction,
    limit: usize,
    body: CapturedBody,
}

impl BodyCapture {
    /// Some bytes went by.
    pub(crate) fn data(&mut self, bytes: &[u8]) {
        self.body.size = self.body.size.saturating_add(bytes.len() as u64);
        let room = self.limit.saturating_sub(self.body.bytes.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        if !kept.is_empty() {
            self.body.bytes.reserve_exact(kept.len());
            self.body.bytes.extend_from_slice(kept);
        }
    }

    /// All bytes went by.
    pub(crate) fn complete(&mut self) {
        self.body.is_complete = true;
    }
}

impl Drop for BodyCapture {
    fn drop(&mut self) {
        let body = std::mem::take(&mut self.body);
        // There is one body of each direction; a second one would be a retry inside.
        let _ = self.bodies.slot(self.direction).set(body);
    }
}

/// A body that has ended.
#[derive(Debug, Default)]
pub(super) struct CapturedBody {
    kind: Option<TextKind>,
    bytes: Vec<u8>,
    size: u64,
    is_complete: bool,
}

impl CapturedBody {
    /// The body as text, with everything hidden that the sanitiser hides.
    pub(super) fn show(&self, sanitizer: &Sanitizer) -> ExchangeBody {
        let is_cut = self.size > self.bytes.len() as u64;
        let text = self.kind.map(|kind| {
            let text = text(&self.bytes);
            let may_be_cut = is_cut || !self.is_complete;
            match kind {
                TextKind::Json => json::masked(&text, may_be_cut, sanitizer),
                TextKind::Form => masked_pairs(&text, sanitizer),
                TextKind::Xml => xml::masked(&text, sanitizer),
                TextKind::Plain => sanitizer.sanitize_text(&text).into_owned(),
            }
        });
        ExchangeBody {
            size: self.size,
            is_truncated: is_cut && text.is_some(),
            text,
            is_complete: self.is_complete,
        }
    }
}

/// The bytes as text; a character that was cut at the end is left out.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default())
        }
        _ => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

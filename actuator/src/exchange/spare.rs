//! Buffers of forgotten exchanges, which each thread keeps for requests to come.

use std::cell::RefCell;

use super::draft::Draft;

/// Buffers that a thread keeps: so many requests of it may be in progress without an allocation.
const MOST: usize = 16;

thread_local! {
    static SPARE: RefCell<Spare> = const { RefCell::new(Vec::new()) };
}

type Spare = Vec<Box<Draft>>;

/// An empty draft, if possible one whose buffer was in use before.
pub(super) fn take() -> Box<Draft> {
    // While a thread ends there is none.
    let kept = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop());
    kept.ok().flatten().unwrap_or_default()
}

/// Keeps the buffer of a draft, unless there are enough.
#[inline]
pub(super) fn keep(mut draft: Box<Draft>) {
    draft.clear();
    let _ = SPARE.try_with(|spare| {
        if let Ok(mut spare) = spare.try_borrow_mut()
            && spare.len() < MOST
        {
            spare.push(draft);
        }
    });
}

/// How many buffers this thread keeps.
#[cfg(test)]
pub(super) fn count() -> usize {
    SPARE.with(|spare| spare.borrow().len())
}

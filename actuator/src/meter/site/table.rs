//! A small table that is written rarely and read without a lock: the handles of a site by how
//! calls have ended.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Ending;

/// So many endings are told apart at a site; there are as many types of errors as instances of a
/// generic function, or as many names as the application makes up.
const LIMIT: usize = 16;

/// Handles by ending.
#[derive(Debug)]
pub(super) struct Table<H> {
    entries: [OnceLock<(Ending, Arc<H>)>; LIMIT],
    writing: Mutex<()>,
}

impl<H> Default for Table<H> {
    fn default() -> Self {
        Self { entries: [const { OnceLock::new() }; LIMIT], writing: Mutex::default() }
    }
}

impl<H> Table<H> {
    /// The handle for an ending; `make` makes it the first time. With a full table it is that of
    /// [`OTHERS`]. `None` if there is none to be made.
    pub(super) fn get(
        &self,
        ending: Ending,
        make: impl FnOnce(Ending) -> Option<Arc<H>>,
    ) -> Option<&Arc<H>> {
        if let Some(handle) = self.find(ending) {
            return Some(handle);
        }
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.entries.iter().position(|entry| entry.get().is_none());
        // The last place is kept for all that find no other.
        let ending = if free.is_none_or(|free| free >= LIMIT - 1) { OTHERS } else { ending };
        if let Some(handle) = self.find(ending) {
            return Some(handle);
        }
        let handle = make(ending)?;
        let entry = self.entries.get(free?)?;
        let (_, handle) = entry.get_or_init(|| (ending, handle));
        drop(writing);
        Some(handle)
    }

    fn find(&self, ending: Ending) -> Option<&Arc<H>> {
        let known = self.entries.iter().map_while(OnceLock::get);
        known.filter(|(known, _)| *known == ending).map(|(_, handle)| handle).next()
    }
}

/// All endings for which there was no room.
const OTHERS: Ending = Ending::Failure(super::Failure::Named("_overflow_"));

#[cfg(test)]
mod tests {
    use super::{super::Failure, *};

    fn named(number: usize) -> Ending {
        Ending::Failure(Failure::Named(Box::leak(number.to_string().into_boxed_str())))
    }

    #[test]
    fn each_ending_is_resolved_once_and_too_many_share_one() {
        let table: Table<Ending> = Table::default();
        let mut made = Vec::new();
        for _ in 0..2 {
            for number in 0..100 {
                let ending = named(number);
                let handle = table.get(ending, |ending| {
                    made.push(ending);
                    Some(Arc::new(ending))
                });
                let expected = if number < LIMIT - 1 { ending } else { OTHERS };
                assert_eq!(**handle.unwrap(), expected);
            }
        }
        assert_eq!(made.len(), LIMIT);
    }

    #[test]
    fn what_cannot_be_made_is_asked_for_again() {
        let table: Table<u8> = Table::default();
        assert!(table.get(Ending::Panic, |_| None).is_none());
        assert_eq!(table.get(Ending::Panic, |_| Some(Arc::new(7))).map(|seven| **seven), Some(7));
    }
}

//! What the receiver has taken, where it wants only what is new: the last reading of each series,
//! and since when.
//!
//! A push that is not taken changes nothing here, so the next one holds its values too: nothing is
//! lost while a receiver is away. One whose answer got lost is counted twice.

use std::{collections::HashMap, time::SystemTime};

use super::reading::Reading;

/// The account of all series.
#[derive(Debug, Default)]
pub(super) struct Taken {
    entries: HashMap<Key, Entry>,
    /// Counts the pushes, to find what was not seen in the last one.
    push: u64,
}

/// The name of a family and the labels of one of its series.
pub(super) type Key = (String, String);

#[derive(Debug)]
struct Entry {
    reading: Reading,
    at: SystemTime,
    created: SystemTime,
    push: u64,
}

/// A reading that is on its way.
#[derive(Debug)]
pub(super) struct Sent {
    key: Key,
    /// What is remembered of it.
    reading: Reading,
    at: SystemTime,
    created: SystemTime,
}

impl Taken {
    /// What is new of what a series says at a moment, since when, and what to remember of it once
    /// it is taken. `created` is since when there is this series.
    pub(super) fn news(
        &self,
        key: Key,
        reading: Reading,
        at: SystemTime,
        created: SystemTime,
    ) -> (Reading, SystemTime, Option<Sent>) {
        let remembered = reading.remembered();
        let known = self.entries.get(&key).filter(|entry| entry.created == created);
        let (news, since) = match known {
            Some(entry) => (reading.since(&entry.reading), entry.at),
            None => (reading, created),
        };
        (news, since, remembered.map(|reading| Sent { key, reading, at, created }))
    }

    /// The receiver took these.
    pub(super) fn take(&mut self, sent: Vec<Sent>) {
        for Sent { key, reading, at, created } in sent {
            self.entries.insert(key, Entry { reading, at, created, push: self.push });
        }
    }

    /// The receiver took all there is: what was not among it is gone.
    pub(super) fn end_push(&mut self) {
        let push = self.push;
        self.entries.retain(|_, entry| entry.push == push);
        self.push += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// What is new of a sum, and since when; and how to say that it was taken.
    fn news(taken: &Taken, value: f64, created: u64, now: u64) -> (f64, SystemTime, Sent) {
        named(taken, "orders", value, created, now)
    }

    fn named(
        taken: &Taken,
        name: &str,
        value: f64,
        from: u64,
        now: u64,
    ) -> (f64, SystemTime, Sent) {
        let key = (name.to_owned(), String::new());
        let (news, since, sent) = taken.news(key, Reading::Sum(value, None), at(now), at(from));
        let Reading::Sum(new, _) = news else { panic!("{news:?}") };
        (new, since, sent.unwrap())
    }

    #[test]
    fn what_was_taken_is_not_sent_again_and_what_was_not_is() {
        let mut taken = Taken::default();
        let (new, since, sent) = news(&taken, 3.0, 1, 10);
        assert_eq!((new, since), (3.0, at(1)));
        taken.take(vec![sent]);
        taken.end_push();
        // Neither of these is taken.
        for (value, now) in [(5.0, 20), (9.0, 30)] {
            let (new, since, _) = news(&taken, value, 1, now);
            assert_eq!((new, since), (value - 3.0, at(10)));
        }
    }

    #[test]
    fn a_series_that_went_and_came_again_is_a_new_one() {
        let mut taken = Taken::default();
        let (.., sent) = news(&taken, 3.0, 1, 10);
        taken.take(vec![sent]);
        taken.end_push();
        let (new, since, _) = news(&taken, 4.0, 15, 20);
        assert_eq!((new, since), (4.0, at(15)));
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let mut taken = Taken::default();
        for names in [&["a", "b"][..], &["b"]] {
            let sent = names.iter().map(|name| named(&taken, name, 1.0, 1, 10).2).collect();
            taken.take(sent);
            taken.end_push();
        }
        assert_eq!(taken.entries.len(), 1);
    }
}

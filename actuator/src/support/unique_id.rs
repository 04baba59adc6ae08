//! Ids that nobody else makes: no other thread, process, machine or fork, and without a system
//! call or an allocation for each.
//!
//! They are unique and not secret: who has seen some may guess others.

use std::{
    cell::RefCell,
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    time::{Instant, SystemTime},
};

thread_local! {
    static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
}

/// A number; `now` makes it differ from what a fork of this process counts.
#[inline]
pub fn number(now: Instant) -> u128 {
    with_source(|source| source.next(now))
}

/// A number that is not 0, as spans have it.
pub fn short_number(now: Instant) -> u64 {
    let half = number(now) >> 64;
    u64::try_from(half).unwrap_or_default().max(1)
}

/// The text of a random UUID (version 4 of RFC 9562), in lower case.
#[inline]
pub fn uuid(now: Instant) -> [u8; 36] {
    uuid_text(version_4(number(now)))
}

fn with_source<T>(work: impl FnOnce(&mut Source) -> T + Copy) -> T {
    let kept = SOURCE.try_with(|kept| {
        let mut kept = kept.try_borrow_mut().ok()?;
        Some(work(kept.get_or_insert_with(Source::new)))
    });
    // A thread that ends has none any more.
    kept.ok().flatten().unwrap_or_else(|| work(&mut Source::new()))
}

/// What a thread makes ids of.
struct Source {
    seed: (u64, u64),
    made: u64,
    began: Instant,
}

impl Source {
    /// The hasher's keys are random numbers of the operating system's, for each thread.
    fn new() -> Self {
        let here = (std::process::id(), SystemTime::now(), std::thread::current().id());
        Self {
            seed: (RandomState::new().hash_one(here), RandomState::new().hash_one(here)),
            made: 0,
            began: Instant::now(),
        }
    }

    /// The rounds of a Feistel network, so that no two of this source are the same. A fork has the
    /// same seed and count, and another time.
    fn next(&mut self, now: Instant) -> u128 {
        self.made = self.made.wrapping_add(1);
        let passed = now.saturating_duration_since(self.began);
        let nanos = passed.as_secs().wrapping_mul(1_000_000_000) ^ u64::from(passed.subsec_nanos());
        let (mut left, mut right) = (self.seed.0 ^ self.made, self.seed.1 ^ nanos);
        left ^= mixed(right);
        right ^= mixed(left);
        left ^= mixed(right);
        u128::from(left) << 64 | u128::from(right)
    }
}

/// The finaliser of `SplitMix64`.
#[inline]
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

fn version_4(number: u128) -> u128 {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0b11 << 62;
    number & !VERSION & !VARIANT | 4 << 76 | 0b10 << 62
}

/// The digits in groups of 8, 4, 4, 4 and 12.
#[inline]
fn uuid_text(number: u128) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let [first, second, third, fourth] = words(number).map(hex);
    let ([time_mid, version], [variant, node]) = (halves(second), halves(third));
    put(&mut text, 0, first);
    put(&mut text, 9, time_mid);
    put(&mut text, 14, version);
    put(&mut text, 19, variant);
    put(&mut text, 24, node);
    put(&mut text, 28, fourth);
    text
}

/// Of sizes that the compiler knows, so that each is one move.
#[inline]
fn put<const N: usize>(text: &mut [u8; 36], at: usize, digits: [u8; N]) {
    if let Some(place) = text.get_mut(at..at + N) {
        place.copy_from_slice(&digits);
    }
}

fn halves(digits: [u8; 8]) -> [[u8; 4]; 2] {
    let [a0, a1, a2, a3, b0, b1, b2, b3] = digits;
    [[a0, a1, a2, a3], [b0, b1, b2, b3]]
}

fn words(number: u128) -> [u32; 4] {
    [96, 64, 32, 0].map(|shift| {
        let word = number >> shift & u128::from(u32::MAX);
        u32::try_from(word).unwrap_or_default()
    })
}

/// Eight digits at once: each half byte is moved into a byte of its own, then made a digit.
#[inline]
fn hex(word: u32) -> [u8; 8] {
    let mut wide = u64::from(word);
    wide = (wide << 16 | wide) & 0x0000_ffff_0000_ffff;
    wide = (wide << 8 | wide) & 0x00ff_00ff_00ff_00ff;
    wide = (wide << 4 | wide) & 0x0f0f_0f0f_0f0f_0f0f;
    // Those of 10 and more carry into the upper half.
    let letters = (wide + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (wide + 0x3030_3030_3030_3030 + letters * 0x27).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn uuids_are_of_version_4_and_no_two_are_the_same_in_all_threads() {
        let make = || (0..20_000).map(|_| uuid(Instant::now())).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let mut seen = HashSet::new();
        for made in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            let text = std::str::from_utf8(&made).unwrap();
            assert_eq!(text.len(), 36, "{text}");
            for (place, c) in text.char_indices() {
                let fits = match place {
                    8 | 13 | 18 | 23 => c == '-',
                    14 => c == '4',
                    19 => "89ab".contains(c),
                    _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
                };
                assert!(fits, "{text}");
            }
            assert!(seen.insert(made), "{text} came twice");
        }
    }

    #[test]
    fn a_fork_with_the_same_seed_and_count_makes_other_ids_at_another_time() {
        let (mut parent, mut child) = (Source::new(), Source::new());
        child.seed = parent.seed;
        child.began = parent.began;
        let now = Instant::now();
        assert_eq!(parent.next(now), child.next(now));
        assert_ne!(parent.next(now), child.next(now + std::time::Duration::from_nanos(1)));
    }

    #[test]
    fn a_number_is_written_digit_by_digit() {
        let written = words(0x0123_4567_89ab_cdef_0099_aaff_f00d_beef).map(hex).concat();
        assert_eq!(written, b"0123456789abcdef0099aafff00dbeef");
    }
}

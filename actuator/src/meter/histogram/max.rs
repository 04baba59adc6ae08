//! The largest value of late: a maximum over a ring of time windows.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Micrometer's `bufferLength`: a value is forgotten after so many windows.
const WINDOWS: u64 = 3;

/// Each slot holds the number of its window in the upper bits and the upper bits of its largest
/// value in the lower ones, so that one compare-and-swap begins a window and sets its first value.
#[derive(Debug, Default)]
pub(super) struct WindowMax {
    slots: [AtomicU64; 3],
}

/// Without its sign and the last bits of its mantissa a float takes 52 bits: 41 of mantissa, which
/// are 12 decimal digits, and whole numbers up to 4·10^12 (of nanoseconds: an hour) exactly.
const VALUE_BITS: u32 = 52;
const VALUE_MASK: u64 = (1 << VALUE_BITS) - 1;
const DROPPED_BITS: u32 = 11;
const EXACT: f64 = 4e12;
/// The numbers of windows come round after 4,096: with 40 seconds each, in 45 hours.
const WINDOW_MASK: u64 = u64::MAX >> VALUE_BITS;

impl WindowMax {
    /// Records a value that is at least 0, in window number `window`.
    pub(super) fn record(&self, value: f64, window: u64) {
        let number = number(window);
        // Rounded, not cut, to the bits that are kept.
        let bits = (value.to_bits() + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS;
        let packed = (number << VALUE_BITS) | (bits & VALUE_MASK);
        let Some(slot) = self.slots.get(ring_index(window)) else { return };
        let mut seen = slot.load(Relaxed);
        // Another window's value gives way whatever it is; this window's only to a larger one.
        while seen >> VALUE_BITS != number || seen < packed {
            match slot.compare_exchange_weak(seen, packed, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    /// The largest value of window number `window` and the two before it; 0 if there is none.
    pub(super) fn value(&self, window: u64) -> f64 {
        let mut largest = 0;
        for slot in &self.slots {
            let packed = slot.load(Relaxed);
            if packed == 0 {
                continue;
            }
            let age = (number(window) + WINDOW_MASK - (packed >> VALUE_BITS)) % WINDOW_MASK;
            // Who records may be a window ahead of who reads.
            if age < WINDOWS || age == WINDOW_MASK - 1 {
                largest = largest.max(packed & VALUE_MASK);
            } else {
                // Forgotten for good, so that it cannot come back when numbers come round.
                let _ = slot.compare_exchange(packed, 0, Relaxed, Relaxed);
            }
        }
        // The largest numbers are rounded up beyond themselves.
        rounded(f64::from_bits(largest << DROPPED_BITS).min(f64::MAX))
    }
}

/// Never 0, which is an empty slot.
fn number(window: u64) -> u64 {
    window % WINDOW_MASK + 1
}

fn ring_index(window: u64) -> usize {
    usize::try_from(window % WINDOWS).unwrap_or(0)
}

/// To the decimal digits that are known: 0.1 comes back as 0.1.
fn rounded(value: f64) -> f64 {
    if value.fract() == 0.0 && value < EXACT {
        return value;
    }
    format!("{value:.11e}").parse().unwrap_or(value)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are kept exactly")]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_the_last_three_windows_is_known() {
        let max = WindowMax::default();
        max.record(500.0, 0);
        max.record(20.0, 1);
        assert_eq!(max.value(2), 500.0);
        assert_eq!(max.value(3), 20.0);
        assert_eq!(max.value(4), 0.0);
    }

    #[test]
    fn a_slot_that_comes_round_again_starts_from_its_own_values() {
        let max = WindowMax::default();
        max.record(500.0, 0);
        max.record(1.0, 3);
        assert_eq!(max.value(3), 1.0);
    }

    #[test]
    fn what_was_forgotten_does_not_come_back_when_numbers_come_round() {
        let max = WindowMax::default();
        max.record(500.0, 0);
        assert_eq!(max.value(100), 0.0);
        assert_eq!(max.value(WINDOW_MASK), 0.0);
    }

    #[test]
    fn a_value_of_a_window_that_has_just_begun_is_not_taken_for_an_old_one() {
        let max = WindowMax::default();
        max.record(500.0, 8);
        assert_eq!(max.value(7), 500.0);
        assert_eq!(max.value(8), 500.0);
    }

    #[test]
    fn numbers_that_come_round_forget_nothing_early() {
        let max = WindowMax::default();
        max.record(500.0, WINDOW_MASK - 1);
        assert_eq!(max.value(WINDOW_MASK + 1), 500.0);
        assert_eq!(max.value(WINDOW_MASK + 2), 0.0);
    }

    #[test]
    fn the_largest_number_is_not_infinite() {
        let max = WindowMax::default();
        max.record(f64::MAX, 0);
        assert!(max.value(0) > 1.797e308 && max.value(0).is_finite());
    }

    #[test]
    fn values_come_back_as_they_were_recorded() {
        for value in [0.0, 0.1, 1e-9, 0.123_456_789_012, 3.0, 4_711.5, 1e12, 1e300] {
            let max = WindowMax::default();
            max.record(value, 7);
            assert_eq!(max.value(7), value);
        }
    }
}

//! From our buckets of even relative width to those of an OTLP exponential histogram, no finer
//! and no more than wanted.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;

use crate::meter::ExponentialSnapshot;

/// The coarsest scale of the OpenTelemetry data model: one bucket for a factor of 2^1024.
const SMALLEST_SCALE: i32 = -10;

/// How fine, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolution {
    /// The largest scale.
    pub(super) scale: i32,
    /// The most buckets.
    pub(super) buckets: usize,
}

impl Resolution {
    /// The buckets, and the scale that they have.
    pub(super) fn apply(self, snapshot: &ExponentialSnapshot) -> (Buckets, i32) {
        let mut scale = i32::from(snapshot.schema);
        // Index i of ours ends at base^i, that of OTLP begins there.
        let mut buckets =
            Buckets { offset: snapshot.offset - 1, bucket_counts: snapshot.counts.clone() };
        while scale > SMALLEST_SCALE
            && (scale > self.scale || buckets.bucket_counts.len() > self.buckets)
        {
            buckets = halved(&buckets);
            scale -= 1;
        }
        (buckets, scale)
    }
}

/// Two neighbours become one: those of indices 2n and 2n + 1.
fn halved(buckets: &Buckets) -> Buckets {
    let offset = buckets.offset >> 1;
    let lonely = usize::from(buckets.offset & 1 == 1);
    let (first, pairs) = buckets.bucket_counts.split_at_checked(lonely).unwrap_or_default();
    let first = first.iter().copied();
    let bucket_counts = first.chain(pairs.chunks(2).map(|pair| pair.iter().sum())).collect();
    Buckets { offset, bucket_counts }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn snapshot(offset: i32, counts: &[u64]) -> ExponentialSnapshot {
        let (counts, count) = (counts.to_vec(), counts.iter().sum());
        ExponentialSnapshot { schema: 3, zero: 0, offset, counts, count, sum: 0.0 }
    }

    #[test]
    fn what_is_fine_enough_and_few_enough_is_moved_by_one() {
        // 1.0 has our index 0, for (2^(-1/8), 1]; OTLP calls that -1.
        let fine = Resolution { scale: 20, buckets: 160 };
        let (buckets, scale) = fine.apply(&snapshot(0, &[7]));
        assert_eq!((buckets.offset, buckets.bucket_counts, scale), (-1, vec![7], 3));
    }

    #[test]
    fn neighbours_are_joined_until_there_are_few_enough() {
        // Indices -3 to 3 in OTLP; -3 joins -4, which is empty.
        let counts = snapshot(-2, &[1, 2, 3, 4, 5, 6, 7]);
        let (buckets, scale) = Resolution { scale: 20, buckets: 4 }.apply(&counts);
        assert_eq!((buckets.offset, scale), (-2, 2));
        assert_eq!(buckets.bucket_counts, [1, 5, 9, 13]);
        let (buckets, scale) = Resolution { scale: 1, buckets: 160 }.apply(&counts);
        assert_eq!((buckets.offset, scale, buckets.bucket_counts), (-1, 1, vec![6, 22]));
    }

    #[test]
    fn no_resolution_makes_it_run_for_ever() {
        for counts in [&[][..], &[1, 1], &[1; 500]] {
            for offset in [-1000, -1, 0, 1, 1000] {
                let (_, scale) =
                    Resolution { scale: 3, buckets: 0 }.apply(&snapshot(offset, counts));
                assert!((SMALLEST_SCALE..=3).contains(&scale));
            }
        }
    }

    proptest! {
        #[test]
        fn a_bucket_that_is_joined_holds_what_its_parts_held(
            offset in -200_i32..200,
            counts in proptest::collection::vec(0_u64..9, 0..40),
            scale in 0_i32..3,
        ) {
            let (buckets, _) = Resolution { scale, buckets: 1000 }.apply(&snapshot(offset, &counts));
            for (index, count) in (buckets.offset..).zip(&buckets.bucket_counts) {
                let parts = counts.iter().zip(offset - 1..);
                let parts = parts.filter(|(_, part)| part >> (3 - scale) == index);
                prop_assert_eq!(*count, parts.map(|(count, _)| count).sum::<u64>());
            }
            prop_assert_eq!(buckets.bucket_counts.iter().sum::<u64>(), counts.iter().sum::<u64>());
        }
    }
}

//! Whatever an allocator writes.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::dump::{HeapDump, SampledStack, read};
use crate::support::odd_text::odd_text;

fn dump() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        odd_text("heap_v2/[0-9]{0,20}\n((@ (0x)?[0-9a-f]{0,17} ?|  t\\*: [0-9]{0,21}: ?-?[0-9]{0,21} \\[0: 0\\]|MAPPED_LIBRARIES:)\n){0,12}")
            .prop_map(String::into_bytes),
    ]
}

/// Enough for every sum that jemalloc can write.
fn sampled() -> impl Strategy<Value = SampledStack> {
    (prop::collection::vec(any::<u64>(), 1..20), any::<u64>(), any::<u64>())
        .prop_map(|(addresses, objects, bytes)| SampledStack { addresses, objects, bytes })
}

proptest! {
    #[test]
    fn a_dump_is_read_or_refused_and_has_no_more_stacks_than_lines(text in dump()) {
        if let Ok(HeapDump { interval, stacks }) = read(&*text) {
            prop_assert!(interval > 0);
            prop_assert!(stacks.len() <= text.split(|byte| *byte == b'\n').count());
            prop_assert!(stacks.iter().all(|stack| stack.addresses.len() <= 512));
        }
    }

    #[test]
    fn every_stack_that_holds_something_is_there_with_its_addresses(
        interval in 1_u64.., stacks in prop::collection::vec(sampled(), 0..8),
    ) {
        let mut text = format!("heap_v2/{interval}\n  t*: 1: 1 [0: 0]\n");
        for SampledStack { addresses, objects, bytes } in &stacks {
            let addresses: Vec<String> = addresses.iter().map(|at| format!("{at:#x}")).collect();
            let addresses = addresses.join(" ");
            let _ = write!(text, "@ {addresses}\n  t*: {objects}: {bytes} [0: 0]\n");
        }
        let read = read(text.as_bytes()).unwrap().stacks;
        let held: Vec<&SampledStack> = stacks.iter().filter(|stack| stack.objects > 0).collect();
        prop_assert_eq!(read.len(), held.len());
        for (read, held) in read.iter().zip(held) {
            prop_assert_eq!(&read.addresses, &held.addresses);
            // What was not sampled is added, so there is no less; but for what a float can tell.
            prop_assert!(read.objects >= held.objects - held.objects / 1_000_000_000 - 1);
        }
    }
}

//! Whatever callers say of their requests.

use proptest::prelude::*;

use super::{
    request::RequestContext,
    trace_context::{TraceParent, trace_state},
};

proptest! {
    #[test]
    fn a_parent_is_read_or_none_and_written_as_it_was(
        text in "\\PC{0,60}|0[0-2]-[0-9a-f]{30,33}-[0-9a-f]{15,17}-[0-9a-f]{2}(-x)?",
        trace_id in 1_u128..,
        parent_id in 1_u64..,
        is_sampled: bool,
        is_random: bool,
    ) {
        let _ = TraceParent::parse(&text);
        let parent = TraceParent { trace_id, parent_id, is_sampled, is_random };
        prop_assert_eq!(TraceParent::parse(&parent.to_string()), Some(parent));
    }

    #[test]
    fn a_state_is_bounded_and_fit_for_a_header(
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
    ) {
        if let Some(state) = trace_state(values.iter().map(Vec::as_slice)) {
            prop_assert!(state.len() <= 512 && state.bytes().all(|byte| (b' '..=b'~').contains(&byte) || byte == b'\t'));
        }
    }

    #[test]
    fn an_id_means_nothing_anywhere(id in prop_oneof!["[ -~]{0,140}", "\\PC{0,20}", "[a-zA-Z0-9._:/+=@|~-]{1,128}"]) {
        let is_id = RequestContext::from_id(&id).is_some();
        let is_plain = id.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>{}$`\\&;,%?#()![]*^".contains(&byte));
        prop_assert_eq!(is_id, is_plain && (1..=128).contains(&id.len()), "{}", id);
    }
}

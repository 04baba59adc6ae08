//! W3C Trace Context: which trace a request belongs to.

use std::{fmt, sync::Arc};

/// How much of a `tracestate` is passed on, in bytes: what the specification asks for.
const MAX_STATE: usize = 512;

/// The content of a `traceparent` header, version 00 (<https://www.w3.org/TR/trace-context/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent {
    /// The id of the trace; never 0.
    pub(crate) trace_id: u128,
    /// The id of the caller's span; never 0.
    pub(crate) parent_id: u64,
    /// Whether the caller may have recorded the trace.
    pub(crate) is_sampled: bool,
    /// Whether the id of the trace is known to be random (level 2 of the specification).
    pub(crate) is_random: bool,
}

impl TraceParent {
    /// Reads the value of a header. Later versions may go on after the flags; `None` for what the
    /// specification calls invalid.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let version = hex(parts.next()?, 2)?;
        let trace_id = hex(parts.next()?, 32)?;
        let parent_id = u64::try_from(hex(parts.next()?, 16)?).ok()?;
        let flags = hex(parts.next()?, 2)?;
        let has_more = parts.next().is_some();
        let is_valid = trace_id != 0 && parent_id != 0 && version != 0xff;
        let is_known = version != 0 || !has_more;
        (is_valid && is_known).then_some(Self {
            trace_id,
            parent_id,
            is_sampled: flags & 1 == 1,
            is_random: flags & 2 == 2,
        })
    }
}

/// As the header has it.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.is_sampled) | u8::from(self.is_random) << 1;
        write!(f, "00-{:032x}-{:016x}-{flags:02x}", self.trace_id, self.parent_id)
    }
}

/// The trace that a request belongs to, and its own place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceContext {
    /// What the caller said, or what stands for it in a trace that begins here.
    pub(crate) parent: TraceParent,
    /// The id of the request's own span; never 0.
    pub(crate) span_id: u64,
    /// The `tracestate`, to be passed on as it is.
    pub(crate) state: Option<Arc<str>>,
}

impl TraceContext {
    /// What the calls that the request makes are told: its own span is their parent.
    pub(crate) fn outgoing(&self) -> TraceParent {
        TraceParent { parent_id: self.span_id, ..self.parent }
    }
}

/// The values of `tracestate` headers as one, bounded: members that no longer fit are left out from
/// the end, and what no header may hold makes all of it invalid.
pub(crate) fn trace_state<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Option<Arc<str>> {
    let mut state = String::new();
    for value in values {
        let value = std::str::from_utf8(value).ok()?;
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return None;
        }
        let members = value.split(',').map(|member| member.trim_matches([' ', '\t']));
        for member in members.filter(|member| !member.is_empty()) {
            let comma = usize::from(!state.is_empty());
            if state.len() + comma + member.len() > MAX_STATE {
                return (!state.is_empty()).then(|| state.into());
            }
            if comma == 1 {
                state.push(',');
            }
            state.push_str(member);
        }
    }
    (!state.is_empty()).then(|| state.into())
}

/// Lower-case hexadecimal digits, exactly so many.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != digits || !text.bytes().all(is_hex) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read_and_written() {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parsed = TraceParent::parse(header).unwrap();
        let expected = TraceParent {
            trace_id: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
            parent_id: 0x00f0_67aa_0ba9_02b7,
            is_sampled: true,
            is_random: false,
        };
        assert_eq!((parsed, parsed.to_string().as_str()), (expected, header));
    }

    #[test]
    fn what_is_invalid_is_none_and_later_versions_may_go_on() {
        let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
        for invalid in [
            String::new(),
            format!("00-{ids}"),
            format!("00-{ids}-01-more"),
            format!("ff-{ids}-01"),
            format!("00-{}-01", ids.to_uppercase()),
            format!("00-{}-01", ids.replace('4', "0").replace(|c| c != '-', "0")),
            format!("00-+{}-01", &ids[1..]),
        ] {
            assert_eq!(TraceParent::parse(&invalid), None, "{invalid}");
        }
        assert!(!TraceParent::parse(&format!("00-{ids}-00")).unwrap().is_sampled);
        let later = TraceParent::parse(&format!("01-{ids}-ff-more")).unwrap();
        assert_eq!(later.to_string(), format!("00-{ids}-03"));
    }

    #[test]
    fn a_state_is_passed_on_member_by_member_up_to_its_limit() {
        let state = |values: &[&str]| {
            trace_state(values.iter().map(|value| value.as_bytes())).map(|s| s.to_string())
        };
        assert_eq!(state(&["a=1 , b=2", "", ",c=3"]).as_deref(), Some("a=1,b=2,c=3"));
        for nothing in [&["", " , "] as &[&str], &[], &["a=\u{1b}[31m"], &["a=ü"]] {
            assert_eq!(state(nothing), None, "{nothing:?}");
        }
        let long = "x".repeat(300);
        let whole = state(&[&format!("a={long}"), &format!("b={long}"), "c=1"]);
        assert_eq!(whole, Some(format!("a={long}")));
        assert_eq!(state(&[&"x".repeat(513)]), None);
    }
}

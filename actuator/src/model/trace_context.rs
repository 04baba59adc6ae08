//! W3C Trace Context: which trace a request belongs to.

/// The content of a `traceparent` header, version 00 (<https://www.w3.org/TR/trace-context/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent {
    /// The id of the trace; never 0.
    pub(crate) trace_id: u128,
    /// The id of the caller's span; never 0.
    pub(crate) parent_id: u64,
    /// Whether the caller may have recorded the trace.
    pub(crate) is_sampled: bool,
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
        (is_valid && is_known).then_some(Self { trace_id, parent_id, is_sampled: flags & 1 == 1 })
    }
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
    fn the_example_of_the_specification_is_read() {
        let parsed = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let expected = TraceParent {
            trace_id: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
            parent_id: 0x00f0_67aa_0ba9_02b7,
            is_sampled: true,
        };
        assert_eq!(parsed, Some(expected));
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
        assert!(TraceParent::parse(&format!("01-{ids}-01-more")).is_some());
    }
}

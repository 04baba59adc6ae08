//! Reads an HTTP/1.1 answer as it arrives: status and body (RFC 9112).

/// An answer as far as a probe is interested in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code.
    pub(super) code: u16,
    /// The body, without chunk sizes.
    pub(super) body: Vec<u8>,
}

/// What the bytes that have arrived are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// More has to come.
    Incomplete,
    /// All of it is there.
    Complete(Answer),
    /// Not HTTP/1.
    Invalid,
}

/// How the end of a body is known.
enum Framing {
    Nothing,
    Length(usize),
    Chunked,
    UntilClosed,
}

/// Reads what has arrived; `closed` says that nothing more will.
pub(super) fn parse(mut bytes: &[u8], closed: bool) -> Parsed {
    loop {
        // Whoever does not speak HTTP may never send an empty line.
        let start = bytes.len().min(b"HTTP/1.".len());
        if bytes.get(..start) != b"HTTP/1.".get(..start) {
            return Parsed::Invalid;
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Parsed::Incomplete;
        };
        let (head, body) = bytes.split_at(end);
        let body = body.get(4..).unwrap_or_default();
        let Some((code, framing)) = read_head(head) else { return Parsed::Invalid };
        // Interim answers precede the one that counts.
        if (100..200).contains(&code) {
            bytes = body;
            continue;
        }
        let body = match framing {
            Framing::Nothing => Some(Vec::new()),
            Framing::Length(length) => body.get(..length).map(<[u8]>::to_vec),
            Framing::Chunked => dechunked(body),
            Framing::UntilClosed => closed.then(|| body.to_vec()),
        };
        return body.map_or(Parsed::Incomplete, |body| Parsed::Complete(Answer { code, body }));
    }
}

fn read_head(head: &[u8]) -> Option<(u16, Framing)> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let code = lines.next()?.split(' ').nth(1)?;
    let code: u16 = code.parse().ok().filter(|code| (100..600).contains(code))?;
    if matches!(code, 204 | 304) {
        return Some((code, Framing::Nothing));
    }
    let mut framing = Framing::UntilClosed;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") {
            if !value.eq_ignore_ascii_case("chunked") {
                return None;
            }
            // It wins over a length.
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case("content-length")
            && !matches!(framing, Framing::Chunked)
        {
            framing = Framing::Length(value.parse().ok()?);
        }
    }
    Some((code, framing))
}

/// The data of all chunks, once the last has come.
fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let (size, after) = rest.split_at(end);
        let size = String::from_utf8_lossy(size);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let after = after.get(2..)?;
        body.extend_from_slice(after.get(..size)?);
        rest = after.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn complete(code: u16, body: &str) -> Parsed {
        Parsed::Complete(Answer { code, body: body.as_bytes().to_vec() })
    }

    #[test]
    fn each_framing_ends_where_it_says_and_not_before() {
        for (text, code, body) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
            ("HTTP/1.0 503 \r\nContent-Length:0\r\n\r\n", 503, ""),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\nA\r\n0123456789\r\n0\r\n\r\n",
                200,
                "ok0123456789",
            ),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ] {
            assert_eq!(parse(text.as_bytes(), false), complete(code, body), "{text}");
            let last = text.rfind("0\r\n\r\n").filter(|_| text.contains("chunked"));
            for end in 0..last.unwrap_or(text.len()) {
                assert_eq!(
                    parse(&text.as_bytes()[..end], false),
                    Parsed::Incomplete,
                    "{end} {text}"
                );
            }
        }
        let endless = b"HTTP/1.1 200 OK\r\n\r\nok";
        assert_eq!(parse(endless, false), Parsed::Incomplete);
        assert_eq!(parse(endless, true), complete(200, "ok"));
    }

    #[test]
    fn what_is_no_answer_is_told_apart_at_once() {
        for text in [
            "SSH-2.0-OpenSSH",
            "\u{15}\u{3}\u{1}",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 99 x\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
        ] {
            assert_eq!(parse(text.as_bytes(), false), Parsed::Invalid, "{text}");
        }
        let huge = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n";
        assert_eq!(parse(huge.as_bytes(), true), Parsed::Incomplete);
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_an_answer_or_none(
            odd in prop::collection::vec(any::<u8>(), 0..60),
            text in "HTTP/1[.][01] [0-9]{1,4} ?[a-z]{0,4}(\r\n(content-length|transfer-encoding|x): ?(chunked|[0-9]{0,22}|[0-9a-f]{0,3})){0,3}\r\n\r\n([0-9a-f]{0,18}\r?\n?[a-z]{0,9}){0,3}",
            closed: bool,
        ) {
            let _ = parse(&odd, closed);
            if let Parsed::Complete(answer) = parse(text.as_bytes(), closed) {
                prop_assert!(answer.body.len() <= text.len() && (200..600).contains(&answer.code));
            }
        }
    }
}

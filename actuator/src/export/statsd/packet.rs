//! Lines put together into datagrams that are never longer than allowed.

/// Gathers lines until the next one would not fit.
#[derive(Debug)]
pub(super) struct Packets {
    text: String,
    limit: usize,
    buffered: bool,
}

/// A line that fits into no datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Packets {
    /// Datagrams of at most `limit` bytes; of one line each if they are not `buffered`.
    pub(super) fn new(limit: usize, buffered: bool) -> Self {
        Self { text: String::with_capacity(limit), limit, buffered }
    }

    /// Adds lines that belong together, with line feeds between them: they are never parted, unless
    /// nothing is buffered. What is full is sent first.
    pub(super) fn add(&mut self, lines: &str, send: &mut impl FnMut(&[u8])) -> Result<(), TooLong> {
        if lines.len() > self.limit {
            return Err(TooLong);
        }
        if !self.buffered {
            lines.split('\n').for_each(|line| send(line.as_bytes()));
            return Ok(());
        }
        if !self.text.is_empty() && self.text.len() + 1 + lines.len() > self.limit {
            self.flush(send);
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(lines);
        Ok(())
    }

    /// Sends what is left.
    pub(super) fn flush(&mut self, send: &mut impl FnMut(&[u8])) {
        if !self.text.is_empty() {
            send(self.text.as_bytes());
            self.text.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(limit: usize, buffered: bool, lines: &[String]) -> Vec<String> {
        let mut sent = Vec::new();
        let mut send = |bytes: &[u8]| sent.push(String::from_utf8(bytes.to_vec()).unwrap());
        let mut packets = Packets::new(limit, buffered);
        for line in lines {
            assert_eq!(packets.add(line, &mut send).is_err(), line.len() > limit);
        }
        packets.flush(&mut send);
        packets.flush(&mut send);
        sent
    }

    #[test]
    fn lines_that_belong_together_stay_together() {
        let pair = "gauge:0|g\ngauge:-5|g".to_owned();
        let sent = packed(24, true, &["c:1|c".to_owned(), pair.clone(), "d:1|c".to_owned()]);
        assert_eq!(sent, ["c:1|c", &pair, "d:1|c"]);
        assert_eq!(packed(24, false, &[pair]), ["gauge:0|g", "gauge:-5|g"]);
    }

    proptest! {
        #[test]
        fn every_line_arrives_whole_and_in_order_and_no_datagram_is_too_long(
            lines in prop::collection::vec("[a-zü]{1,60}", 0..50), limit in 20..100_usize
        ) {
            let sent = packed(limit, true, &lines);
            prop_assert!(sent.iter().all(|packet| packet.len() <= limit));
            let arrived: Vec<&str> = sent.iter().flat_map(|packet| packet.split('\n')).collect();
            let expected: Vec<&str> =
                lines.iter().map(String::as_str).filter(|line| line.len() <= limit).collect();
            prop_assert_eq!(arrived, expected);
        }
    }
}

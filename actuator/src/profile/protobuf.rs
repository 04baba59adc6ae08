//! Protocol Buffers, as far as profiles need them: numbers and what has a length.
//! Source: the encoding of protobuf, <https://protobuf.dev/programming-guides/encoding/>.

/// A message that is being written.
#[derive(Debug, Default)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// What was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A number that is not negative; 0 is what a reader takes for granted.
    pub(super) fn unsigned(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.varint(u64::from(field) << 3);
            self.varint(value);
        }
    }

    /// An `int64`: negative numbers take ten bytes.
    pub(super) fn signed(&mut self, field: u32, value: i64) {
        self.unsigned(field, value.cast_unsigned());
    }

    /// A text, an empty one too: the place in a list of texts is what they are known by.
    pub(super) fn text(&mut self, field: u32, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    /// A message within this one.
    pub(super) fn message(&mut self, field: u32, value: &Self) {
        self.bytes(field, &value.bytes);
    }

    /// Several numbers, packed.
    pub(super) fn packed(&mut self, field: u32, values: impl Iterator<Item = u64>) {
        let mut packed = Self::default();
        values.for_each(|value| packed.varint(value));
        if !packed.bytes.is_empty() {
            self.bytes(field, &packed.bytes);
        }
    }

    fn bytes(&mut self, field: u32, value: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(u64::try_from(value.len()).unwrap_or(u64::MAX));
        self.bytes.extend_from_slice(value);
    }

    /// Seven bits a byte, the lowest first.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(lowest(value) | 0x80);
            value >>= 7;
        }
        self.bytes.push(lowest(value));
    }
}

/// The lowest seven bits.
fn lowest(value: u64) -> u8 {
    u8::try_from(value & 0x7f).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_and_messages_are_written_as_the_specification_shows() {
        let mut message = Message::default();
        message.unsigned(1, 150);
        message.text(2, "testing");
        message.packed(6, [3, 270, 86942].into_iter());
        let mut inner = Message::default();
        inner.unsigned(1, 150);
        message.message(3, &inner);
        message.unsigned(4, 0);
        assert_eq!(
            message.into_bytes(),
            b"\x08\x96\x01\x12\x07testing\x32\x06\x03\x8e\x02\x9e\xa7\x05\x1a\x03\x08\x96\x01"
        );
        let mut negative = Message::default();
        negative.signed(1, -2);
        assert_eq!(negative.into_bytes(), b"\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    }
}

//! The few shapes of protobuf's wire format that metrics need. A field that is zero is written
//! too: in the client model absence and zero are not the same.

/// A field whose value is a number of variable length.
pub(super) fn varint(into: &mut Vec<u8>, field: u32, value: u64) {
    tag(into, field, 0);
    raw_varint(into, value);
}

/// As [`varint`], with small negative numbers short (`sint32`, `sint64`).
pub(super) fn zigzag(into: &mut Vec<u8>, field: u32, value: i64) {
    varint(into, field, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
}

/// A field whose value is a float of 64 bits.
pub(super) fn double(into: &mut Vec<u8>, field: u32, value: f64) {
    tag(into, field, 1);
    into.extend_from_slice(&value.to_le_bytes());
}

/// A field whose value is a text or a message that is already written.
pub(super) fn bytes(into: &mut Vec<u8>, field: u32, value: &[u8]) {
    tag(into, field, 2);
    length(into, value.len());
    into.extend_from_slice(value);
}

/// A length, as it stands before a text, a message, and a delimited message.
pub(super) fn length(into: &mut Vec<u8>, length: usize) {
    raw_varint(into, length as u64);
}

fn tag(into: &mut Vec<u8>, field: u32, wire_type: u32) {
    raw_varint(into, u64::from(field << 3 | wire_type));
}

fn raw_varint(into: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        into.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    into.push((value & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_encoding_guide() {
        for (value, encoded) in
            [(0, &[8, 0][..]), (1, &[8, 1]), (150, &[8, 0x96, 1]), (300, &[8, 0xac, 2])]
        {
            let mut written = Vec::new();
            varint(&mut written, 1, value);
            assert_eq!(written, encoded);
        }
        for (value, encoded) in [(0_i64, 0_u8), (-1, 1), (1, 2), (-2, 3)] {
            let mut written = Vec::new();
            zigzag(&mut written, 1, value);
            assert_eq!(written, [8, encoded]);
        }
        let mut largest = Vec::new();
        zigzag(&mut largest, 16, i64::MIN);
        assert_eq!(largest, [0x80, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
        let mut text = Vec::new();
        bytes(&mut text, 2, b"testing");
        assert_eq!(text, b"\x12\x07testing");
    }
}

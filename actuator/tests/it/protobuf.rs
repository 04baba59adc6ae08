//! A small reader of protobuf messages, by what the encoding guide says. What it does not
//! understand is a panic.

/// The fields of a message with their numbers, in their order.
pub(crate) struct Message<'b>(Vec<(u64, Field<'b>)>);

enum Field<'b> {
    Number(u64),
    Double(f64),
    Bytes(&'b [u8]),
}

impl<'b> Message<'b> {
    /// Messages that stand behind their lengths.
    pub(crate) fn delimited(mut rest: &'b [u8]) -> Vec<Self> {
        let mut messages = Vec::new();
        while !rest.is_empty() {
            messages.push(Self::read(delimited(&mut rest)));
        }
        messages
    }

    fn read(mut rest: &'b [u8]) -> Self {
        let mut fields = Vec::new();
        while !rest.is_empty() {
            let tag = varint(&mut rest);
            let field = match tag & 7 {
                0 => Field::Number(varint(&mut rest)),
                1 => Field::Double(f64::from_le_bytes(take(&mut rest, 8).try_into().unwrap())),
                2 => Field::Bytes(delimited(&mut rest)),
                other => panic!("wire type {other}"),
            };
            fields.push((tag >> 3, field));
        }
        Self(fields)
    }

    fn all(&self, number: u64) -> impl Iterator<Item = &Field<'b>> {
        self.0.iter().filter(move |(own, _)| *own == number).map(|(_, field)| field)
    }

    /// The messages in a field.
    pub(crate) fn messages(&self, number: u64) -> Vec<Self> {
        let read = |field: &Field<'b>| match field {
            Field::Bytes(bytes) => Self::read(bytes),
            _ => panic!("{number} is no message"),
        };
        self.all(number).map(read).collect()
    }

    /// The text in a field; empty if there is none.
    pub(crate) fn text(&self, number: u64) -> String {
        match self.all(number).next() {
            Some(Field::Bytes(bytes)) => String::from_utf8(bytes.to_vec()).unwrap(),
            Some(_) => panic!("{number} is no text"),
            None => String::new(),
        }
    }

    /// The number in a field; 0 if there is none.
    pub(crate) fn number(&self, number: u64) -> u64 {
        match self.all(number).next() {
            Some(Field::Number(value)) => *value,
            Some(_) => panic!("{number} is no number"),
            None => 0,
        }
    }

    /// The float in a field; 0 if there is none.
    pub(crate) fn double(&self, number: u64) -> f64 {
        match self.all(number).next() {
            Some(Field::Double(value)) => *value,
            Some(_) => panic!("{number} is no float"),
            None => 0.0,
        }
    }
}

fn delimited<'b>(rest: &mut &'b [u8]) -> &'b [u8] {
    let length = usize::try_from(varint(rest)).unwrap();
    take(rest, length)
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> &'b [u8] {
    let (taken, after) = rest.split_at(length);
    *rest = after;
    taken
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(rest, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return value;
        }
    }
    panic!("a number without an end");
}

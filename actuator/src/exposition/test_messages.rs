//! A reader of protobuf messages that knows the encoding guide and nothing of the writer. What it
//! does not understand, or does not find, is a panic.

/// A field of a message.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    Number(u64),
    Double(f64),
    Bytes(Vec<u8>),
}

/// The fields of a message with their numbers, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message(Vec<(u64, Field)>);

impl Message {
    /// Messages that stand behind their lengths.
    pub(crate) fn delimited(mut rest: &[u8]) -> Vec<Self> {
        let mut messages = Vec::new();
        while !rest.is_empty() {
            let length = usize::try_from(varint(&mut rest)).unwrap();
            messages.push(Self::read(take(&mut rest, length)));
        }
        messages
    }

    fn read(mut rest: &[u8]) -> Self {
        let mut fields = Vec::new();
        while !rest.is_empty() {
            let tag = varint(&mut rest);
            let field = match tag & 7 {
                0 => Field::Number(varint(&mut rest)),
                1 => Field::Double(f64::from_le_bytes(take(&mut rest, 8).try_into().unwrap())),
                2 => {
                    let length = usize::try_from(varint(&mut rest)).unwrap();
                    Field::Bytes(take(&mut rest, length).to_vec())
                }
                other => panic!("wire type {other}"),
            };
            fields.push((tag >> 3, field));
        }
        Self(fields)
    }

    fn all(&self, number: u64) -> impl Iterator<Item = &Field> {
        self.0.iter().filter(move |(own, _)| *own == number).map(|(_, field)| field)
    }

    fn one(&self, number: u64) -> &Field {
        let mut all = self.all(number);
        let field = all.next().unwrap_or_else(|| panic!("no {number} in {self:?}"));
        assert_eq!(all.next(), None, "{number} twice");
        field
    }

    /// The messages in a field.
    pub(crate) fn messages(&self, number: u64) -> Vec<Self> {
        let bytes = |field: &Field| match field {
            Field::Bytes(bytes) => Self::read(bytes),
            other => panic!("{other:?} is no message"),
        };
        self.all(number).map(bytes).collect()
    }

    /// The one message in a field.
    pub(crate) fn message(&self, number: u64) -> Self {
        let [message] = &self.messages(number)[..] else { panic!("not one {number}: {self:?}") };
        message.clone()
    }

    /// The text in a field.
    pub(crate) fn text(&self, number: u64) -> String {
        match self.one(number) {
            Field::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
            other => panic!("{other:?} is no text"),
        }
    }

    /// The number in a field.
    pub(crate) fn number(&self, number: u64) -> u64 {
        match self.one(number) {
            Field::Number(value) => *value,
            other => panic!("{other:?} is no number"),
        }
    }

    /// The float in a field.
    pub(crate) fn double(&self, number: u64) -> f64 {
        match self.one(number) {
            Field::Double(value) => *value,
            other => panic!("{other:?} is no double"),
        }
    }

    /// The signed numbers in a field.
    pub(crate) fn signed(&self, number: u64) -> Vec<i64> {
        let unfold = |field: &Field| match field {
            Field::Number(value) => (value >> 1).cast_signed() ^ -(value & 1).cast_signed(),
            other => panic!("{other:?} is no number"),
        };
        self.all(number).map(unfold).collect()
    }
}

fn varint(rest: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = take(rest, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

fn take<'r>(rest: &mut &'r [u8], length: usize) -> &'r [u8] {
    let (taken, left) = rest.split_at(length);
    *rest = left;
    taken
}

//! TOML: names by its tables, places by its spans.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    ValueKind,
    leaves::{self, Flaw, Leaf, Leaves, Lines, Place},
};

/// The one document of a TOML text.
pub fn parse(text: &str) -> Result<Vec<Vec<Leaf>>, Flaw> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| Flaw {
        place: error.span().map(|span| lines.place(span.start)),
        message: error.message().trim().replace('\n', ", "),
    })?;
    let mut reader = Reader { leaves: Leaves::default(), lines };
    reader.table("", table.get_ref(), 0)?;
    Ok(vec![reader.leaves.into_vec()])
}

struct Reader<'t> {
    leaves: Leaves,
    lines: Lines<'t>,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>, depth: usize) -> Result<(), Flaw> {
        for (key, value) in table {
            self.value(&leaves::below(prefix, key.get_ref()), value, depth)?;
        }
        Ok(())
    }

    fn value(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        depth: usize,
    ) -> Result<(), Flaw> {
        let place = self.lines.place(value.span().start);
        leaves::check_descent(name, depth, place)?;
        match value.get_ref() {
            DeValue::Table(table) => self.table(name, table, depth + 1),
            // As in Spring, an empty list is an empty text: it wins over lists below it.
            DeValue::Array(items) if items.is_empty() => {
                self.leaves.add(name, "", ValueKind::Text, place)
            }
            DeValue::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                self.value(&format!("{name}[{index}]"), item, depth + 1)
            }),
            value => self.scalar(name, value, place),
        }
    }

    fn scalar(&mut self, name: &str, value: &DeValue<'_>, place: Place) -> Result<(), Flaw> {
        let (text, kind) = match value {
            DeValue::Boolean(value) => (value.to_string(), ValueKind::Boolean),
            DeValue::Float(value) => (value.as_str().to_owned(), ValueKind::Number),
            DeValue::Integer(value) => {
                // 0x10 is the number 16; what is larger than any setting keeps its text.
                let text = i128::from_str_radix(value.as_str(), value.radix())
                    .map_or_else(|_| value.to_string(), |number| number.to_string());
                (text, ValueKind::Number)
            }
            DeValue::String(text) => (text.to_string(), ValueKind::Text),
            DeValue::Datetime(value) => (value.to_string(), ValueKind::Text),
            // Both were taken apart by the caller.
            DeValue::Table(_) | DeValue::Array(_) => return Ok(()),
        };
        self.leaves.add(name, text, kind, place)
    }
}

//! Fields whose names have dots, as objects: `http.status` is the `status` of `http`.

use super::naming::FieldKey;

/// As many fields are put into objects; the names of further ones keep their dots, which means
/// the same to Elasticsearch.
const MAX: usize = 128;

/// The fields, by index: key and value, or nothing.
type Shown<'s, 'f> = &'s dyn Fn(usize) -> Option<(&'f FieldKey, &'f str)>;

/// Appends `count` fields as members.
pub(super) fn push<'f>(to: &mut String, count: usize, shown: Shown<'_, 'f>) {
    let mut nest = Nest { count: count.min(MAX), shown, written: 0 };
    nest.level(to, 0, None);
    for (key, value) in (MAX..count).filter_map(shown) {
        super::template::push_member(to, &key.member);
        to.push_str(value);
    }
}

struct Nest<'s, 'f> {
    count: usize,
    shown: Shown<'s, 'f>,
    /// A bit for each field.
    written: u128,
}

impl<'f> Nest<'_, 'f> {
    /// Writes what is `depth` parts deep below the same parts as the field `of`.
    fn level(&mut self, to: &mut String, depth: usize, of: Option<&'f FieldKey>) {
        for index in 0..self.count {
            let Some((key, value)) = (self.shown)(index) else { continue };
            let below = of.is_none_or(|of| key.path.get(..depth) == of.path.get(..depth));
            if self.written >> index & 1 == 1 || !below {
                continue;
            }
            let Some(part) = key.path.get(depth) else { continue };
            push_name(to, part);
            if key.path.len() == depth + 1 {
                // What is a value and an object at once cannot have one name.
                let tail = if self.is_object_too(key, depth) { "_\":" } else { "\":" };
                to.push_str(tail);
                to.push_str(value);
                self.written |= 1 << index;
            } else {
                to.push_str("\":{");
                self.level(to, depth + 1, Some(key));
                to.push('}');
            }
        }
    }

    fn is_object_too(&self, key: &FieldKey, depth: usize) -> bool {
        (0..self.count).filter_map(self.shown).any(|(other, _)| {
            other.path.len() > depth + 1 && other.path.get(..=depth) == key.path.get(..=depth)
        })
    }
}

fn push_name(to: &mut String, part: &str) {
    super::template::push_member(to, ",\"");
    to.push_str(part);
}

//! Lists of labels: the tags of a check, the groups that it joins.

use super::args::Args;

/// What a list of labels is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    /// A word to ask for: anything that can stand between the commas of a query.
    Tag,
    /// The name of a group: a part of a path, and of the names of settings.
    Group,
}

impl Label {
    /// Reads a list of them, and remembers which of them are wrong or stand there twice.
    pub(crate) fn list(self, args: &mut Args, key: &'static str) -> Option<Vec<String>> {
        let mut labels: Vec<String> = Vec::new();
        for (text, place) in args.texts(key)? {
            if let Some(complaint) = self.complaint(&text) {
                args.reject(place, complaint);
            } else if labels.contains(&text) {
                args.reject(place, format!("`{text}` stands here twice; remove one of them"));
            } else {
                labels.push(text);
            }
        }
        Some(labels)
    }

    fn complaint(self, text: &str) -> Option<String> {
        let (rule, example): (&str, &str) = match self {
            Self::Tag => ("a tag is a word without blanks and commas", "slow"),
            Self::Group => ("the name of a group is letters, digits, `-` and `_`", "readiness"),
        };
        if !text.is_empty() && text.chars().all(|c| self.allows(c)) {
            return None;
        }
        let words = text.split(|c| c == ',' || !self.allows(c)).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        let meant = match words.as_slice() {
            [] => format!("\"{example}\""),
            // A comma meant two of them; anything else was meant to stay together.
            words if text.contains(',') => format!("\"{}\"", words.join("\", \"")),
            words => format!("\"{}\"", words.join("-")),
        };
        Some(format!("{rule}: `{meant}`"))
    }

    fn allows(self, c: char) -> bool {
        match self {
            Self::Tag => c != ',' && !c.is_whitespace() && !c.is_control(),
            Self::Group => c.is_alphanumeric() || c == '-' || c == '_',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_cannot_be_asked_for_is_corrected() {
        for (label, text, corrected) in [
            (Label::Tag, "", "`\"slow\"`"),
            (Label::Tag, " ", "`\"slow\"`"),
            (Label::Tag, "very slow", "`\"very-slow\"`"),
            (Label::Tag, "a\u{7}b", "`\"a-b\"`"),
            (Label::Tag, "slow, eu", "`\"slow\", \"eu\"`"),
            (Label::Group, "", "`\"readiness\"`"),
            (Label::Group, "readiness/db", "`\"readiness-db\"`"),
            (Label::Group, "liveness,readiness", "`\"liveness\", \"readiness\"`"),
        ] {
            let complaint = label.complaint(text).unwrap();
            assert!(complaint.ends_with(corrected), "{text}: {complaint}");
        }
        for (label, text) in
            [(Label::Tag, "eu/west:1"), (Label::Tag, "größe"), (Label::Group, "my_group-2")]
        {
            assert_eq!(label.complaint(text), None, "{text}");
        }
    }
}

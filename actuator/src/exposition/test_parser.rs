//! A small reader of the text formats, for tests: written from the formats' descriptions, knowing
//! nothing of the writer. What it does not understand is a panic.

use std::collections::BTreeMap;

/// What was read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Document {
    /// By family: the word behind `TYPE`.
    pub(crate) types: BTreeMap<String, String>,
    /// By family: unescaped.
    pub(crate) helps: BTreeMap<String, String>,
    /// In their order.
    pub(crate) samples: Vec<Sample>,
    pub(crate) has_end: bool,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    /// In their order.
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: f64,
    /// The text behind ` # `.
    pub(crate) exemplar: Option<String>,
}

impl Document {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Self {
        let mut document = Self::default();
        assert!(text.is_empty() || text.ends_with('\n'), "the last line has no end");
        for line in text.split_terminator('\n') {
            assert!(!document.has_end, "a line after the end: {line}");
            if let Some(comment) = line.strip_prefix("# ") {
                document.comment(comment);
            } else {
                document.samples.push(Sample::read(line));
            }
        }
        document
    }

    /// The values of the samples of a name, with their labels as `a=b,c=d`.
    pub(crate) fn values(&self, name: &str) -> Vec<(String, f64)> {
        let samples = self.samples.iter().filter(|sample| sample.name == name);
        let text = |sample: &Sample| {
            let labels = sample.labels.iter().map(|(name, value)| format!("{name}={value}"));
            labels.collect::<Vec<_>>().join(",")
        };
        samples.map(|sample| (text(sample), sample.value)).collect()
    }

    fn comment(&mut self, comment: &str) {
        if comment == "EOF" {
            self.has_end = true;
            return;
        }
        let (keyword, rest) = comment.split_once(' ').expect("a keyword and a name");
        let (name, text) = rest.split_once(' ').expect("a name and a text");
        assert!(is_name(name), "{name}");
        let earlier = match keyword {
            "TYPE" => self.types.insert(name.to_owned(), text.to_owned()),
            "HELP" => self.helps.insert(name.to_owned(), unescape(text)),
            other => panic!("what is {other}?"),
        };
        assert_eq!(earlier, None, "a second {keyword} of {name}");
    }
}

impl Sample {
    fn read(line: &str) -> Self {
        let name_end = line.find(['{', ' ']).expect("a name");
        let (name, rest) = line.split_at(name_end);
        assert!(is_name(name), "{line}");
        let (labels, rest) = match rest.strip_prefix('{') {
            Some(rest) => read_labels(rest),
            None => (Vec::new(), rest),
        };
        let rest = rest.strip_prefix(' ').expect("a space before the value");
        let (value, exemplar) = match rest.split_once(" # ") {
            Some((value, exemplar)) => (value, Some(exemplar.to_owned())),
            None => (rest, None),
        };
        Self { name: name.to_owned(), labels, value: number(value), exemplar }
    }
}

/// Reads until behind the closing brace.
fn read_labels(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut labels: Vec<(String, String)> = Vec::new();
    loop {
        let (name, after) = rest.split_once("=\"").expect("a label");
        assert!(is_name(name) && !name.contains(':'), "{name}");
        assert!(labels.iter().all(|(known, _)| known != name), "{name} twice");
        let mut end = 0;
        let bytes = after.as_bytes();
        while bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        labels.push((name.to_owned(), unescape(&after[..end])));
        rest = &after[end + 1..];
        if let Some(after) = rest.strip_prefix('}') {
            return (labels, after);
        }
        rest = rest.strip_prefix(',').expect("a comma between labels");
    }
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == ':')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        digits => {
            assert!(digits.starts_with(|c: char| c.is_ascii_digit() || c == '-'), "{digits}");
            digits.parse().unwrap_or_else(|_| panic!("`{digits}` is no number"))
        }
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some(other @ ('\\' | '"')) => other,
                other => panic!("what is \\{other:?}?"),
            },
            other => other,
        });
    }
    plain
}

//! What each format says, and where.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn documents(text: &str, format: Format) -> Vec<PropertySource> {
    parse("f", text.as_bytes(), format).unwrap()
}

/// Name, value, kind and place of everything in the one document.
fn all(text: &str, format: Format) -> Vec<(String, String, ValueKind, String)> {
    let documents = documents(text, format);
    assert_eq!(documents.len(), 1);
    let mut found: Vec<_> = documents
        .into_iter()
        .flat_map(|document| document.properties)
        .map(|(name, p)| (name, p.value, p.kind, p.origin.replacen("f:", "", 1)))
        .collect();
    found.sort_by_key(|(_, _, _, place)| {
        let (line, column) = place.split_once(':').unwrap();
        (line.parse::<usize>().unwrap(), column.parse::<usize>().unwrap())
    });
    found
}

fn refusal(text: &str, format: Format) -> String {
    parse("f", text.as_bytes(), format).unwrap_err().to_string()
}

fn leaf(
    name: &str,
    value: &str,
    kind: ValueKind,
    place: &str,
) -> (String, String, ValueKind, String) {
    (name.to_owned(), value.to_owned(), kind, place.to_owned())
}

#[test]
fn toml_keeps_types_and_places() {
    let text = "[server]\nport = 0x1F90\n\n[spring.boot.admin]\nclient = { enabled = true, url = [\"http://a\", \"http://b\"] }\nsince = 2026-01-02\n'größe' = 1.5\n[x]\n\"[a.b]\" = 'ü' # ü\n";
    assert_eq!(
        all(text, Format::Toml),
        [
            leaf("server.port", "8080", ValueKind::Number, "2:8"),
            leaf("spring.boot.admin.client.enabled", "true", ValueKind::Boolean, "5:22"),
            leaf("spring.boot.admin.client.url[0]", "http://a", ValueKind::Text, "5:35"),
            leaf("spring.boot.admin.client.url[1]", "http://b", ValueKind::Text, "5:47"),
            leaf("spring.boot.admin.since", "2026-01-02", ValueKind::Text, "6:9"),
            leaf("spring.boot.admin.größe", "1.5", ValueKind::Number, "7:11"),
            leaf("x.a.b", "ü", ValueKind::Text, "9:11"),
        ]
    );
    let error = refusal("[server]\nport = = 1\n", Format::Toml);
    assert!(error.starts_with("f:2:8 is not TOML with settings: "), "{error}");
}

#[test]
fn yaml_keeps_types_and_places() {
    let text = "server:\n  port: 8080 # the port\n  größe: \"8080\"\nlist:\n  - a\n  - b: on\n    c: ~\nflow: {x: true, y: [1.5, 0x10, 010]}\nempty: []\nx:\n  \"[a.b]\": |\n    two\n    lines\ntext: !!str 7\nadmin.client.url: http://a:1\n";
    assert_eq!(
        all(text, Format::Yaml),
        [
            leaf("server.port", "8080", ValueKind::Number, "2:9"),
            leaf("server.größe", "8080", ValueKind::Text, "3:10"),
            leaf("list[0]", "a", ValueKind::Text, "5:5"),
            leaf("list[1].b", "on", ValueKind::Text, "6:8"),
            leaf("list[1].c", "", ValueKind::Text, "7:8"),
            leaf("flow.x", "true", ValueKind::Boolean, "8:11"),
            leaf("flow.y[0]", "1.5", ValueKind::Number, "8:21"),
            leaf("flow.y[1]", "16", ValueKind::Number, "8:26"),
            leaf("flow.y[2]", "010", ValueKind::Text, "8:32"),
            leaf("empty", "", ValueKind::Text, "9:8"),
            leaf("x.a.b", "two\nlines\n", ValueKind::Text, "12:5"),
            leaf("text", "7", ValueKind::Text, "14:7"),
            leaf("admin.client.url", "http://a:1", ValueKind::Text, "15:19"),
        ]
    );
}

#[test]
fn yaml_merges_what_anchors_name_and_has_several_documents() {
    let text = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nown:\n  <<: [*base, *more]\n  a: 9\ncopy: *base\n---\n# nothing\n---\na: x\n";
    let documents = documents(text, Format::Yaml);
    assert_eq!(documents.len(), 2, "empty ones are none");
    let value = |name: &str| documents[0].get(name).unwrap().value.clone();
    assert_eq!([value("own.a"), value("own.b"), value("own.c")], ["9", "2", "4"]);
    assert_eq!(value("copy.b"), "2");
    assert_eq!(documents[1].name, "f (document #1)");
    assert_eq!(documents[1].get("a").unwrap().origin, "f:10:4");
    assert_eq!(self::documents("# nothing\n", Format::Yaml).len(), 1);
}

#[test]
fn yaml_refuses_what_is_not_clear() {
    for (text, part) in [
        ("a: 1\na: 2\n", "f:2:1 is not YAML with settings: this name was given before"),
        ("- a\n", "f:1:1 is not YAML with settings: expected a mapping"),
        ("a: &x\n  b: *x\n", "inside of what it refers to"),
        ("a: *nosuch\n", "f:1:4"),
        ("a: !ruby/object {}\n", "the tag !ruby/object is not known"),
        ("{[a]: 1}\n", "a name has to be a text"),
        ("a:\n\tb: 1\n", "f:2:"),
        ("a: [1\n", "f:"),
        ("<<: 1\n", "only mappings can be merged"),
    ] {
        let error = refusal(text, Format::Yaml);
        assert!(error.contains(part), "{text:?}: {error}");
    }
}

#[test]
fn json_keeps_types_and_places() {
    let text = "{\n  \"server\": {\"port\": 8080, \"x\": null},\n  \"größe\": [true, -1.5e3],\n  \"a.b\": \"\\u00fc\\ud83d\\ude00\\n\\/\", \"e\": []\n}\n";
    assert_eq!(
        all(text, Format::Json),
        [
            leaf("server.port", "8080", ValueKind::Number, "2:22"),
            leaf("größe[0]", "true", ValueKind::Boolean, "3:13"),
            leaf("größe[1]", "-1.5e3", ValueKind::Number, "3:19"),
            leaf("a.b", "ü😀\n/", ValueKind::Text, "4:10"),
            leaf("e", "", ValueKind::Text, "4:41"),
        ]
    );
}

#[test]
fn json_is_read_strictly() {
    for (text, part) in [
        ("", "f:1:1 is not JSON with settings: expected an object"),
        ("[1]", "expected an object"),
        ("{\"a\": 1,}", "f:1:9"),
        ("{\"a\": 01}", "expected a number"),
        ("{\"a\": tru}", "f:1:7"),
        ("{\"a\": 1} x", "expected nothing behind"),
        ("{\"a\": \"\\ud800\"}", "second half"),
        ("{\"a\": \"\\ux000\"}", "four hexadecimal digits"),
        ("{\"a\": \"\t\"}", "control character"),
        ("{\"a\": \"x", "no end"),
        ("{\"a\": 1, \"a\": 2}", "f:1:10 is not JSON with settings: this name was given before"),
        ("{a: 1}", "double quotes"),
        ("{\"a\" 1}", "expected :"),
    ] {
        let error = refusal(text, Format::Json);
        assert!(error.contains(part), "{text:?}: {error}");
    }
}

#[test]
fn properties_are_read_as_java_reads_them() {
    // The examples of java.util.Properties.load, and odd ones.
    let text = "# c\n! c\nTruth = Beauty\n Truth2:Beauty\nTruth3                    :Beauty\nfruits                           apple, banana, pear, \\\n                                  cantaloupe, watermelon, \\\n                                  kiwi, mango\ncheeses\nk\\:e\\=y\\ x=v\\=w\nu=\\u00fc\\uD83D\\uDE00\nesc=\\t|\\n|\\q|\\\\\ncrlf=a\\\r\n   b\r\nsep = = x\nlast=1\\";
    assert_eq!(
        all(text, Format::Properties),
        [
            leaf("Truth", "Beauty", ValueKind::Text, "3:9"),
            leaf("Truth2", "Beauty", ValueKind::Text, "4:9"),
            leaf("Truth3", "Beauty", ValueKind::Text, "5:28"),
            leaf(
                "fruits",
                "apple, banana, pear, cantaloupe, watermelon, kiwi, mango",
                ValueKind::Text,
                "6:34"
            ),
            leaf("cheeses", "", ValueKind::Text, "9:8"),
            leaf("k:e=y x", "v=w", ValueKind::Text, "10:12"),
            leaf("u", "ü😀", ValueKind::Text, "11:3"),
            leaf("esc", "\t|\n|q|\\", ValueKind::Text, "12:5"),
            leaf("crlf", "ab", ValueKind::Text, "13:6"),
            leaf("sep", "= x", ValueKind::Text, "15:7"),
            leaf("last", "1", ValueKind::Text, "16:6"),
        ]
    );
    let error = refusal("a=1\nb=\\u00g0\n", Format::Properties);
    assert!(error.starts_with("f:2:3 is not properties with settings: expected four"), "{error}");
}

#[test]
fn properties_have_several_documents_as_in_spring() {
    let names = |text: &str| -> Vec<String> {
        let documents = documents(text, Format::Properties);
        documents
            .iter()
            .map(|document| document.properties.keys().cloned().collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(names("a=1\n#---\nb=1\n!---  \nc=1"), ["a", "b", "c"]);
    assert_eq!(names("#---\na=1"), ["a"]);
    assert_eq!(names("a=1\n #---\nb=1"), ["a b"], "not with space before it");
    assert_eq!(names("a=1\n#----\nb=1"), ["a b"]);
    assert_eq!(names("a=1\n# x\n#---\nb=1"), ["a b"], "not behind a comment of its kind");
    assert_eq!(names("a=1\n#---\n# x\nb=1"), ["a b"], "not before a comment");
    assert_eq!(names("a=1\n! x\n#---\nb=1"), ["a", "b"]);
}

#[test]
fn properties_that_are_no_utf_8_are_latin_1() {
    let source = &parse("f", b"a=gr\xF6\xDFer\n", Format::Properties).unwrap()[0];
    assert_eq!(source.get("a").unwrap().value, "größer");
    let source = &parse("f", "a=größer\n".as_bytes(), Format::Properties).unwrap()[0];
    assert_eq!(source.get("a").unwrap().value, "größer");
}

/// As java.util.Properties.store writes a text.
fn stored(text: &str, is_key: bool) -> String {
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        match c {
            ' ' if at == 0 || is_key => out.push_str("\\ "),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{c}' => out.push_str("\\f"),
            '=' | ':' | '#' | '!' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04X}").unwrap();
                }
            }
        }
    }
    out
}

proptest! {
    #[test]
    fn properties_that_java_stored_are_read_as_they_were(
        pairs in prop::collection::vec(("[a-zA-Z =:#!\\\\\t\n\u{1}üß😀]{1,12}", "\\PC{0,20}|[ \\\\\n\r\t\u{c}=:#!]{0,8}"), 0..8)
    ) {
        let text: String = pairs
            .iter()
            .map(|(key, value)| [&stored(key, true), "=", &stored(value, false), "\n"].concat())
            .collect();
        let found = properties::parse(&text).unwrap().remove(0);
        let found: Vec<(String, String)> =
            found.into_iter().map(|leaf| (leaf.name, leaf.value)).collect();
        prop_assert_eq!(found, pairs);
    }

    #[test]
    fn json_is_what_another_parser_takes_it_for(text in "[\\[\\]{}:,\"\\\\u0-9a-f .eE+-]{0,40}") {
        let text = format!("{{\"k\": {text}}}");
        let theirs: Result<serde_json::Value, _> = serde_json::from_str(&text);
        let ours = json::parse(&text);
        // Ours refuses names that are given twice, theirs numbers that are too large.
        if let Err(flaw) = &ours {
            prop_assert!(
                theirs.is_err() || flaw.message.contains("given before"),
                "{} {:?}", text, flaw
            );
        } else if let Err(error) = theirs {
            prop_assert!(error.to_string().contains("out of range"), "{} {}", text, error);
        }
    }
}

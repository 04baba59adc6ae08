//! Files that somebody made to hurt: nothing panics, takes long, or fills the memory.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const FORMATS: [Format; 4] = [Format::Toml, Format::Properties, Format::Yaml, Format::Json];
/// The size up to which files are read.
const SIZE: usize = 1 << 20;

/// Reads it in all formats, on a stack of its own: its end is an answer, whichever.
fn survive(what: &str, bytes: Vec<u8>) {
    let reading = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for format in FORMATS {
            let _ = parse("f", &bytes, format);
        }
    });
    assert!(reading.unwrap().join().is_ok(), "{what}");
}

#[test]
fn long_and_deep_texts_are_read_or_refused() {
    for (what, unit) in [
        ("brackets", "["),
        ("braces", "{"),
        ("objects", "{\"a\":"),
        ("lists of yaml", "- "),
        ("questions", "? "),
        ("dotted", "a."),
        ("tables of toml", "[[a"),
        ("commas", ","),
        ("backslashes", "\\"),
        ("quotes", "\""),
        ("colons", ": "),
        ("keys", "a: b\n"),
        ("lines", "\n"),
        ("tabs", "\t"),
        ("documents", "---\n"),
        ("comments", "#---\n"),
        ("anchors", "&a "),
        ("aliases", "*a "),
        ("placeholders", "${"),
        ("dashes", "-"),
        ("tags", "! "),
        ("directives", "%"),
    ] {
        survive(what, unit.repeat(SIZE / unit.len()).into_bytes());
        survive(what, format!("a = {}", unit.repeat(SIZE / 4 / unit.len())).into_bytes());
        survive(what, format!("a: {}", unit.repeat(SIZE / 4 / unit.len())).into_bytes());
    }
    let deep: String = (0..700).map(|at| " ".repeat(at) + "a:\n").collect();
    survive("mappings", deep.into_bytes());
    let names: String = (0..40_000).map(|at| ["k", &at.to_string(), " = 1\n"].concat()).collect();
    survive("many names", names.into_bytes());
    survive("one long name", format!("{}=1", "a.".repeat(SIZE / 2)).into_bytes());
}

#[test]
fn nothing_is_read_below_a_name_that_is_too_long() {
    let name = "a".repeat(SIZE / 2);
    let items = |item: &str| vec![item; SIZE / 2 / (item.len() + 1)].join(",");
    for (format, text) in [
        (Format::Json, format!("{{\"{name}\":[{}]}}", items("{}"))),
        (Format::Yaml, format!("{name}: [{}]", items("{}"))),
        (Format::Toml, format!("{name} = [{}]", items("{}"))),
    ] {
        let error = parse("f", text.as_bytes(), format).unwrap_err().to_string();
        let expected = matches!(format, Format::Yaml) || error.contains("longer than 1000 bytes");
        assert!(expected, "{error}");
    }
}

#[test]
fn aliases_of_aliases_end() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..30 {
        let items = vec![format!("*a{}", at - 1); 10].join(", ");
        writeln!(text, "a{at}: &a{at} [{items}]").unwrap();
    }
    let error = parse("f", text.as_bytes(), Format::Yaml).unwrap_err().to_string();
    assert!(error.contains("values") || error.contains("too much"), "{error}");
    let mut merges = "m0: &m0 {k: 1}\n".to_owned();
    for at in 1..40 {
        let before = at - 1;
        writeln!(merges, "m{at}: &m{at} {{<<: [*m{before}, *m{before}, *m{before}]}}").unwrap();
    }
    assert!(parse("f", merges.as_bytes(), Format::Yaml).is_err());
}

#[test]
fn odd_bytes_are_refused_with_their_place() {
    for (bytes, format, part) in [
        (&b"a: 1\nb: \xFF\n"[..], Format::Yaml, "f:2:4 is not YAML with settings: it is not enc"),
        (b"a = 1\nb = '\0'\n", Format::Toml, "f:2:6 is not TOML with settings: it holds a NUL"),
        (b"a: 1\n\0b: 2\n", Format::Yaml, "f:2:1 is not YAML with settings: it holds a NUL"),
        (b"a=1\0", Format::Properties, "f:1:4 is not properties with settings: it holds a NUL"),
        (b"\xFF\xFE{\0}\0", Format::Json, "f:1:1 is not JSON with settings: it is not encoded"),
    ] {
        let error = parse("f", bytes, format).unwrap_err().to_string();
        assert!(error.starts_with(part), "{error}");
    }
}

#[test]
fn marks_of_utf_8_and_ends_of_lines_of_windows_are_no_part_of_it() {
    for (text, format) in [
        ("[server]\r\nport = 1\r\n", Format::Toml),
        ("server.port=1\r\n", Format::Properties),
        ("server:\r\n  port: 1\r\n", Format::Yaml),
        ("{\"server\":\r\n{\"port\": 1}}\r\n", Format::Json),
    ] {
        let marked = format!("\u{FEFF}{text}");
        let source = parse("f", marked.as_bytes(), format).unwrap().remove(0);
        assert_eq!(source.get("server.port").unwrap().value, "1", "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_panics_in_any_format(text in "[\\-a:?,\\[\\]{}#&*!|>'\"%@`=.\\\\ \t\r\nu0<é-]{0,60}") {
        for format in FORMATS {
            let _ = parse("f", text.as_bytes(), format);
        }
    }

    #[test]
    fn no_bytes_panic_in_any_format(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for format in FORMATS {
            let _ = parse("f", &bytes, format);
        }
    }
}

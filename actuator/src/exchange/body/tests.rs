//! What is shown of bodies, and what is not.

use super::*;

fn bodies(max_size: usize) -> Arc<Bodies> {
    Arc::new(Bodies::new(BodySettings { request: true, response: true, max_size }))
}

fn shown(content_type: &str, parts: &[&[u8]], max_size: usize) -> ExchangeBody {
    let bodies = bodies(max_size);
    let head = BodyHead { content_type: Some(content_type), ..BodyHead::default() };
    let mut capture = bodies.capture(Direction::Request, head).unwrap();
    for part in parts {
        capture.data(part);
    }
    capture.complete();
    drop(capture);
    bodies.get(Direction::Request).unwrap().show(&Sanitizer::default())
}

fn text(content_type: &str, body: &str) -> String {
    shown(content_type, &[body.as_bytes()], 4_096).text.unwrap()
}

/// What is shown of a body of which only this was kept.
fn cut(content_type: &str, kept: &str) -> String {
    let parts: [&[u8]; 2] = [kept.as_bytes(), b"and more"];
    let body = shown(content_type, &parts, kept.len());
    assert!(body.is_truncated);
    body.text.unwrap()
}

#[test]
fn a_body_is_put_together_from_its_parts_and_cut_at_its_limit() {
    let body = shown("text/plain; charset=UTF-8", &[b"ab", b"", b"cd", b"ef"], 5);
    assert_eq!((body.size, body.text.as_deref()), (6, Some("abcde")));
    assert!(body.is_truncated && body.is_complete);
    let body = shown("text/plain", &["aé".as_bytes()], 2);
    assert_eq!(body.text.as_deref(), Some("a"), "no half characters");
    let body = shown("text/plain", &[b"a\xffb"], 9);
    assert_eq!(body.text.as_deref(), Some("a\u{fffd}b"));
}

#[test]
fn what_is_no_text_is_only_counted() {
    for content_type in [
        "application/octet-stream",
        "image/png",
        "multipart/form-data; boundary=x",
        "text/plain; charset=utf-16",
        "text/plain; charset=\"UTF-7\"",
        "nonsense",
        "",
    ] {
        let body = shown(content_type, &[b"password=hunter2"], 100);
        assert_eq!((body.size, body.text, body.is_truncated), (16, None, false), "{content_type}");
    }
    let bodies = bodies(100);
    for head in [
        BodyHead { content_type: None, ..BodyHead::default() },
        BodyHead { content_type: Some("text/plain"), is_encoded: true, length: None },
    ] {
        let capture = bodies.capture(Direction::Response, head).unwrap();
        assert_eq!(capture.limit, 0, "{head:?}");
    }
}

#[test]
fn trap_seed_09_secrets_in_bodies_are_hidden_in_every_form_of_text() {
    for (content_type, from, to) in [
        (
            "application/json",
            r#"{"name":"x","password":"hunter2"}"#,
            r#"{"name":"x","password":"******"}"#,
        ),
        ("application/problem+json", r#"[{"apiKey":["hunter2"]}]"#, r#"[{"apiKey":"******"}]"#),
        (
            "application/x-ndjson",
            "{\"a\":1}\n{\"credentials\":{\"a\":\"hunter2\"}}\n",
            "{\"a\":1}\n{\"credentials\":\"******\"}",
        ),
        (
            "application/x-www-form-urlencoded",
            "user=joe&pass%77ord=hunter2&x+key=hunter2&page=1",
            "user=joe&pass%77ord=******&x+key=******&page=1",
        ),
        (
            "application/x-www-form-urlencoded",
            "next=https%3A%2F%2Fa%2F%3Ftoken%3Dhunter2",
            "next=https%3A%2F%2Fa%2F%3Ftoken%3D******",
        ),
        (
            "text/xml",
            "<a><b:Password t='1'>hunter2</b:Password></a>",
            "<a><b:Password t='1'>******</b:Password></a>",
        ),
        (
            "application/soap+xml",
            "<a apiKey=\"hunter2\" b=\"c\"/>",
            "<a apiKey=\"******\" b=\"c\"/>",
        ),
        (
            "text/html",
            "<!-- don't --><input name='csrf_token' value='hunter2'>a < b<secret>hunter2",
            "<!-- don't --><input name='csrf_token' value='******'>a < b<secret>******",
        ),
        ("text/plain", "password=hunter2 and more", "password=****** and more"),
    ] {
        assert_eq!(text(content_type, from).trim_end(), to, "{content_type}");
    }
}

#[test]
fn trap_seed_09_secrets_are_hidden_in_what_was_cut() {
    let credentials = r#"{"id": 1, "credentials": {"user": "hunter2", "x": ["hunter2", "hunt"#;
    assert_eq!(cut("application/json", credentials), r#"{"credentials":"******","id":1}"#);
    for (content_type, kept) in [
        ("application/json", r#"{"a": 1, "password": "hunter2"#),
        ("application/json", r#"[{"token": {"a": "hunter2", "b": "hunter2\"#),
        ("application/json", "{\"a\":1}\n{\"credentials\":{\"a\":\"hunter2\",\"b"),
        ("application/x-www-form-urlencoded", "a=b&password=hunter2"),
        ("application/xml", "<a><password>hunter2"),
        ("application/xml", "<a password='hunter2"),
        ("text/plain", "password='hunter2"),
    ] {
        let text = cut(content_type, kept);
        assert!(!text.contains("hunt"), "{content_type}: {text}");
    }
    assert_eq!(cut("application/json", r#"{"a": [1, {"b": "c"}, 2"#), r#"{"a": [1, {"b": "c"}]}"#);
}

#[test]
fn a_body_that_was_given_up_says_so() {
    let bodies = bodies(10);
    let head = BodyHead { content_type: Some("text/plain"), ..BodyHead::default() };
    let mut capture = bodies.capture(Direction::Response, head).unwrap();
    capture.data(b"half");
    assert!(bodies.get(Direction::Response).is_none(), "it has not ended");
    drop(capture);
    let body = bodies.get(Direction::Response).unwrap().show(&Sanitizer::default());
    assert_eq!(
        (body.text.as_deref(), body.is_complete, body.is_truncated),
        (Some("half"), false, false)
    );
}

#[test]
fn only_the_wanted_bodies_are_copied_and_what_they_may_take_is_known_before() {
    let settings = BodySettings { request: false, response: true, max_size: 1_000 };
    let bodies = Arc::new(Bodies::new(settings));
    let empty = bodies.weight();
    let head = |length| BodyHead { content_type: Some("text/plain"), is_encoded: false, length };
    assert!(bodies.capture(Direction::Request, head(None)).is_none());
    assert!(bodies.capture(Direction::Response, head(Some(10))).is_some());
    assert_eq!(bodies.weight(), empty + 10);
    assert!(bodies.capture(Direction::Response, head(Some(5_000))).is_some());
    assert_eq!(bodies.weight(), empty + 1_010);
}

#[test]
fn hostile_bodies_are_finished_with() {
    for content_type in
        ["application/json", "text/xml", "application/x-www-form-urlencoded", "text/plain"]
    {
        for piece in [
            "{",
            "[[",
            "\"a\":{",
            "{\"a\":1},",
            "<",
            "<a ",
            "<a='",
            "<password>",
            "</",
            "=&",
            "%",
            "\\\"",
            "\n",
            "é",
            "{\n",
        ] {
            let body = piece.repeat(65_536 / piece.len());
            let shown = shown(content_type, &[body.as_bytes(), b"x"], 65_536);
            assert!(shown.text.unwrap().len() <= 4 * 65_536, "{content_type} {piece}");
        }
    }
}

//! Whatever bytes bodies are made of, and wherever they are cut.

use proptest::prelude::*;

use super::*;
use crate::support::odd_text::odd_text;

/// What is shown of a body that comes in two parts, of which so much is kept.
fn shown(content_type: &str, body: &[u8], split: usize, max_size: usize) -> ExchangeBody {
    let settings = BodySettings { request: true, response: true, max_size };
    let bodies = Arc::new(Bodies::new(settings));
    let head = BodyHead { content_type: Some(content_type), ..BodyHead::default() };
    let mut capture = bodies.capture(Direction::Response, head).unwrap();
    let (first, second) = body.split_at(split.min(body.len()));
    capture.data(first);
    capture.data(second);
    capture.complete();
    drop(capture);
    bodies.get(Direction::Response).unwrap().show(&Sanitizer::default())
}

const KINDS: [&str; 5] = [
    "application/json",
    "application/xml",
    "text/html; charset=utf-8",
    "application/x-www-form-urlencoded",
    "text/plain",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..120),
        "[{}\\[\\]\",:\\\\ a-eu0-9.\n-]{0,120}".prop_map(String::into_bytes),
        "(<[/!?]?|</?password|<!--|<!\\[CDATA\\[|\\]\\]>|-->|[a-cé =\"'/>:&]){0,60}"
            .prop_map(String::into_bytes),
        "([{\\[]|\"password\":){0,300}".prop_map(String::into_bytes),
    ]
}

/// The beginning of a secret, of which none may be shown.
fn beginning(secret: &str) -> &str {
    &secret[..8]
}

proptest! {
    #[test]
    fn any_bytes_are_shown_and_not_much_longer_than_they_are(
        body in bytes(), split in 0_usize..120, max_size in 0_usize..120,
    ) {
        for kind in KINDS {
            let shown = shown(kind, &body, split, max_size);
            prop_assert_eq!(shown.size, body.len() as u64);
            prop_assert_eq!(shown.is_truncated, body.len() > max_size);
            // A byte that is no text becomes three, and a secret of one character six.
            prop_assert!(shown.text.unwrap().len() <= 8 * max_size.min(body.len()) + 64, "{}", kind);
        }
    }

    #[test]
    fn no_secret_member_of_json_is_shown_wherever_it_is_cut(
        odd in "\\PC{0,20}", secret in "[a-z0-9]{16}", cut in 0_usize..400, split in 0_usize..200,
    ) {
        let document = serde_json::json!({
            "a": odd, "password": secret, "credentials": {"user": [secret]}, "b": [{"token": secret}],
        });
        for body in [document.to_string(), format!("{document:#}"), format!("{document}\n{document}")] {
            let whole = shown("application/json", body.as_bytes(), split, 4_096).text.unwrap();
            prop_assert!(!whole.contains(&secret) && whole.contains("\"a\""), "{}", whole);
            let cut = shown("application/json", body.as_bytes(), split, cut % body.len()).text.unwrap();
            prop_assert!(!cut.contains(beginning(&secret)), "{}", cut);
        }
    }

    #[test]
    fn no_secret_element_or_attribute_of_xml_is_shown_wherever_it_is_cut(
        odd in "[^<>\\PC]{0,20}", secret in "[a-z0-9]{16}", cut in 0_usize..300, split in 0_usize..200,
    ) {
        let body = format!(
            "<order note='{}'>{odd}<x:password kind=\"a>b\">{secret}</x:password>\
             <client token=\"{secret}\" api-key = '{secret}'/>\
             <input name=\"secret\" value=\"{secret}\"></order>",
            odd.replace(['\'', '"'], "")
        );
        let whole = shown("text/xml", body.as_bytes(), split, 4_096).text.unwrap();
        prop_assert!(!whole.contains(&secret) && whole.ends_with("</order>"), "{}", whole);
        let cut = shown("text/xml", body.as_bytes(), split, cut % body.len()).text.unwrap();
        prop_assert!(!cut.contains(beginning(&secret)), "{}", cut);
    }

    #[test]
    fn only_what_can_be_read_is_taken_for_text(
        odd in odd_text("[a-z]{0,5}/[a-z+]{0,9}(;[a-z]{0,7}=\"?[a-z0-9-]{0,6}\"?){0,3}"),
        charset in "[a-zA-Z0-9-]{1,12}|[uU][tT][fF]-?(8|16)",
    ) {
        let kind = |content_type: &str, is_encoded| {
            TextKind::of(&BodyHead { content_type: Some(content_type), is_encoded, length: None })
        };
        let _ = kind(&odd, false);
        prop_assert_eq!(kind(&odd, true), None);
        let known = ["utf-8", "utf8", "us-ascii", "iso-8859-1"];
        let is_known = known.contains(&&*charset.to_lowercase());
        for written in [format!("charset={charset}"), format!("a=b; Charset = \"{charset}\"")] {
            prop_assert_eq!(kind(&format!("text/plain;{written}"), false).is_some(), is_known);
        }
    }
}

//! Names of meters and keys of tags: Micrometer's, lower-case words separated by dots.

use proc_macro2::Span;

use super::args::Args;

/// What to write instead of a text that is no such name; `None` if it is one.
pub(crate) fn corrected(text: &str) -> Option<String> {
    let meant = dotted(text);
    (meant != text || text.is_empty()).then_some(meant)
}

/// The name nearest to any text: `ordersPlaced`, `orders_placed` and `Orders-Placed` become
/// `orders.placed`.
pub(crate) fn dotted(text: &str) -> String {
    let mut name = String::new();
    let mut previous = '.';
    for c in text.chars() {
        let starts_word = c.is_ascii_uppercase() && !previous.is_ascii_uppercase();
        let parts = !c.is_ascii_alphanumeric() || starts_word;
        if parts && !name.is_empty() && !name.ends_with('.') {
            name.push('.');
        }
        // A name begins with a letter: that is what every system behind can take.
        if c.is_ascii_alphabetic() || (c.is_ascii_digit() && !name.is_empty()) {
            name.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    name.trim_end_matches('.').to_owned()
}

/// Reads the name of a meter; whatever is wrong with it is remembered. `fallback` stands for a
/// name that is not given; without one it has to be, for example as `example`.
pub(crate) fn read(args: &mut Args, fallback: Option<&str>, example: &str) -> String {
    let Some((text, place)) = args.string("name") else {
        if fallback.is_none() && !args.tries("name") {
            let message = format!("the name of the meter is missing: add `\"{example}\"`");
            args.reject(args.span(), message);
        }
        return fallback.unwrap_or_default().to_owned();
    };
    check(args, &text, place, "a meter's name is", example);
    text
}

/// Remembers what is wrong with a name at a place. `what` begins the rule.
pub(crate) fn check(args: &mut Args, text: &str, place: Span, what: &str, example: &str) {
    if let Some(meant) = corrected(text) {
        let meant = if meant.is_empty() { example } else { meant.as_str() };
        let message = format!("{what} lower-case words separated by dots: `\"{meant}\"`");
        args.reject(place, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_customs_are_corrected() {
        for (text, meant) in [
            ("ordersPlaced", "orders.placed"),
            ("orders_placed", "orders.placed"),
            ("Orders-Placed", "orders.placed"),
            ("HTTPRequests", "httprequests"),
            ("orders..placed.", "orders.placed"),
            (".orders", "orders"),
            ("2fa.logins", "fa.logins"),
            ("bestellungen.größe", "bestellungen.gr.e"),
            ("orders placed", "orders.placed"),
            ("", ""),
        ] {
            assert_eq!(corrected(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["orders", "http.server.requests", "system.load.average.1m", "http2.frames"] {
            assert_eq!(corrected(text), None, "{text}");
        }
    }
}

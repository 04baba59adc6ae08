//! Negotiation among ranked forms, as Spring does it with a `Producible` (recorded: golden
//! `prometheus/accept-*`).
//!
//! Two questions here too. Whether anything can be sent at all looks at parameters: a version or
//! charset that is asked for and not spoken is 406. Which form is sent looks at the types only:
//! the newest that is named, and `*/*` names the oldest.

use std::borrow::Cow;

use super::{Accept, Produces, Range, parameter, parameters};

impl Accept<'_> {
    /// The index of the form to send, with its media type; `None` is a 406.
    pub(super) fn choose_ranked(
        &self,
        products: impl Iterator<Item = Produces>,
    ) -> Option<(usize, Cow<'static, str>)> {
        let offers: Vec<&'static str> =
            products.filter_map(|product| product.offers().first().copied()).collect();
        let index = if self.ranges.is_empty() {
            offers.len().checked_sub(1)?
        } else {
            self.newest(&offers)?
        };
        offers.get(index).map(|offer| (index, Cow::Borrowed(*offer)))
    }

    fn newest(&self, offers: &[&str]) -> Option<usize> {
        let ranges = || self.ranges.iter().filter(|range| range.quality > 0);
        if !ranges().any(|range| offers.iter().any(|offer| range.agrees_with(offer))) {
            return None;
        }
        let meant = |range: &Range<'_>| match range.kind {
            "*" => offers.len().checked_sub(1),
            _ => offers.iter().position(|offer| range.names(offer)),
        };
        ranges().filter_map(meant).min()
    }
}

impl Range<'_> {
    /// Whether this is the offer's type, and no parameter that both have differs.
    fn agrees_with(&self, offer: &str) -> bool {
        let same = |(name, value): (&str, &str)| {
            parameter(self.text, name).is_none_or(|asked| asked.eq_ignore_ascii_case(value))
        };
        self.names(offer) && parameters(offer).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [Produces; 3] = [
        Produces::Ranked("application/vnd.google.protobuf;proto=x.Y;encoding=delimited"),
        Produces::Ranked("application/openmetrics-text;version=1.0.0;charset=utf-8"),
        Produces::Ranked("text/plain;version=0.0.4;charset=utf-8"),
    ];

    fn chosen(accept: &str) -> Option<usize> {
        Accept::parse(Some(accept)).choose(&FORMS.into_iter()).map(|(index, _)| index)
    }

    #[test]
    fn the_newest_form_that_is_named_is_sent() {
        for (accept, index) in [
            ("", 2),
            ("*/*", 2),
            ("text/plain", 2),
            ("text/*", 2),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 2),
            ("application/openmetrics-text", 1),
            ("application/openmetrics-text;version=1.0.0;q=0.1, text/plain", 1),
            ("*/*, application/openmetrics-text;q=0.1", 1),
            ("application/openmetrics-text;version=\"1.0.0\";escaping=allow-utf-8", 1),
            ("application/*", 0),
            ("Application/Vnd.Google.Protobuf", 0),
            ("application/vnd.google.protobuf;q=0.1, */*", 0),
            ("application/vnd.google.protobuf;q=0, */*", 2),
        ] {
            assert_eq!(chosen(accept), Some(index), "{accept}");
        }
    }

    #[test]
    fn what_is_not_spoken_is_not_acceptable() {
        for accept in [
            "application/json",
            "text/html",
            "not-a-type",
            "text/plain;charset=iso-8859-1",
            "text/plain;version=0.0.3",
            "application/openmetrics-text; version=0.0.1",
            "application/vnd.google.protobuf;proto=x.Y;encoding=text",
            "text/plain;q=0",
        ] {
            assert_eq!(chosen(accept), None, "{accept}");
        }
        // A version that is not spoken does no harm beside one that is.
        assert_eq!(chosen("application/openmetrics-text;version=0.0.1, text/plain"), Some(1));
    }

    #[test]
    fn a_huge_header_costs_no_more_than_its_beginning() {
        let huge = "application/json,".repeat(100_000) + "text/plain";
        assert_eq!(chosen(&huge), None);
    }
}

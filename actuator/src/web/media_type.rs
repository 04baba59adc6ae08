//! Content negotiation as Spring does it (recorded: golden `*/get-accept-*`).
//!
//! Two questions are answered apart: which `Content-Type` the answer has (by quality, then by
//! the order in `Accept`), and which version of the actuator's JSON it carries (the highest that
//! `Accept` names, whatever its quality).

mod ranked;

use std::borrow::Cow;

use crate::model::{call::ApiVersion, endpoint::Produces};

/// Version 3 of the actuator's JSON; what an answer is unless asked otherwise.
pub(crate) const V3: &str = "application/vnd.spring-boot.actuator.v3+json";
/// Version 2 of the actuator's JSON.
pub(crate) const V2: &str = "application/vnd.spring-boot.actuator.v2+json";
/// Plain JSON.
pub(crate) const JSON: &str = "application/json";
/// Plain text, as thread dumps and log files are sent.
pub(crate) const TEXT: &str = "text/plain;charset=UTF-8";

/// The `Accept` (answers) or `Content-Type` (bodies) of the actuator's own JSON, in the order in
/// which the `Accept` header of a refusal lists them.
pub(crate) const ACTUATOR_JSON: &str = "application/vnd.spring-boot.actuator.v3+json, \
     application/vnd.spring-boot.actuator.v2+json, application/json";

/// What an `Accept` header allows, best first.
#[derive(Debug)]
pub(crate) struct Accept<'a> {
    ranges: Vec<Range<'a>>,
    /// The header was there and not empty, but no part of it is a media range.
    unreadable: bool,
}

#[derive(Debug)]
struct Range<'a> {
    text: &'a str,
    kind: &'a str,
    subtype: &'a str,
    /// Quality in thousandths.
    quality: u16,
}

impl<'a> Accept<'a> {
    /// Reads the header; a missing or empty one allows everything.
    pub(crate) fn parse(header: Option<&'a str>) -> Self {
        let header = header.map_or("", str::trim);
        // What a hostile header can cost is bounded: the rest is not looked at.
        let mut ranges: Vec<_> =
            header.split(',').take(64).filter_map(|part| Range::parse(part.trim())).collect();
        let unreadable = ranges.is_empty() && !header.is_empty();
        // Stable: equal ranges stay in the order of the header.
        ranges.sort_by_key(|range| (std::cmp::Reverse(range.quality), range.wildcards()));
        Self { ranges, unreadable }
    }

    /// The version of the actuator's JSON that is wanted.
    pub(crate) fn version(&self) -> ApiVersion {
        let names = |media_type| self.ranges.iter().any(|range| range.is(media_type));
        if names(V2) && !names(V3) { ApiVersion::V2 } else { ApiVersion::V3 }
    }

    /// The `Content-Type` to answer with, for the best of several products; `None` is a 406.
    /// Returns the index of the product with it.
    pub(crate) fn choose(
        &self,
        products: &(impl Iterator<Item = Produces> + Clone),
    ) -> Option<(usize, Cow<'static, str>)> {
        if let Some(index) = products.clone().position(|product| {
            // Their own media type is sent whatever is accepted: Spring Boot Admin's MCP module
            // asks for a log file with the JSON types, a browser's download with HTML.
            matches!(product, Produces::Resource | Produces::Nothing)
        }) {
            return Some((index, Cow::Borrowed(TEXT)));
        }
        if self.unreadable {
            return None;
        }
        if products.clone().any(|product| matches!(product, Produces::Ranked(_))) {
            return self.choose_ranked(products.clone());
        }
        if self.ranges.is_empty() {
            return products
                .clone()
                .next()
                .and_then(|product| Some((product, *product.offers().first()?)))
                .map(|(product, offer)| (0, product.spell(Cow::Borrowed(offer))));
        }
        self.ranges.iter().filter(|range| range.quality > 0).find_map(|range| {
            products.clone().enumerate().find_map(|(index, product)| {
                let mut offers = product.offers().iter().copied();
                let offer = offers.find(|offer| range.accepts(offer, &product))?;
                let content_type = range.content_type(offer)?;
                Some((index, product.spell(content_type)))
            })
        })
    }

    /// How an error is best told to this caller.
    pub(crate) fn error_form(&self) -> ErrorForm<'a> {
        if self.unreadable {
            return ErrorForm::Empty;
        }
        let Some(best) = self.ranges.iter().find(|range| {
            range.is("text/html") || range.matches(JSON) || range.subtype.ends_with("+json")
        }) else {
            return if self.ranges.is_empty() { ErrorForm::Json(JSON) } else { ErrorForm::Empty };
        };
        if best.is("text/html") {
            ErrorForm::Html
        } else if best.wildcards() > 0 {
            ErrorForm::Json(JSON)
        } else {
            // A quality is no part of the type (recorded: `prometheus/get-accept-q`).
            let has_quality = parameter(best.text, "q").is_some();
            ErrorForm::Json(if has_quality { essence(best.text) } else { best.text })
        }
    }
}

/// The forms of an error body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorForm<'a> {
    /// The error document, under this JSON type.
    Json(&'a str),
    /// A small page, for browsers.
    Html,
    /// Status and headers only.
    Empty,
}

impl Produces {
    /// The media types that a product can be sent as, best first.
    pub(crate) fn offers(&self) -> &[&'static str] {
        match self {
            Self::Named(media_type) | Self::Ranked(media_type) => std::slice::from_ref(media_type),
            Self::OneOf(media_types) => media_types,
            Self::Json => &[V3, V2, JSON],
            Self::Text | Self::Resource => &[TEXT],
            Self::Octets => &["application/octet-stream"],
            Self::Nothing => &[],
        }
    }
}

impl Produces {
    /// The `Content-Type` under which a media type is sent: texts of an application's own say that
    /// they are UTF-8, as Spring's do (recorded: golden `custom-texty/get`).
    fn spell(self, content_type: Cow<'static, str>) -> Cow<'static, str> {
        let is_bare =
            matches!(self, Self::OneOf(_)) && parameter(&content_type, "charset").is_none();
        if is_bare && content_type.starts_with("text/") {
            return Cow::Owned(format!("{content_type};charset=UTF-8"));
        }
        content_type
    }
}

/// Whether a request's `Content-Type` is one of the actuator's JSON types; parameters do not
/// count.
pub(crate) fn is_actuator_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    [V3, V2, JSON].iter().any(|known| essence.eq_ignore_ascii_case(known))
}

/// Whether a request's `Content-Type` is JSON of any kind (`application/*+json` too).
pub(crate) fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type).to_ascii_lowercase();
    essence == JSON || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The value of a parameter of a media type, without quotes.
fn parameter<'t>(media_type: &'t str, wanted: &str) -> Option<&'t str> {
    parameters(media_type)
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value)
}

fn parameters(media_type: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    pairs.map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let essence = essence(text);
        let (kind, subtype) = essence.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() || (kind == "*" && subtype != "*") {
            return None;
        }
        let quality = parameter(text, "q").map_or(1000, thousandths);
        Some(Self { text, kind, subtype, quality })
    }

    fn is(&self, media_type: &str) -> bool {
        media_type.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
        })
    }

    /// A product that has to be named is not meant by a wildcard.
    fn accepts(&self, offer: &str, product: &Produces) -> bool {
        let is_named = !matches!(product, Produces::Named(_)) || self.wildcards() == 0;
        is_named && self.matches(offer)
    }

    fn matches(&self, offer: &str) -> bool {
        self.names(offer) && self.charset_matches()
    }

    /// Whether this is the offer's type; parameters do not count.
    fn names(&self, offer: &str) -> bool {
        let Some((kind, subtype)) = essence(offer).split_once('/') else { return false };
        let kind_matches = self.kind == "*" || self.kind.eq_ignore_ascii_case(kind);
        let subtype_matches = self.subtype == "*"
            || self.subtype.eq_ignore_ascii_case(subtype)
            || self.subtype.strip_prefix("*+").is_some_and(|suffix| {
                subtype.rsplit_once('+').is_some_and(|(_, end)| end.eq_ignore_ascii_case(suffix))
            });
        kind_matches && subtype_matches
    }

    /// Only UTF-8 is spoken.
    fn charset_matches(&self) -> bool {
        self.charset().is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
    }

    fn charset(&self) -> Option<&'a str> {
        parameter(self.text, "charset")
    }

    /// The offer as it is sent: a charset that was asked for is echoed.
    fn content_type(&self, offer: &'static str) -> Option<Cow<'static, str>> {
        if self.wildcards() > 0 || offer == TEXT || self.charset().is_none() {
            return Some(Cow::Borrowed(offer));
        }
        let charset = self.charset()?;
        Some(Cow::Owned(format!("{offer};charset={charset}")))
    }

    fn wildcards(&self) -> u8 {
        u8::from(self.kind == "*") + u8::from(self.subtype.starts_with('*'))
    }
}

/// A quality value in thousandths; what cannot be read counts as 1.
pub(super) fn thousandths(text: &str) -> u16 {
    let Some((whole, fraction)) = text.split_once('.') else {
        return if text == "0" { 0 } else { 1000 };
    };
    if whole != "0" {
        return 1000;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    digits.fold(0, |sum, digit| sum * 10 + u16::from(digit.wrapping_sub(b'0').min(9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(accept: &str) -> Option<String> {
        Accept::parse(Some(accept))
            .choose(&[Produces::Json].into_iter())
            .map(|(_, chosen)| chosen.into_owned())
    }

    #[test]
    fn the_content_type_follows_quality_and_order() {
        for (accept, chosen) in [
            ("", Some(V3)),
            ("*/*", Some(V3)),
            ("application/*", Some(V3)),
            ("application/*+json", Some(V3)),
            ("text/html, application/json", Some(JSON)),
            ("application/json,application/vnd.spring-boot.actuator.v2+json", Some(JSON)),
            (
                "application/json;q=0.9, application/vnd.spring-boot.actuator.v2+json;q=0.1",
                Some(JSON),
            ),
            ("application/vnd.spring-boot.actuator.v3+json;q=0, application/json", Some(JSON)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(V3)),
            ("application/json;charset=UTF-8", Some("application/json;charset=UTF-8")),
            ("text/html", None),
            ("not-a-type", None),
            ("application/vnd.spring-boot.actuator.v1+json", None),
        ] {
            assert_eq!(json(accept).as_deref(), chosen, "{accept}");
        }
    }

    #[test]
    fn trap_sba_02_the_version_is_the_highest_that_accept_names() {
        for (accept, version) in [
            (V2, ApiVersion::V2),
            (V3, ApiVersion::V3),
            (JSON, ApiVersion::V3),
            ("application/vnd.spring-boot.actuator.v2+json;q=0.1,application/json", ApiVersion::V2),
            (
                "application/vnd.spring-boot.actuator.v2+json,application/vnd.spring-boot.actuator.v3+json;q=0.1",
                ApiVersion::V3,
            ),
        ] {
            assert_eq!(Accept::parse(Some(accept)).version(), version, "{accept}");
        }
        // As servers up to 3.4.0 ask: v2, v1, json.
        let older = "application/vnd.spring-boot.actuator.v2+json,\
             application/vnd.spring-boot.actuator.v1+json,application/json";
        assert_eq!(json(older).as_deref(), Some(V2));
    }

    #[test]
    fn text_and_json_of_one_path_are_told_apart() {
        let both = [Produces::Json, Produces::Text];
        for (accept, index) in [
            ("", Some(0)),
            ("text/plain", Some(1)),
            ("text/*, */*;q=0.1", Some(1)),
            ("application/json, text/plain", Some(0)),
            ("text/plain;charset=utf-16", None),
            ("image/png", None),
        ] {
            let chosen =
                Accept::parse(Some(accept)).choose(&both.into_iter()).map(|(index, _)| index);
            assert_eq!(chosen, index, "{accept}");
        }
    }

    #[test]
    fn a_product_that_has_to_be_named_is_not_meant_by_a_wildcard() {
        let both = [Produces::Json, Produces::Named("application/health+json")];
        for (accept, index) in [
            ("", 0),
            ("*/*", 0),
            ("application/*", 0),
            ("application/*+json", 0),
            ("text/html, */*;q=0.1", 0),
            ("application/json, application/health+json", 0),
            ("application/health+json", 1),
            ("Application/Health+JSON, */*", 1),
            ("application/json;q=0.5, application/health+json", 1),
        ] {
            let chosen =
                Accept::parse(Some(accept)).choose(&both.into_iter()).map(|(index, _)| index);
            assert_eq!(chosen, Some(index), "{accept}");
        }
        let with_text = [Produces::Json, Produces::Named(TEXT)];
        for (accept, index) in
            [("text/*", None), ("text/*, */*;q=0.1", Some(0)), ("text/plain", Some(1))]
        {
            let chosen =
                Accept::parse(Some(accept)).choose(&with_text.into_iter()).map(|(index, _)| index);
            assert_eq!(chosen, index, "{accept}");
        }
    }

    #[test]
    fn one_of_several_types_is_sent_by_the_order_of_accept_and_texts_say_their_charset() {
        let texty = [Produces::OneOf(&["text/plain", "application/json"])];
        for (accept, chosen) in [
            ("", Some(TEXT)),
            ("*/*", Some(TEXT)),
            ("text/*", Some(TEXT)),
            ("application/json", Some(JSON)),
            ("application/json, text/plain;q=0.5", Some(JSON)),
            ("text/html", None),
        ] {
            let choice = Accept::parse(Some(accept)).choose(&texty.into_iter());
            assert_eq!(choice.map(|(_, chosen)| chosen).as_deref(), chosen, "{accept}");
        }
    }

    #[test]
    fn errors_take_the_form_that_the_caller_reads() {
        let v1 = "application/vnd.spring-boot.actuator.v1+json";
        for (accept, form) in [
            ("", ErrorForm::Json(JSON)),
            ("*/*", ErrorForm::Json(JSON)),
            ("text/html", ErrorForm::Html),
            (v1, ErrorForm::Json(v1)),
            ("text/plain", ErrorForm::Empty),
            ("not-a-type", ErrorForm::Empty),
        ] {
            assert_eq!(Accept::parse(Some(accept)).error_form(), form, "{accept}");
        }
    }
}

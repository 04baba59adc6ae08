//! What a request shows to prove who sends it, and the cookie that a browser is given.

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header, request::Parts};

use crate::{
    model::peer::{ClientCertificate, Peer},
    security::{Credentials, SharedSecret},
    web::{arguments, forwarded::public_address},
};

/// Basic credentials of more bytes are none.
const LONGEST_BASIC: usize = 8 * 1024;

/// The credentials of a request.
#[derive(Default)]
pub(super) struct Shown<'r> {
    authorization: Authorization<'r>,
    secret: Option<Cow<'r, str>>,
    cookie: Option<&'r str>,
    certificate: Option<Arc<ClientCertificate>>,
    logs_out: bool,
}

#[derive(Default)]
enum Authorization<'r> {
    #[default]
    None,
    /// `name:password`, and where the colon is.
    Basic(String, usize),
    Bearer(&'r str),
    Malformed,
}

impl<'r> Shown<'r> {
    /// Reads them.
    pub(super) fn read(parts: &'r Parts, secret: Option<&SharedSecret>) -> Self {
        let peer = parts.extensions.get::<Peer>();
        let mut shown = Self {
            authorization: authorization(&parts.headers),
            certificate: peer.and_then(|peer| peer.certificate.clone()),
            ..Self::default()
        };
        if let Some(secret) = secret {
            shown.cookie = cookie(&parts.headers, &secret.cookie);
            let header = parts.headers.get(secret.header.as_str());
            shown.secret = header.and_then(|value| value.to_str().ok()).map(Cow::Borrowed);
            if let Some(parameter) = &secret.query_parameter
                && let Some(value) = query_parameter(parts.uri.query(), parameter)
            {
                // As in c2cwsgiutils: an empty one says goodbye.
                shown.logs_out = value.is_empty();
                if shown.logs_out {
                    shown.cookie = None;
                } else {
                    shown.secret.get_or_insert(value);
                }
            }
        }
        shown
    }

    /// Whether there is none at all.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.authorization, Authorization::None)
            && self.secret.is_none()
            && self.cookie.is_none()
            && self.certificate.is_none()
    }

    /// All of them, the most telling first.
    pub(super) fn credentials(&self) -> Vec<Credentials<'_>> {
        let mut all = Vec::with_capacity(2);
        all.extend(self.certificate.as_deref().map(Credentials::Certificate));
        match &self.authorization {
            Authorization::Basic(text, colon) => {
                if let Some((user, password)) = text.split_at_checked(*colon) {
                    let password = password.strip_prefix(':').unwrap_or_default();
                    all.push(Credentials::Basic { user, password });
                }
            }
            Authorization::Bearer(token) => all.push(Credentials::Bearer(token)),
            Authorization::None | Authorization::Malformed => {}
        }
        all.extend(self.secret.as_deref().map(Credentials::Secret));
        all.extend(self.cookie.map(Credentials::Cookie));
        all
    }

    /// The name that a caller gives itself.
    pub(super) fn user(&self) -> &str {
        match &self.authorization {
            Authorization::Basic(text, colon) => text.get(..*colon).unwrap_or_default(),
            _ => "",
        }
    }

    /// The kind of what is shown, for the trail.
    pub(super) fn kind(&self) -> &'static str {
        match &self.authorization {
            Authorization::Basic(..) | Authorization::Malformed => "basic",
            Authorization::Bearer(_) => "bearer",
            Authorization::None if self.secret.is_some() => "secret",
            Authorization::None if self.certificate.is_some() => "certificate",
            Authorization::None => "own",
        }
    }

    /// What is wrong with credentials that cannot be read.
    pub(super) fn malformed(&self) -> Option<String> {
        matches!(self.authorization, Authorization::Malformed)
            .then(|| "the Authorization header cannot be read".to_owned())
    }

    /// Whether the caller wants to be forgotten.
    pub(super) fn logs_out(&self) -> bool {
        self.logs_out
    }

    /// The cookie for who came with the secret, or with a cookie that ends soon. Who passes by other
    /// credentials gets none, whatever is said beside them.
    pub(super) fn cookie_to_set(
        &self,
        secret: &SharedSecret,
        parts: &Parts,
    ) -> Option<HeaderValue> {
        if !matches!(self.authorization, Authorization::None) {
            return None;
        }
        let value = match (&self.secret, self.cookie) {
            (Some(shown), _) if secret.is(shown) => secret.new_cookie(),
            (None, Some(cookie)) => secret.renewed(cookie)?,
            _ => return None,
        };
        set_cookie(secret, &value, secret.max_age.as_secs(), parts)
    }
}

/// Takes the cookie back.
pub(super) fn no_cookie(secret: &SharedSecret, parts: &Parts) -> Option<HeaderValue> {
    set_cookie(secret, "", 0, parts)
}

fn set_cookie(
    secret: &SharedSecret,
    value: &str,
    max_age: u64,
    parts: &Parts,
) -> Option<HeaderValue> {
    let mut text =
        format!("{}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Strict", secret.cookie);
    if is_secure(parts) {
        let _ = text.write_str("; Secure");
    }
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn is_secure(parts: &Parts) -> bool {
    public_address(&parts.uri, &parts.extensions, "").0 == "https"
}

/// What stands in the one `Authorization` header. Schemes of others are none of ours.
fn authorization(headers: &HeaderMap) -> Authorization<'_> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Authorization::None };
    // Whoever stands in front of us might have looked at the other one.
    if all.next().is_some() {
        return Authorization::Malformed;
    }
    let Ok(text) = value.to_str() else { return Authorization::Malformed };
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return Authorization::Bearer(rest.trim());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        return basic(rest.trim()).unwrap_or(Authorization::Malformed);
    }
    Authorization::None
}

/// RFC 7617.
fn basic(encoded: &str) -> Option<Authorization<'static>> {
    if encoded.len() > LONGEST_BASIC {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let colon = text.find(':')?;
    Some(Authorization::Basic(text, colon))
}

/// The value of a cookie; of several with the name, the first.
fn cookie<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
    values.find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn query_parameter<'r>(query: Option<&'r str>, name: &str) -> Option<Cow<'r, str>> {
    let pairs = arguments::query(query?).ok()?;
    pairs.into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers
                .append(header::AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn basic_credentials_are_read_as_rfc_7617_has_them() {
        for (value, wanted) in [
            // user "Aladdin", password "open sesame"; "test", "123£" in UTF-8: both of the RFC.
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", ("Aladdin", "open sesame")),
            ("basic dGVzdDoxMjPCow==", ("test", "123\u{a3}")),
            ("BASIC  YTpiOmM=", ("a", "b:c")),
            ("Basic Og==", ("", "")),
        ] {
            let headers = headers(&[value]);
            let shown = Shown { authorization: authorization(&headers), ..Shown::default() };
            let (user, password) = wanted;
            assert_eq!(shown.credentials(), [Credentials::Basic { user, password }], "{value}");
            assert_eq!(shown.user(), user);
        }
    }

    #[test]
    fn what_cannot_be_read_is_wrong_and_what_others_say_is_nothing() {
        let long = format!("Basic {}", "QQ".repeat(5_000));
        let both = ["Basic YTpi", "Bearer x"];
        for bad in [
            &["Basic !!!"][..],
            &["Basic"],
            &["Basic YWI="],
            &["Basic /zo="],
            &["Basic YTpi", "Basic YTpi"],
            &both,
            &["Basic YTp\u{e4}"],
            &[&long],
        ] {
            let headers = headers(bad);
            assert!(matches!(authorization(&headers), Authorization::Malformed), "{bad:?}");
        }
        for other in [&["Negotiate abc"][..], &["Digest x=y"], &[""], &[]] {
            let headers = headers(other);
            assert!(matches!(authorization(&headers), Authorization::None), "{other:?}");
        }
        assert!(matches!(
            authorization(&headers(&["bearer  a.b.c "])),
            Authorization::Bearer("a.b.c")
        ));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1;  mine=x.y=; mine2=z"));
        headers.append(header::COOKIE, HeaderValue::from_static("mine=later; b"));
        assert_eq!(cookie(&headers, "mine"), Some("x.y="));
        assert_eq!(cookie(&headers, "min"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_shown_is_read_and_what_was_written_is_read_again(
            odd in "\\PC{0,30}|(Basic|Bearer|basic) [a-zA-Z0-9+/=:]{0,30}",
            user in "[^:]{0,12}",
            password in "\\PC{0,12}",
        ) {
            if let Ok(value) = HeaderValue::from_bytes(odd.as_bytes()) {
                let mut odd = HeaderMap::new();
                odd.insert(header::COOKIE, value.clone());
                odd.insert(header::AUTHORIZATION, value);
                let _ = (authorization(&odd), cookie(&odd, "c"));
            }
            let _ = query_parameter(Some(&odd), "c");
            let encoded = STANDARD.encode(format!("{user}:{password}"));
            let Some(Authorization::Basic(text, colon)) = basic(&encoded) else {
                return Err(TestCaseError::fail(encoded));
            };
            prop_assert_eq!((&text[..colon], &text[colon + 1..]), (&*user, &*password));
        }
    }
}

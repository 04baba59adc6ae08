//! The address of a project at a Sentry server:
//! `https://<key>@<host>[:port][/path]/<project>`.
//!
//! Format: <https://develop.sentry.dev/sdk/foundations/transport/authentication/>.

use std::fmt;

use crate::support::outgoing::HttpTarget;

/// Where envelopes go, and by which key. Debug output shows no key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Dsn {
    target: HttpTarget,
    key: String,
    /// Older servers want it too.
    secret: Option<String>,
}

impl Dsn {
    /// Reads it; the error says what is accepted and never repeats the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected a DSN such as https://<key>@sentry.example/42";
        let text = text.trim();
        // The address itself is checked by who calls it; its complaint knows no key either.
        let url = |text: &str| HttpTarget::parse(text).map_err(|why| format!("{EXPECTED}: {why}"));
        let (scheme, rest) = text.split_once("://").ok_or(EXPECTED)?;
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(authority_end).ok_or(EXPECTED)?;
        let (credentials, host) = authority
            .rsplit_once('@')
            .ok_or(format!("{EXPECTED}: there is no key in front of @"))?;
        let (key, secret) = match credentials.split_once(':') {
            Some((key, secret)) => (key, Some(secret).filter(|secret| !secret.is_empty())),
            None => (credentials, None),
        };
        let is_word =
            |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if key.is_empty() || !is_word(key) || !secret.is_none_or(is_word) {
            return Err(format!("{EXPECTED}: the key in front of @ is letters and digits"));
        }
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let (before, project) = path.rsplit_once('/').unwrap_or_default();
        if project.is_empty() || !is_word(project) {
            return Err(format!("{EXPECTED}: it ends with the number of the project"));
        }
        if host.is_empty() {
            return Err(format!("{EXPECTED}: there is no host behind @"));
        }
        let target = url(&format!("{scheme}://{host}{before}/api/{project}/envelope/"))?;
        Ok(Self { target, key: key.to_owned(), secret: secret.map(str::to_owned) })
    }

    /// Where to POST envelopes.
    pub(super) fn target(&self) -> &HttpTarget {
        &self.target
    }

    /// The value of the header `X-Sentry-Auth`.
    pub(super) fn authentication(&self) -> String {
        let (version, key) = (env!("CARGO_PKG_VERSION"), &self.key);
        let client = format!("sentry_client=actuator/{version}");
        let secret = self.secret.iter().map(|secret| format!(", sentry_secret={secret}"));
        let secret: String = secret.collect();
        format!("Sentry sentry_version=7, {client}, sentry_key={key}{secret}")
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dsn({})", self.target.origin())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dsn_is_an_address_and_a_key() {
        for (text, address) in [
            ("http://abc@sentry.example/42", "http://sentry.example/api/42/envelope/"),
            (" http://abc:@h:9000/a/b/7/ ", "http://h:9000/a/b/api/7/envelope/"),
            ("http://abc@[::1]:1/7?x=y", "http://[::1]:1/api/7/envelope/"),
        ] {
            let dsn = Dsn::parse(text).unwrap();
            assert_eq!(dsn.target().shown(), address);
            assert!(dsn.authentication().ends_with(", sentry_key=abc"), "{text}");
        }
        let older = Dsn::parse("http://abc:def@h/1").unwrap();
        let header = older.authentication();
        assert!(header.starts_with("Sentry sentry_version=7, sentry_client=actuator/"), "{header}");
        assert!(header.ends_with(", sentry_key=abc, sentry_secret=def"), "{header}");
        assert_eq!(format!("{older:?}"), "Dsn(http://h)");
    }

    #[test]
    fn what_is_no_dsn_is_refused_without_its_text() {
        for text in [
            "",
            "hunter2",
            "http://sentry.example/42",
            "http://@h/42",
            "http://hunter2@h",
            "http://hunter2@h/",
            "http://hunter2@/42",
            "ftp://hunter2@h/42",
            "http://hunter2@h/4 2",
            "http://hunter2\u{e9}@h/42",
            "http://a@hunter2@h/42",
            "http://hunter2@h:99999/42",
        ] {
            let complaint = Dsn::parse(text).unwrap_err();
            assert!(complaint.starts_with("expected a DSN such as "), "{complaint}");
            assert!(!complaint.contains("hunter2"), "{complaint}");
        }
    }

    proptest! {
        #[test]
        fn whatever_it_is_it_is_read_or_refused_and_never_repeated(
            text in "\\PC{0,40}|https?://[a-z0-9:@./?#\\[\\]-]{0,40}", key in "[a-z0-9]{16}",
        ) {
            let _ = Dsn::parse(&text);
            if let Err(error) = Dsn::parse(&format!("https://{key}@{text}")) {
                prop_assert!(!error.contains(&key), "{}", error);
            }
        }
    }
}

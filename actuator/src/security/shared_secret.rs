//! One secret that everybody knows who may, as c2cwsgiutils has it: in a header, and for browsers
//! as a cookie that is signed, ends, and does not hold it.

use std::{
    fmt::{self, Write as _},
    future::ready,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    Attempt, Authenticator, Credentials, Verdict,
    compare::{self, Hash, Keyed},
};
use crate::{
    model::{endpoint::BoxFuture, principal::Principal},
    support::clock::Clock,
};

/// What [`Authenticator::name`] says of it.
const NAME: &str = "secret";

/// How a secret is asked for, and how its cookie is made.
pub struct SharedSecret {
    /// Who it is then.
    pub principal: Principal,
    /// The header that it comes in (`X-API-Key`).
    pub header: String,
    /// The parameter of the query that it may come in too, if a setting allows that.
    pub query_parameter: Option<String>,
    /// The name of the cookie.
    pub cookie: String,
    /// How long a cookie is good for.
    pub max_age: Duration,
    digest: Hash,
    signer: Keyed,
    clock: Clock,
}

/// How a secret is asked for.
#[derive(Clone, Debug)]
pub struct SecretSettings {
    /// See [`SharedSecret::principal`].
    pub roles: Vec<String>,
    /// See [`SharedSecret::header`].
    pub header: String,
    /// See [`SharedSecret::query_parameter`].
    pub query_parameter: Option<String>,
    /// See [`SharedSecret::cookie`].
    pub cookie: String,
    /// See [`SharedSecret::max_age`].
    pub max_age: Duration,
}

impl SharedSecret {
    /// This secret.
    pub fn new(secret: &str, settings: SecretSettings, clock: Clock) -> Self {
        Self {
            principal: Principal::new(NAME, &settings.roles),
            header: settings.header,
            query_parameter: settings.query_parameter,
            cookie: settings.cookie,
            max_age: settings.max_age,
            digest: compare::sha256(secret.as_bytes()),
            // All instances with the secret know each other's cookies, and a new secret ends all.
            signer: Keyed::derived(secret.as_bytes(), b"actuator cookie 1"),
            clock,
        }
    }

    /// Whether this is the secret.
    pub fn is(&self, shown: &str) -> bool {
        compare::same(&self.digest, &compare::sha256(shown.as_bytes()))
    }

    /// The value of a new cookie: `<end in seconds of 1970>.<HMAC of it in hexadecimal>`.
    pub fn new_cookie(&self) -> String {
        let end = seconds(self.clock.now()).saturating_add(self.max_age.as_secs()).to_string();
        let mut value = end.clone();
        value.push('.');
        for byte in self.signer.of(&[end.as_bytes()]) {
            let _ = write!(value, "{byte:02x}");
        }
        value
    }

    /// The value of the cookie that is to follow one which is good but has lived half of its time.
    pub fn renewed(&self, cookie: &str) -> Option<String> {
        let left = self.left_of(cookie)?;
        (left < self.max_age / 2).then(|| self.new_cookie())
    }

    /// How long a cookie is still good for; `None` if it is not.
    fn left_of(&self, cookie: &str) -> Option<Duration> {
        let (end, signature) = cookie.split_once('.')?;
        if end.len() > 20
            || !compare::same(&from_hex(signature)?, &self.signer.of(&[end.as_bytes()]))
        {
            return None;
        }
        let end: u64 = end.parse().ok()?;
        let left = end.checked_sub(seconds(self.clock.now())).filter(|left| *left > 0)?;
        Some(Duration::from_secs(left))
    }

    fn judge(&self, attempt: &Attempt<'_>) -> Verdict {
        let mut wrong = false;
        for credentials in attempt.credentials {
            let is_right = match credentials {
                Credentials::Secret(shown) => {
                    let is_right = self.is(shown);
                    wrong |= !is_right;
                    is_right
                }
                // A browser sends one that is over without meaning it.
                Credentials::Cookie(cookie) => self.left_of(cookie).is_some(),
                _ => false,
            };
            if is_right {
                return Verdict::Known(self.principal.clone());
            }
        }
        if wrong { Verdict::Refused("wrong secret".to_owned()) } else { Verdict::NotMine }
    }
}

impl Authenticator for SharedSecret {
    fn name(&self) -> &'static str {
        NAME
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(self.judge(attempt)))
    }

    /// There is no registered scheme; a 401 has to name one.
    fn challenge(&self) -> Option<String> {
        Some(format!(r#"ApiKey realm="Realm", header="{}""#, self.header))
    }
}

/// Reads 64 hexadecimal digits of lower case.
pub(super) fn from_hex(text: &str) -> Option<Hash> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut bytes = Hash::default();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").field("header", &self.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret(text: &str, clock: &Clock) -> SharedSecret {
        let settings = SecretSettings {
            roles: vec!["operator".to_owned()],
            header: "X-API-Key".to_owned(),
            query_parameter: None,
            cookie: "c".to_owned(),
            max_age: Duration::from_secs(100),
        };
        SharedSecret::new(text, settings, clock.clone())
    }

    fn ask(secret: &SharedSecret, credentials: &[Credentials<'_>]) -> Verdict {
        secret.judge(&Attempt { credentials, client: None, header: &|_| None })
    }

    #[test]
    fn the_secret_is_known_and_what_is_almost_it_is_not() {
        let secret = secret("0123456789abcdef", &Clock::manual(SystemTime::now()));
        let known = Verdict::Known(Principal::new("secret", ["operator"]));
        assert_eq!(ask(&secret, &[Credentials::Secret("0123456789abcdef")]), known);
        for wrong in ["", "0123456789abcde", "0123456789abcdefg", "0123456789abcdeF"] {
            assert!(matches!(ask(&secret, &[Credentials::Secret(wrong)]), Verdict::Refused(_)));
        }
        assert_eq!(ask(&secret, &[Credentials::Bearer("0123456789abcdef")]), Verdict::NotMine);
    }

    #[test]
    fn a_cookie_ends_is_renewed_before_and_cannot_be_made_by_others() {
        let clock = Clock::manual(UNIX_EPOCH + Duration::from_secs(1_000));
        let one = secret("0123456789abcdef", &clock);
        let cookie = one.new_cookie();
        let good = |cookie: &str| ask(&one, &[Credentials::Cookie(cookie)]) != Verdict::NotMine;
        assert!(
            good(&cookie) && cookie.starts_with("1100.") && !cookie.contains("0123456789abcdef")
        );
        let again = secret("0123456789abcdef", &clock);
        assert!(again.left_of(&cookie).is_some(), "another instance, or the next start");
        assert!(secret("0123456789abcdeg", &clock).left_of(&cookie).is_none());
        let (_, signature) = cookie.split_once('.').unwrap();
        for forged in [
            format!("1101.{signature}"),
            format!("1100.{}", signature.to_uppercase()),
            format!("1100.{}0", &signature[..63]),
            format!("01100.{signature}"),
            format!("{}.{signature}", "9".repeat(1 << 20)),
            format!("1100.{signature}0"),
            "1100.".to_owned(),
            "1100".to_owned(),
            String::new(),
            "ä.ä".to_owned(),
        ] {
            assert!(!good(&forged) || forged == cookie, "{forged}");
        }
        assert_eq!(one.renewed(&cookie), None);
        clock.advance(Duration::from_secs(51));
        assert!(good(&one.renewed(&cookie).unwrap()));
        clock.advance(Duration::from_secs(49));
        assert!(!good(&cookie) && one.renewed(&cookie).is_none());
    }

    proptest! {
        #[test]
        fn no_cookie_that_was_made_up_is_good(
            cookie in "\\PC{0,40}|[0-9]{1,20}[.][0-9a-f]{64}", at in 0_usize..80, by in 1_u8..,
        ) {
            let clock = Clock::manual(UNIX_EPOCH + Duration::from_secs(1_000));
            let secret = secret("0123456789abcdef", &clock);
            prop_assert_eq!(secret.left_of(&cookie), None);
            let mut changed = secret.new_cookie().into_bytes();
            let at = at % changed.len();
            changed[at] ^= by;
            let changed = String::from_utf8_lossy(&changed);
            prop_assert_eq!(secret.left_of(&changed), None, "{}", changed);
        }
    }
}

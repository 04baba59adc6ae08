//! Users with passwords.

use std::{collections::HashMap, fmt, time::Duration};

use super::{
    Attempt, Authenticator, Credentials, Verdict, hashing::Hashing, password::StoredPassword,
    seen::Seen,
};
use crate::{
    model::{endpoint::BoxFuture, principal::Principal},
    support::clock::Clock,
};

/// A longer password is none of ours, and costs nothing.
const LONGEST: usize = 1024;
/// How long a password that was right is known without another look.
const KEPT: Duration = Duration::from_mins(10);
/// Nobody's password. Looking at it takes as long as at one in the clear.
const NOBODYS: StoredPassword = StoredPassword::Clear([0; 32]);

/// A user as settings describe one.
#[derive(Debug)]
pub struct User {
    /// Name and roles.
    pub principal: Principal,
    /// What they must know.
    pub password: StoredPassword,
}

/// Users with passwords: `Authorization: Basic …`.
pub struct Users {
    by_name: HashMap<String, User>,
    /// What is looked at for a name that nobody has, so that it takes as long.
    nobody: StoredPassword,
    seen: Seen,
    clock: Clock,
    hashing: Hashing,
}

impl Users {
    /// These users.
    ///
    /// # Errors
    /// There is no random key.
    pub fn new(users: Vec<User>, clock: Clock) -> Result<Self, String> {
        let slow = users.iter().map(|user| &user.password).find(|password| password.is_slow());
        Ok(Self {
            nobody: slow.cloned().unwrap_or(NOBODYS),
            by_name: users.into_iter().map(|user| (user.principal.name.clone(), user)).collect(),
            seen: Seen::new(clock.clone())?,
            clock,
            hashing: Hashing::new(),
        })
    }

    async fn judge(&self, attempt: &Attempt<'_>) -> Verdict {
        let basic = attempt.credentials.iter().find_map(|credentials| match credentials {
            Credentials::Basic { user, password } => Some((*user, *password)),
            _ => None,
        });
        let Some((name, password)) = basic else { return Verdict::NotMine };
        let wrong = || Verdict::Refused("wrong name or password".to_owned());
        if password.len() > LONGEST {
            return wrong();
        }
        let user = self.by_name.get(name);
        let stored = user.map_or(&self.nobody, |user| &user.password);
        if !stored.is_slow() {
            let is_right = stored.is(password);
            return user.filter(|_| is_right).map_or_else(wrong, known);
        }
        let key = self.seen.key(&[name.as_bytes(), password.as_bytes()]);
        if let Some(principal) = self.seen.get(&key) {
            return Verdict::Known(principal);
        }
        let busy = || Verdict::Unavailable("too many passwords are looked at".to_owned());
        let Some(turn) = self.hashing.turn(attempt.client).await else { return busy() };
        // Who waited may find that another request has had the same looked at.
        if let Some(principal) = self.seen.get(&key) {
            return Verdict::Known(principal);
        }
        let (stored, password) = (stored.clone(), password.to_owned());
        match (turn.work(move || stored.is(&password)).await, user) {
            (Some(true), Some(user)) => {
                self.seen.keep(key, user.principal.clone(), self.clock.now() + KEPT);
                known(user)
            }
            (Some(_), _) => wrong(),
            (None, _) => busy(),
        }
    }
}

fn known(user: &User) -> Verdict {
    Verdict::Known(user.principal.clone())
}

impl Authenticator for Users {
    fn name(&self) -> &'static str {
        "basic"
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(self.judge(attempt))
    }

    /// As Spring writes it.
    fn challenge(&self) -> Option<String> {
        Some(r#"Basic realm="Realm", charset="UTF-8""#.to_owned())
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").field("users", &self.by_name.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    async fn ask(users: &Users, user: &str, password: &str) -> Verdict {
        let credentials = [Credentials::Basic { user, password }];
        let attempt = Attempt { credentials: &credentials, client: None, header: &|_| None };
        users.authenticate(&attempt).await
    }

    fn users(passwords: &[(&str, &str)]) -> Users {
        let user = |(name, password): &(&str, &str)| User {
            principal: Principal::new(*name, ["operator"]),
            password: StoredPassword::parse(password).unwrap(),
        };
        let clock = Clock::manual(SystemTime::now());
        Users::new(passwords.iter().map(user).collect(), clock).unwrap()
    }

    #[tokio::test]
    async fn a_user_is_known_by_the_password_and_by_nothing_else() {
        let users = users(&[("ada", "{noop}love:lace"), ("kim", "{noop}k")]);
        let ada = Principal::new("ada", ["operator"]);
        assert_eq!(ask(&users, "ada", "love:lace").await, Verdict::Known(ada));
        let zeros = String::from_utf8(vec![0; 32]).unwrap();
        for (name, password) in
            [("ada", "k"), ("ada", ""), ("", ""), ("nobody", &*zeros), ("Ada", "love:lace")]
        {
            let verdict = ask(&users, name, password).await;
            assert!(matches!(verdict, Verdict::Refused(_)), "{name} {verdict:?}");
        }
        let bearer = [Credentials::Bearer("love:lace")];
        let attempt = Attempt { credentials: &bearer, client: None, header: &|_| None };
        assert_eq!(users.authenticate(&attempt).await, Verdict::NotMine);
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_looked_at_as_long_as_one_that_somebody_has() {
        const HASH: &str =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        if StoredPassword::parse(HASH).is_err() {
            return; // built without the feature `passwords`
        }
        let users = users(&[("kim", "{noop}k"), ("ada", HASH)]);
        assert!(users.nobody.is_slow());
        // Also with the very password that is looked at in place of theirs.
        assert!(matches!(ask(&users, "nobody", "password").await, Verdict::Refused(_)));
        assert!(matches!(ask(&users, "ada", "password").await, Verdict::Known(_)));
        let keep = users.seen.key(&[b"ada", b"password"]);
        assert!(users.seen.get(&keep).is_some(), "it is not hashed twice");
        assert!(matches!(ask(&users, "ada", "passwore").await, Verdict::Refused(_)));
        let wrong = users.seen.key(&[b"ada", b"passwore"]);
        assert!(users.seen.get(&wrong).is_none());
    }

    #[tokio::test]
    async fn a_password_of_a_megabyte_is_wrong_at_once() {
        let users = users(&[("ada", "{noop}x")]);
        assert!(matches!(ask(&users, "ada", &"x".repeat(1 << 20)).await, Verdict::Refused(_)));
    }
}

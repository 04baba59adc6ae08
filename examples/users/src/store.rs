//! The users, in memory.

use std::sync::{Arc, Mutex, PoisonError};

use actuator::endpoint;
use serde::{Deserialize, Serialize};

/// A user as the API shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A user as it is sent.
#[derive(Debug, Deserialize)]
pub(crate) struct NewUser {
    name: String,
}

/// All users; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users(Arc<Mutex<Vec<User>>>);

/// The users, for those who operate the service.
#[endpoint(id = "users", access = "read-only")]
impl Users {
    /// Users whose name begins like this; all without it.
    #[read]
    fn named(&self, start: Option<&str>) -> Vec<User> {
        let is_meant = |user: &User| user.name.starts_with(start.unwrap_or_default());
        self.all().into_iter().filter(is_meant).collect()
    }
}

impl Users {
    pub(crate) fn all(&self) -> Vec<User> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn find(&self, id: u64) -> Option<User> {
        self.all().into_iter().find(|user| user.id == id)
    }

    pub(crate) fn add(&self, new: NewUser) -> User {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let user = User { id: users.len() as u64 + 1, name: new.name };
        users.push(user.clone());
        user
    }
}

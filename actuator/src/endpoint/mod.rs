//! The endpoints: from a subject to the JSON that the API promises, one file per id.

mod health;
mod info;

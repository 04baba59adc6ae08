//! Small tools that know nothing of actuators.

pub(crate) mod application_runtime;
pub(crate) mod certificate;
pub(crate) mod clock;
pub(crate) mod data_size;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub(crate) mod database;
pub(crate) mod host;
pub(crate) mod host_name;
pub(crate) mod json;
pub(crate) mod live_answers;
pub(crate) mod local_date;
#[cfg(test)]
pub(crate) mod odd_text;
pub(crate) mod offset_date_time;
pub(crate) mod open_file;
pub(crate) mod outgoing;
#[cfg(test)]
mod property_tests;
pub(crate) mod service_manager;
pub(crate) mod single_flight;
#[cfg(test)]
pub(crate) mod test_log;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod trigger;
pub(crate) mod unique_id;
pub(crate) mod uri_host;

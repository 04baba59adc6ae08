//! The types of events that others know by name.
//!
//! The first five are Spring Security's, so that views and rules made for it work on; the others
//! are what this crate records by itself. An application has its own beside them.

/// Somebody logged in.
pub const AUTHENTICATION_SUCCESS: &str = "AUTHENTICATION_SUCCESS";
/// Somebody failed to log in.
pub const AUTHENTICATION_FAILURE: &str = "AUTHENTICATION_FAILURE";
/// Somebody acts as somebody else.
pub const AUTHENTICATION_SWITCH: &str = "AUTHENTICATION_SWITCH";
/// Somebody logged out.
pub const LOGOUT_SUCCESS: &str = "LOGOUT_SUCCESS";
/// Somebody asked for what is not theirs.
pub const AUTHORIZATION_FAILURE: &str = "AUTHORIZATION_FAILURE";

/// The service is there: it listens. Data: `application`, `version` where it is known, and `address`.
pub const APPLICATION_STARTED: &str = "APPLICATION_STARTED";
/// The service stops. Data: `reason`, which is a signal (`SIGTERM`, `ctrl-c`), `shutdown endpoint`, or
/// `application` if its own code says so.
pub const APPLICATION_STOPPING: &str = "APPLICATION_STOPPING";
/// Somebody called an operation of the management API that changes something, and it was done or
/// refused. Data: `endpoint` (its id), `operation` (`write` or `delete`), `selectors` (the path below
/// the endpoint, where there is one), `status` (of the answer; 499 if the caller went away before it),
/// `claimedActor` (who the caller says it is), and `unrecorded` (how many refused ones before this
/// were too many to be recorded). What has a type of its own is not recorded twice.
pub const ENDPOINT_WRITE: &str = "ENDPOINT_WRITE";
/// Somebody set the level of a logger.
pub const LOG_LEVEL_CHANGED: &str = "LOG_LEVEL_CHANGED";
/// A level that was set for a while went back.
pub const LOG_LEVEL_REVERTED: &str = "LOG_LEVEL_REVERTED";

/// The status of a check changed. Data: `check` (its path), `from` and `to` (status codes), and
/// where they are known `cause` (text) and `outage` (ISO 8601 duration, of the end of one).
pub const HEALTH_CHANGED: &str = "HEALTH_CHANGED";
/// Somebody overrode the status of a check, or of the instance, or took that back. Data: `check`,
/// `status` (absent when it is taken back), and where they are known `until` (ISO 8601 instant)
/// and `reason`.
pub const HEALTH_OVERRIDDEN: &str = "HEALTH_OVERRIDDEN";

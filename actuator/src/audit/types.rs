//! The types of events that others know by name.
//!
//! The first five are Spring Security's, so that views and rules made for it work on; the others
//! are what this crate records by itself. An application has its own beside them.

/// Somebody logged in.
pub const AUTHENTICATION_SUCCESS: &str = "AUTHENTICATION_SUCCESS";
/// Somebody failed to log in. Data of those who failed at the management API: `message`, `scheme`
/// (`basic`, `bearer`, `secret`, `certificate`, `own`), `details.remoteAddress` where it is known, and
/// where they are true `noLongerLookedAt` (it was one failure too many) and `unrecorded` (how many
/// before this were too many to be recorded). The principal is who they say they are.
pub const AUTHENTICATION_FAILURE: &str = "AUTHENTICATION_FAILURE";
/// Somebody acts as somebody else.
pub const AUTHENTICATION_SWITCH: &str = "AUTHENTICATION_SWITCH";
/// Somebody logged out.
pub const LOGOUT_SUCCESS: &str = "LOGOUT_SUCCESS";
/// Somebody asked for what is not theirs. Data of those who did at the management API: `message`,
/// `endpoint` and `operation` (`read`, `write`, `delete`) where there is one,
/// `details.remoteAddress`, `unrecorded` as above.
pub const AUTHORIZATION_FAILURE: &str = "AUTHORIZATION_FAILURE";

/// Somebody set the level of a logger or a group, or took that back, or it came back with a start.
/// Data: `name`, `from` and `to` (levels; absent where it inherits), and where they are known
/// `expiresAt` (ISO 8601 instant), `reason`, `actorClaimed` (the principal is what the caller
/// said), `cause` (text, if it is not that a level was set).
pub const LOG_LEVEL_CHANGED: &str = "LOG_LEVEL_CHANGED";
/// The time of such a level was over, and it reverted by itself. Data: `name`, `from`, `to`, and
/// the `reason` that was given when it was set.
pub const LOG_LEVEL_REVERTED: &str = "LOG_LEVEL_REVERTED";

/// The status of a check changed. Data: `check` (its path), `from` and `to` (status codes), and
/// where they are known `cause` (text) and `outage` (ISO 8601 duration, of the end of one).
pub const HEALTH_CHANGED: &str = "HEALTH_CHANGED";
/// Somebody overrode the status of a check, or of the instance, or took that back. Data: `check`,
/// `status` (absent when it is taken back), and where they are known `until` (ISO 8601 instant)
/// and `reason`.
pub const HEALTH_OVERRIDDEN: &str = "HEALTH_OVERRIDDEN";

/// The service is there: it listens. Data: `application`, `version` where it is known, and `address`.
pub const APPLICATION_STARTED: &str = "APPLICATION_STARTED";
/// The service stops. Data: `reason`, which is a signal (`SIGTERM`, `ctrl-c`), `shutdown endpoint`,
/// `restart endpoint`, or
/// `application` if its own code says so.
pub const APPLICATION_STOPPING: &str = "APPLICATION_STOPPING";
/// Somebody set values over those of all sources (`POST /env`), or took them back. Data: `names`, and
/// where it is true `reset`.
pub const ENVIRONMENT_CHANGED: &str = "ENVIRONMENT_CHANGED";
/// Somebody ran, paused or resumed a scheduled task over HTTP. Data: `task` (its name) and `action`
/// (`run`, `pause`, `resume`).
pub const SCHEDULED_TASK_CHANGED: &str = "SCHEDULED_TASK_CHANGED";
/// Somebody called an operation of the management API that changes something, and it was done or
/// refused. Data: `endpoint` (its id), `operation` (`write` or `delete`), `selectors` (the path below
/// the endpoint, where there is one), `status` (of the answer; 499 if the caller went away before it),
/// and where they are true `actorClaimed` (the principal is what the caller said) and `unrecorded` (how
/// many refused ones before this were too many to be recorded). What has a type of its own is not
/// recorded twice.
pub const ENDPOINT_WRITE: &str = "ENDPOINT_WRITE";

//! Who may ask the management API, and what.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "spring.security.user.name" Text "user" "Name of the one user of the management API, if there is a password.";
    "spring.security.user.password" Text "" "Password of that user: {bcrypt}…, {argon2}…, or {noop}… in the clear.";
    "spring.security.user.roles" List "operator" "Roles of that user.";
    "actuator.security.users.*.password" Text "" "Password of one more user: {bcrypt}…, {argon2}…, or {noop}… in the clear.";
    "actuator.security.users.*.roles" List "viewer" "Roles of the user.";
    "actuator.security.tokens.*.value" Text "" "A bearer token.";
    "actuator.security.tokens.*.sha256" Text "" "The same as its SHA-256 in hexadecimal, so that it stands nowhere.";
    "actuator.security.tokens.*.roles" List "viewer" "Roles of whoever has the token.";
    "actuator.security.secret.value" Text "" "A secret that all share who may ask.";
    "actuator.security.secret.roles" List "operator" "Roles of whoever has the secret.";
    "actuator.security.secret.header" Text "X-API-Key" "Header that the secret comes in.";
    "actuator.security.secret.query-parameter" Text "" "Parameter of the query that it may come in too; it then stands in logs of others.";
    "actuator.security.secret.cookie.name" Text "ACTUATOR_SECRET" "Name of the cookie that browsers get instead.";
    "actuator.security.secret.cookie.max-age" Duration "12h" "How long a cookie is good for; it is renewed while it is used.";
    "actuator.security.permit-all" List "health" "Endpoints that anybody may read, once there is somebody who is known.";
    "actuator.security.read-roles" List "" "Roles that may read; empty for everybody who is known.";
    "actuator.security.write-roles" List "operator" "Roles that may change something; empty for everybody who is known.";
    "actuator.security.throttle.failures" Number "10" "After so many wrong credentials a peer is not looked at for a while.";
    "actuator.security.throttle.window" Duration "1m" "How long that is, and how long a failure counts.";
    "management.endpoint.*.read-roles" List "" "Roles that may read the endpoint, in place of those for all.";
    "management.endpoint.*.write-roles" List "" "Roles that may change something there, in place of those for all.";
};

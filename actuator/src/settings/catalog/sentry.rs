//! The names of settings about Sentry: our own, and the variables of Sentry's libraries and of
//! c2cwsgiutils.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.sentry.enabled" Bool "" "Whether errors are sent to Sentry; by default if a DSN is set, here or by a variable.";
    "actuator.sentry.dsn" Text "" "DSN of the project at Sentry, or at who receives the same: https://<key>@<host>/<project>.";
    "actuator.sentry.release" Text "" "Release of the events; by default, and if it is latest, the commit of ActuatorInfo, else name@version.";
    "actuator.sentry.environment" Text "production" "Environment of the events.";
    "actuator.sentry.server-name" Text "" "Name of the machine; the host name by default.";
    "actuator.sentry.level" Text "error" "Least level that is sent as an event: error, warn, info, debug, trace, or off for panics only.";
    "actuator.sentry.sample-rate" Text "1" "Share of the events that are sent, from 0 to 1.";
    "actuator.sentry.traces-sample-rate" Text "0" "Share of the requests that are sent as transactions, from 0 to 1.";
    "actuator.sentry.max-breadcrumbs" Number "100" "How many lines before it an event shows, at most 100.";
    "actuator.sentry.excludes" List "" "Targets from which nothing is taken, each with those below it.";
    "actuator.sentry.ignore-exceptions" List "" "Events that are not sent: by target, by type of an error, or by how the message or an error's text begins.";
    "actuator.sentry.send-default-pii" Bool "false" "Whether fields about persons are sent: client.address, enduser.id, user.*.";
    "actuator.sentry.tags.*" Text "" "A tag of all events.";
    "actuator.sentry.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "actuator.sentry.client-certificate" Text "" "PEM file of the client certificate.";
    "actuator.sentry.client-key" Text "" "PEM file of its private key.";
    "sentry.dsn" Text "" "SENTRY_DSN: as actuator.sentry.dsn.";
    "sentry.url" Text "" "SENTRY_URL: the same; SENTRY_DSN wins.";
    "sentry.release" Text "" "SENTRY_RELEASE: as actuator.sentry.release.";
    "sentry.client.release" Text "" "SENTRY_CLIENT_RELEASE: the same.";
    "sentry.environment" Text "" "SENTRY_ENVIRONMENT: as actuator.sentry.environment.";
    "sentry.client.environment" Text "" "SENTRY_CLIENT_ENVIRONMENT: the same.";
    "sentry.client.server-name" Text "" "SENTRY_CLIENT_SERVER_NAME: as actuator.sentry.server-name.";
    "sentry.client.sample-rate" Text "" "SENTRY_CLIENT_SAMPLE_RATE: as actuator.sentry.sample-rate.";
    "sentry.client.max-breadcrumbs" Number "" "SENTRY_CLIENT_MAX_BREADCRUMBS: as actuator.sentry.max-breadcrumbs.";
    "sentry.client.send-default-pii" Bool "" "SENTRY_CLIENT_SEND_DEFAULT_PII: as actuator.sentry.send-default-pii.";
    "sentry.client.ignore-exceptions" List "" "SENTRY_CLIENT_IGNORE_EXCEPTIONS: as actuator.sentry.ignore-exceptions.";
    "sentry.tag.*" Text "" "SENTRY_TAG_…: a tag of all events.";
    "sentry.level" Text "" "SENTRY_LEVEL: as actuator.sentry.level.";
    "sentry.excludes" Text "" "SENTRY_EXCLUDES: as actuator.sentry.excludes, separated by commas or single colons.";
    "sentry.traces-sample-rate" Text "" "SENTRY_TRACES_SAMPLE_RATE: as actuator.sentry.traces-sample-rate.";
};

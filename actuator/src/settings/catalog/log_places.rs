//! The names of settings about where the log goes: the file and its archives, and syslog.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "logging.logback.rollingpolicy.file-name-pattern" Text "${LOG_FILE}.%d{yyyy-MM-dd}.%i.gz" "Names of the archives: one %d, %d{yyyy-MM-dd} or %d{yyyy-MM-dd_HH} (days or hours, in UTC), one %i, and .gz for compressed ones.";
    "logging.logback.rollingpolicy.max-file-size" Size "10MB" "Size that the log file does not exceed.";
    "logging.logback.rollingpolicy.max-history" Number "7" "How many days (or hours, by the pattern) of archives are kept beside the current one; 0 for all.";
    "logging.logback.rollingpolicy.total-size-cap" Size "0B" "Size of all archives above which the oldest are removed; 0 for any.";
    "logging.logback.rollingpolicy.clean-history-on-start" Bool "false" "Whether archives are removed at the start, too, and not only when the file is rolled.";
    "actuator.logging.file.rolling.enabled" Bool "true" "Whether the log file is rolled; false where logrotate does it.";
    "actuator.logging.syslog.address" Text "" "Syslog server that gets the log: udp://host:514, tcp://host:601 or unix:///dev/log; none: nothing is sent.";
    "actuator.logging.syslog.format" Text "cee" "What a message holds: cee (@cee: and JSON with the fields of c2cwsgiutils) or text.";
    "actuator.logging.syslog.facility" Text "user" "Facility of the messages: user, daemon, local0 to local7, or another of RFC 5424.";
    "actuator.logging.syslog.max-message-size" Size "8000B" "Size that a message does not exceed, from 480 to 65507 bytes; longer ones are cut, and their JSON stays JSON.";
    "actuator.logging.syslog.threshold" Text "" "Least level that reaches syslog.";
};

//! The listeners: what callers may do there, and where they are beside ports.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "server.max-http-request-header-size" Size "8KB" "Bytes of a request's head: beyond it 414 for the first line, 431 for all.";
    "server.http2.enabled" Bool "false" "Whether HTTP/2 is spoken too, over TLS and in plain text; needs the feature http2.";
    "server.tomcat.connection-timeout" Duration "" "Spring's name of actuator.server.header-timeout.";
    "server.tomcat.keep-alive-timeout" Duration "" "Spring's name of actuator.server.keep-alive-timeout.";
    "server.tomcat.max-connections" Number "" "Spring's name of actuator.server.max-connections.";
    "actuator.server.header-timeout" Duration "10s" "How long a request's head may take from its first byte, and a new connection until it is complete.";
    "actuator.server.keep-alive-timeout" Duration "75s" "How long a connection is kept open between requests.";
    "actuator.server.write-timeout" Duration "30s" "How long a caller may take nothing of an answer.";
    "actuator.server.body-timeout" Duration "" "How long a caller may send nothing of a body that the application reads; for ever if unset.";
    "actuator.server.max-connections" Number "8192" "Connections of the application's listener at once, at most three quarters of the files that the process may open. If there are more, those that are idle for the longest are closed.";
    "actuator.server.max-management-connections" Number "512" "The same of a listener of management's own, at most an eighth of the files.";
    "actuator.server.management-http2.enabled" Bool "false" "Whether HTTP/2 is spoken on listeners of management's own.";
    "actuator.management.unix-socket.path" Text "" "File of a Unix socket for the management API; without management.server.port it is only there.";
    "actuator.management.unix-socket.mode" Text "600" "Permissions of that file, in octal: who may connect.";
};

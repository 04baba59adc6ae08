//! What protects the service, and whom it believes.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.forwarded.headers" Text "auto" "Which headers of trusted proxies are read: auto (X-Forwarded-* if one is there, else Forwarded), forwarded or x-forwarded.";
    "actuator.forwarded.trusted-proxies" List "private" "Whose forwarded headers are believed where server.forward-headers-strategy is on: addresses, networks (10.0.0.0/8), private (loopback, private and link-local addresses), unix.";
    "server.forward-headers-strategy" Text "none" "native or framework: Forwarded and X-Forwarded-* of trusted proxies are believed.";
    "server.tomcat.remoteip.internal-proxies" Text "" "Spring's name for actuator.forwarded.trusted-proxies, which wins: a regular expression that is a list of IPv4 addresses, any numbers at their end.";
    "server.tomcat.remoteip.host-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.port-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.protocol-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.protocol-header-https-value" Text "" "Has no effect here.";
    "server.tomcat.remoteip.remote-ip-header" Text "" "Has no effect here.";
};

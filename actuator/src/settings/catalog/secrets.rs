//! What is hidden in everything that leaves the service, and which proxies are believed.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.env.drop" List "" "Properties that /actuator/env does not list at all: names, or regular expressions for the whole name.";
    "actuator.forwarded.headers" Text "auto" "Which headers of trusted proxies are read: auto (X-Forwarded-* if one is there, else Forwarded), forwarded or x-forwarded.";
    "actuator.forwarded.trusted-proxies" List "private" "Whose forwarded headers are believed where server.forward-headers-strategy is on: addresses, networks (10.0.0.0/8), private (loopback, private and link-local addresses), unix.";
    "actuator.sanitize.additional-keys" List "" "Keys whose values are hidden too, in everything that leaves the service: the ends of keys, or regular expressions for the whole key.";
    "actuator.sanitize.exclude-keys" List "" "Keys that are no secrets although they look so: whole keys or what stands behind their dots, or regular expressions. What their values hold is hidden still.";
    "actuator.sanitize.value-patterns" List "" "Regular expressions for what is hidden within values and texts: the first group, or all that is matched. Write value-patterns[0] for one with a comma.";
    "management.endpoint.configprops.additional-keys-to-sanitize" List "" "Spring Boot 2's name for actuator.sanitize.additional-keys.";
    "management.endpoint.configprops.keys-to-sanitize" List "" "The same: what is built in stays hidden.";
    "management.endpoint.env.additional-keys-to-sanitize" List "" "Spring Boot 2's name for actuator.sanitize.additional-keys.";
    "management.endpoint.env.keys-to-sanitize" List "" "The same: what is built in stays hidden.";
    "server.forward-headers-strategy" Text "none" "native or framework: Forwarded and X-Forwarded-* of trusted proxies are believed.";
    "server.tomcat.remoteip.internal-proxies" Text "" "Spring's name for actuator.forwarded.trusted-proxies, which wins: a regular expression that is a list of IPv4 addresses, any numbers at their end.";
    "server.tomcat.remoteip.host-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.port-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.protocol-header" Text "" "Has no effect here.";
    "server.tomcat.remoteip.protocol-header-https-value" Text "" "Has no effect here.";
    "server.tomcat.remoteip.remote-ip-header" Text "" "Has no effect here.";
};

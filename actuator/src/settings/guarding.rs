//! Which settings decide who reaches the management API, who may do what there, and what it hides.
//! Nobody changes them from afar, and a mistake in one of them never opens anything.

use super::name::uniform;

/// Prefixes of such settings.
const GUARDING: [&str; 14] = [
    "actuator.env",
    "actuator.forwarded",
    "actuator.sanitize",
    "actuator.security",
    "management.endpoints.access",
    "management.endpoints.enabled-by-default",
    "management.endpoints.web.exposure",
    "management.server",
    "server.address",
    "server.forward-headers-strategy",
    "server.ssl",
    "server.tomcat.remoteip",
    "spring.security",
    "spring.ssl",
];
/// What is said of a single endpoint.
const OF_ENDPOINTS: [&str; 4] = ["access", "enabled", "read-roles", "write-roles"];

/// Whether the setting of this name, in any spelling, is one of them.
pub fn is_guarding(name: &str) -> bool {
    let of_endpoint = || {
        uniform(name).strip_prefix("management.endpoint.").is_some_and(|rest| {
            let mut segments = rest.split('.').skip(1);
            let last = segments.next().unwrap_or_default();
            OF_ENDPOINTS.iter().any(|known| uniform(known) == last)
        })
    };
    GUARDING.iter().any(|prefix| is_at_or_below(name, prefix)) || of_endpoint()
}

/// Whether a name, in any spelling, is this one, an item of it, or below it.
pub fn is_at_or_below(name: &str, prefix: &str) -> bool {
    let name = uniform(name);
    let rest = name.strip_prefix(&uniform(prefix));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_who_may_do_what_is_known_in_any_spelling() {
        for guarding in [
            "spring.security.user.password",
            "Spring.Security.User.Roles[0]",
            "actuator.security.tokens.x.value",
            "management.endpoint.http-exchanges.readRoles",
            "management.endpoint.env.write-roles[1]",
            "management.endpoint.shutdown.access",
            "management.endpoints.web.exposure.exclude",
            "management.server.address",
            "management.server.ssl.client-auth",
            "actuator.sanitize.value-patterns[0]",
        ] {
            assert!(is_guarding(guarding), "{guarding}");
        }
        for other in [
            "server.port",
            "server.addresses",
            "actuator.environment",
            "management.endpoint.health.show-details",
            "management.endpoint.health.group.access.include",
            "management.endpoint.access",
            "actuator.health.url.shop.timeout",
        ] {
            assert!(!is_guarding(other), "{other}");
        }
    }
}

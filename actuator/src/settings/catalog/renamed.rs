//! Names of older versions of Spring, and those that took their places.

use crate::settings::name::{self, Spelling};

/// Names that still work; the new one is better.
const DEPRECATED: &[(&str, &str)] = &[
    ("c2c.request-id-header", "actuator.request-id.header"),
    ("management.endpoint.*.enabled", "management.endpoint.*.access"),
    ("management.endpoints.enabled-by-default", "management.endpoints.access.default"),
    ("management.trace.http.enabled", "management.httpexchanges.recording.enabled"),
    ("management.trace.http.include", "management.httpexchanges.recording.include"),
    (
        "management.metrics.export.prometheus.pushgateway.*",
        "management.prometheus.metrics.export.pushgateway.*",
    ),
    ("server.error.include-exception", "spring.web.error.include-exception"),
    ("server.error.include-message", "spring.web.error.include-message"),
    ("server.error.include-path", "spring.web.error.include-path"),
    ("server.error.include-stacktrace", "spring.web.error.include-stacktrace"),
    (
        "spring.boot.admin.client.instance.prefer-ip",
        "spring.boot.admin.client.instance.service-host-type",
    ),
];

/// Names that do nothing any more, those of a special thing before those of any.
const GONE: &[(&str, &str)] = &[
    ("endpoints.*.enabled", "management.endpoint.*.access"),
    ("endpoints.*.path", "management.endpoints.web.path-mapping.*"),
    ("endpoints.*.sensitive", "management.endpoint.*.access"),
    ("endpoints.cors.allowed-origins", "management.endpoints.web.cors.allowed-origins"),
    ("endpoints.enabled", "management.endpoints.access.default"),
    ("logging.file", "logging.file.name"),
    ("logging.path", "logging.file.path"),
    ("management.add-application-context-header", "spring.application.name"),
    ("management.address", "management.server.address"),
    ("management.context-path", "management.endpoints.web.base-path"),
    ("management.health.status.http-mapping.*", "management.endpoint.health.status.http-mapping.*"),
    ("management.health.status.order", "management.endpoint.health.status.order"),
    ("management.metrics.export.prometheus.*", "management.prometheus.metrics.export.*"),
    ("management.metrics.export.statsd.*", "management.statsd.metrics.export.*"),
    ("management.metrics.export.otlp.*", "management.otlp.metrics.export.*"),
    ("management.port", "management.server.port"),
    ("management.server.context-path", "management.server.base-path"),
    ("management.server.servlet.context-path", "management.server.base-path"),
    ("server.context-path", "server.servlet.context-path"),
    ("server.context-parameters.*", "server.servlet.context-path"),
    ("server.use-forward-headers", "server.forward-headers-strategy"),
    ("spring.boot.admin.auto-registration", "spring.boot.admin.client.auto-registration"),
    ("spring.boot.admin.context-path", "spring.boot.admin.client.api-path"),
    ("spring.boot.admin.client.health-url", "spring.boot.admin.client.instance.health-url"),
    ("spring.boot.admin.client.management-url", "spring.boot.admin.client.instance.management-url"),
    ("spring.boot.admin.client.name", "spring.boot.admin.client.instance.name"),
    ("spring.boot.admin.client.service-url", "spring.boot.admin.client.instance.service-url"),
    ("spring.boot.admin.url", "spring.boot.admin.client.url"),
];

/// The name that takes the place of a known one.
pub fn deprecated_by(pattern: &str) -> Option<&'static str> {
    DEPRECATED.iter().find(|(old, _)| *old == pattern).map(|(_, new)| *new)
}

/// What a name that does nothing any more is called now.
pub fn new_name(written: &str, spelling: Spelling) -> Option<String> {
    GONE.iter().find_map(|(old, new)| {
        let old_name = name::canonical(written, spelling, old, false)?;
        Some(with_key(&old_name, old, new))
    })
}

/// The pattern `new`, with the key that `name` has where `old` has a `*`.
pub fn with_key(name: &str, old: &str, new: &str) -> String {
    let key = old.split_once('*').and_then(|(before, after)| {
        name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after))
    });
    key.map_or_else(|| new.to_owned(), |key| new.replace('*', key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::catalog;

    #[test]
    fn every_new_name_is_known_and_every_old_one_is_or_is_not() {
        let is_known = |name: &str| catalog::entries().any(|entry| entry.name == name);
        for (old, new) in DEPRECATED.iter().chain(GONE) {
            // A star may stand for any of a family.
            let family = new.split_once('*').map_or(*new, |(family, _)| family);
            let mut names = catalog::entries().map(|entry| entry.name);
            assert!(names.any(|name| name.starts_with(family)), "{old}: {new}");
        }
        assert!(DEPRECATED.iter().all(|(old, _)| is_known(old)));
        assert!(!GONE.iter().any(|(old, _)| is_known(old)));
    }

    #[test]
    fn the_key_of_an_old_name_is_that_of_the_new_one() {
        let new = |name| new_name(name, Spelling::Dotted);
        assert_eq!(new("endpoints.env.enabled").as_deref(), Some("management.endpoint.env.access"));
        assert_eq!(new("management.port").as_deref(), Some("management.server.port"));
        assert_eq!(
            new_name("MANAGEMENT_CONTEXT_PATH", Spelling::Variable).as_deref(),
            Some("management.endpoints.web.base-path")
        );
        assert_eq!(new("management.ports"), None);
    }
}

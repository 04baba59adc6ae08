//! Who the metrics are of: the attributes of OpenTelemetry's resource.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::resource::v1::Resource;

use super::points::attribute;
use crate::export::Origin;

/// What nobody but the one who writes the data may say.
const RESERVED: [&str; 3] =
    ["telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version"];

/// The resource of a service; `set` wins over what is known of it.
pub(super) fn resource(origin: &Origin<'_>, set: &[(String, String)]) -> Resource {
    let known = [
        ("service.name", Some(origin.application)),
        ("service.version", origin.version),
        ("service.instance.id", Some(origin.instance)),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let set = set.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let set = set.filter(|(key, _)| !RESERVED.contains(key));
    let own = [
        ("telemetry.sdk.name", env!("CARGO_PKG_NAME")),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
    ];
    // Later ones win.
    let all: BTreeMap<&str, &str> = known.chain(set).chain(own).collect();
    let all = all.into_iter().filter(|(_, value)| !value.is_empty());
    let attributes = all.map(|(key, value)| attribute(key, value)).collect();
    Resource { attributes, ..Resource::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_wins_but_over_what_says_who_wrote_the_data() {
        let origin = Origin { application: "shop", version: Some("1.2"), instance: "web-1:8080" };
        let set = [
            ("service.name", "store"),
            ("deployment.environment.name", "test"),
            ("telemetry.sdk.language", "java"),
            ("service.instance.id", ""),
        ];
        let set = set.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let resource = resource(&origin, &set);
        let expected = [
            ("deployment.environment.name", "test"),
            ("service.name", "store"),
            ("service.version", "1.2"),
            ("telemetry.sdk.language", "rust"),
            ("telemetry.sdk.name", "actuator"),
            ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
        ];
        assert_eq!(resource.attributes, expected.map(|(key, value)| attribute(key, value)));
    }
}

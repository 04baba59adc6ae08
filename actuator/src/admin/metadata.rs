//! The metadata of a registration: a flat map of strings that never changes while the process
//! lives, because the server takes every difference for a new registration.

use std::{collections::BTreeMap, time::SystemTime};

use serde::Deserialize;

use super::cloud::CloudPlatform;
use crate::support::time;

/// What is known about this process, with what was configured laid over it.
pub fn metadata(
    configured: &BTreeMap<String, String>,
    started: SystemTime,
    version: Option<&str>,
    platform: Option<CloudPlatform>,
    environment: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut metadata = BTreeMap::from([("startup".to_owned(), time::iso_instant(started))]);
    if let Some(version) = version {
        metadata.insert("build.version".to_owned(), version.to_owned());
    }
    match platform {
        Some(CloudPlatform::Kubernetes) => metadata.extend(kubernetes(environment)),
        Some(CloudPlatform::CloudFoundry) => {
            if let Some(application) = CloudFoundryApplication::read(environment) {
                metadata.insert("applicationId".to_owned(), application.application_id);
                metadata.insert("instanceId".to_owned(), application.instance_index.to_string());
            }
        }
        _ => {}
    }
    metadata.extend(configured.clone());
    metadata
}

/// What Cloud Foundry says of this instance in `VCAP_APPLICATION`.
#[derive(Debug, Deserialize)]
pub struct CloudFoundryApplication {
    application_id: String,
    #[serde(default)]
    instance_index: u32,
    #[serde(default)]
    uris: Vec<String>,
}

impl CloudFoundryApplication {
    /// Reads it from the environment; `None` if it is not there or not readable.
    pub fn read(environment: &BTreeMap<String, String>) -> Option<Self> {
        serde_json::from_str(environment.get("VCAP_APPLICATION")?).ok()
    }

    /// Under which base URL the platform routes to the application.
    pub fn base_url(&self) -> Option<String> {
        self.uris.first().map(|uri| format!("http://{uri}"))
    }
}

/// What the deployment hands down under the customary names. The host name is not taken for the
/// pod's: with `hostNetwork` it is the node's.
fn kubernetes(environment: &BTreeMap<String, String>) -> Vec<(String, String)> {
    [("POD_NAME", "k8s.pod"), ("POD_NAMESPACE", "k8s.namespace"), ("NODE_NAME", "k8s.node")]
        .into_iter()
        .filter_map(|(variable, key)| Some((key.to_owned(), environment.get(variable)?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn trap_sba_07_metadata_is_flat_and_of_strings() {
        let configured = map(&[("tags.environment", "prod"), ("build.version", "2")]);
        let made = metadata(&configured, SystemTime::UNIX_EPOCH, Some("1"), None, &map(&[]));
        assert_eq!(
            serde_json::to_string(&made).unwrap(),
            r#"{"build.version":"2","startup":"1970-01-01T00:00:00Z","tags.environment":"prod"}"#
        );
    }

    #[test]
    fn a_pod_is_named_only_if_the_deployment_says_its_name() {
        let environment = map(&[("POD_NAME", "orders-7"), ("HOSTNAME", "node-1")]);
        let made =
            |platform| metadata(&map(&[]), SystemTime::UNIX_EPOCH, None, platform, &environment);
        let in_pod = made(Some(CloudPlatform::Kubernetes));
        assert_eq!(in_pod.get("k8s.pod").map(String::as_str), Some("orders-7"));
        assert_eq!(in_pod.len(), 2);
        assert_eq!(made(None).len(), 1);
    }

    #[test]
    fn cloud_foundry_names_application_and_instance() {
        let vcap = r#"{"application_id":"abc","instance_index":3,"uris":["orders.example.com"]}"#;
        let environment = map(&[("VCAP_APPLICATION", vcap)]);
        let platform = Some(CloudPlatform::CloudFoundry);
        let made = metadata(&map(&[]), SystemTime::UNIX_EPOCH, None, platform, &environment);
        assert_eq!(made.get("applicationId").map(String::as_str), Some("abc"));
        assert_eq!(made.get("instanceId").map(String::as_str), Some("3"));
        let broken = map(&[("VCAP_APPLICATION", "{")]);
        assert_eq!(metadata(&map(&[]), SystemTime::UNIX_EPOCH, None, platform, &broken).len(), 1);
    }
}

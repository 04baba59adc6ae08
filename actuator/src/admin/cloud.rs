//! Which cloud platform this process runs on, by the marks that Spring Boot looks for.
//!
//! Source of the table: `CloudPlatform.java` of Spring Boot 4.1.

use std::{collections::BTreeMap, path::Path};

use crate::settings::FromSetting;

/// A cloud platform. `None` in its place stands for "a machine like any other".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudPlatform {
    /// Cloud Foundry.
    CloudFoundry,
    /// Heroku.
    Heroku,
    /// SAP Cloud.
    Sap,
    /// Nomad.
    Nomad,
    /// Kubernetes.
    Kubernetes,
    /// Azure App Service.
    AzureAppService,
    /// AWS Elastic Container Service.
    AwsEcs,
}

impl CloudPlatform {
    /// The platform that left its marks in this environment; the first of Spring's order wins.
    pub fn detect(environment: &BTreeMap<String, String>) -> Option<Self> {
        let has = |name: &str| environment.contains_key(name);
        if has("VCAP_APPLICATION") || has("VCAP_SERVICES") {
            Some(Self::CloudFoundry)
        } else if has("DYNO") {
            Some(Self::Heroku)
        } else if has("HC_LANDSCAPE") {
            Some(Self::Sap)
        } else if has("NOMAD_ALLOC_ID") {
            Some(Self::Nomad)
        } else if is_kubernetes(environment) {
            Some(Self::Kubernetes)
        } else if AZURE_MARKS.into_iter().all(has) {
            Some(Self::AzureAppService)
        } else if environment.get("AWS_EXECUTION_ENV").is_some_and(|at| at.starts_with("AWS_ECS")) {
            Some(Self::AwsEcs)
        } else {
            None
        }
    }
}

const AZURE_MARKS: [&str; 4] =
    ["WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_RESOURCE_GROUP", "WEBSITE_SKU"];

/// Every service of a namespace appears in the environment of its pods as `X_SERVICE_HOST` and
/// `X_SERVICE_PORT`; `KUBERNETES` itself is one of them.
fn is_kubernetes(environment: &BTreeMap<String, String>) -> bool {
    environment
        .keys()
        .filter_map(|name| name.strip_suffix("_SERVICE_HOST"))
        .any(|service| environment.contains_key(&format!("{service}_SERVICE_PORT")))
}

/// `spring.main.cloud-platform`: a platform, or none whatever is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForcedPlatform(
    /// The platform.
    pub Option<CloudPlatform>,
);

impl FromSetting for ForcedPlatform {
    fn from_setting(text: &str) -> Result<Self, String> {
        let platform = match text.trim().to_ascii_lowercase().replace('_', "-").as_str() {
            "none" => None,
            "cloud-foundry" => Some(CloudPlatform::CloudFoundry),
            "heroku" => Some(CloudPlatform::Heroku),
            "sap" => Some(CloudPlatform::Sap),
            "nomad" => Some(CloudPlatform::Nomad),
            "kubernetes" => Some(CloudPlatform::Kubernetes),
            "azure-app-service" => Some(CloudPlatform::AzureAppService),
            "aws-ecs" => Some(CloudPlatform::AwsEcs),
            _ => {
                return Err(
                    "expected one of none, cloud-foundry, heroku, sap, nomad, kubernetes, \
                            azure-app-service, aws-ecs"
                        .to_owned(),
                );
            }
        };
        Ok(Self(platform))
    }
}

/// Whether this process runs in a container: the environment says so (`container`, set by podman
/// and systemd), or the files are there that docker and podman leave at `root`.
pub fn in_container(environment: &BTreeMap<String, String>, root: &Path) -> bool {
    environment.get("container").is_some_and(|value| !value.is_empty())
        || [".dockerenv", "run/.containerenv"].iter().any(|mark| root.join(mark).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(names: &[(&str, &str)]) -> BTreeMap<String, String> {
        names.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn every_platform_is_known_by_its_marks() {
        use CloudPlatform::{
            AwsEcs, AzureAppService, CloudFoundry, Heroku, Kubernetes, Nomad, Sap,
        };
        let azure: Vec<_> = AZURE_MARKS.iter().map(|&mark| (mark, "x")).collect();
        for (marks, platform) in [
            (&[("VCAP_APPLICATION", "{}")][..], Some(CloudFoundry)),
            (&[("VCAP_SERVICES", "{}")], Some(CloudFoundry)),
            (&[("DYNO", "web.1")], Some(Heroku)),
            (&[("HC_LANDSCAPE", "x")], Some(Sap)),
            (&[("NOMAD_ALLOC_ID", "x")], Some(Nomad)),
            (
                &[("KUBERNETES_SERVICE_HOST", "x"), ("KUBERNETES_SERVICE_PORT", "1")],
                Some(Kubernetes),
            ),
            (&[("SHOP_SERVICE_HOST", "x"), ("SHOP_SERVICE_PORT", "1")], Some(Kubernetes)),
            (&[("SHOP_SERVICE_HOST", "x"), ("BILL_SERVICE_PORT", "1")], None),
            (&azure, Some(AzureAppService)),
            (&azure[1..], None),
            (&[("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE")], Some(AwsEcs)),
            (&[("AWS_EXECUTION_ENV", "AWS_Lambda_python")], None),
            (&[("PATH", "/bin")], None),
        ] {
            assert_eq!(CloudPlatform::detect(&environment(marks)), platform, "{marks:?}");
        }
    }

    #[test]
    fn a_platform_can_be_forced_by_name_in_any_spelling() {
        let read = |text| ForcedPlatform::from_setting(text).map(|forced| forced.0);
        assert_eq!(read("KUBERNETES"), Ok(Some(CloudPlatform::Kubernetes)));
        assert_eq!(read("azure_app_service"), Ok(Some(CloudPlatform::AzureAppService)));
        assert_eq!(read("none"), Ok(None));
        assert!(read("moon").unwrap_err().contains("kubernetes"));
    }

    #[test]
    fn a_container_is_known_by_the_environment() {
        let nowhere = Path::new("/nonexistent");
        assert!(in_container(&environment(&[("container", "podman")]), nowhere));
        assert!(!in_container(&environment(&[("container", "")]), nowhere));
        assert!(!in_container(&environment(&[]), nowhere));
    }
}

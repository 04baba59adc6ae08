//! Whether all instances of a service run the same version.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use crate::{
    health::{Health, HealthIndicator},
    model::endpoint::BoxFuture,
};

/// Where the versions of all instances are known: a registry, a broadcast, a table.
///
/// ```
/// use actuator::checks::{VersionAgreement, VersionSource};
///
/// struct Fleet;
///
/// impl VersionSource for Fleet {
///     async fn versions(&self) -> Result<Vec<(String, String)>, actuator::checks::VersionError> {
///         Ok(vec![("orders-0".into(), "1.4.2".into()), ("orders-1".into(), "1.4.2".into())])
///     }
/// }
///
/// let check = VersionAgreement::new(Fleet);
/// ```
pub trait VersionSource: Send + Sync + 'static {
    /// Every instance that answers, this one among them, and its version: `("orders-0", "1.4.2")`.
    fn versions(&self) -> impl Future<Output = Result<Vec<(String, String)>, VersionError>> + Send;
}

/// Why the versions could not be asked for.
pub type VersionError = Box<dyn Error + Send + Sync>;

/// UP while all instances have the same version; degraded while they differ, as during a
/// deployment or after one that stopped half-way. UNKNOWN when that cannot be told.
///
/// Details while they agree: `version` and the `count` of instances, as c2cwsgiutils shows them.
/// Else `versions`, with the sorted instances of each, and `count`.
#[derive(Debug)]
pub struct VersionAgreement<S> {
    source: Arc<S>,
}

impl<S: VersionSource> VersionAgreement<S> {
    /// The check of what `source` knows.
    pub fn new(source: S) -> Self {
        Self { source: Arc::new(source) }
    }
}

impl<S: VersionSource> HealthIndicator for VersionAgreement<S> {
    fn check(&self) -> BoxFuture<'static, Health> {
        let source = Arc::clone(&self.source);
        Box::pin(async move {
            match source.versions().await {
                Ok(versions) => judge(versions),
                Err(error) => Health::unknown().with_detail("error", error.to_string()),
            }
        })
    }
}

fn judge(instances: Vec<(String, String)>) -> Health {
    let count = instances.len();
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (instance, version) in instances {
        versions.entry(version).or_default().push(instance);
    }
    for instances in versions.values_mut() {
        instances.sort_unstable();
    }
    let health = match (versions.len(), versions.first_key_value()) {
        (1, Some((version, _))) => Health::up().with_detail("version", version),
        (0, _) | (_, None) => Health::unknown().with_detail("error", "no instance answered"),
        _ => Health::degraded().with_detail("versions", &versions),
    };
    health.with_detail("count", count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    struct Fleet(Result<Vec<(&'static str, &'static str)>, &'static str>);

    impl VersionSource for Fleet {
        async fn versions(&self) -> Result<Vec<(String, String)>, VersionError> {
            let own =
                |(instance, version): &(&str, &str)| (instance.to_string(), version.to_string());
            Ok(self.0.as_ref().map_err(|error| *error)?.iter().map(own).collect())
        }
    }

    async fn ask(
        fleet: Result<Vec<(&'static str, &'static str)>, &'static str>,
    ) -> (Status, String) {
        let health = VersionAgreement::new(Fleet(fleet)).check().await;
        let details: Vec<_> =
            health.details().map(|(key, value)| format!("{key}={value}")).collect();
        (health.status().clone(), details.join(" "))
    }

    #[tokio::test]
    async fn instances_that_agree_show_their_version_and_number() {
        let (status, details) = ask(Ok(vec![("a", "1.4.2"), ("b", "1.4.2")])).await;
        assert_eq!((status, details.as_str()), (Status::UP, "version=\"1.4.2\" count=2"));
    }

    #[tokio::test]
    async fn instances_that_differ_are_degraded_and_named_by_version() {
        let (status, details) = ask(Ok(vec![("c", "1.4.1"), ("b", "1.4.2"), ("a", "1.4.1")])).await;
        assert_eq!(status, Status::RESTRICTED);
        assert_eq!(details, r#"versions={"1.4.1":["a","c"],"1.4.2":["b"]} count=3"#);
    }

    #[tokio::test]
    async fn what_cannot_be_told_is_unknown_with_the_reason() {
        let (status, details) = ask(Err("the registry is gone")).await;
        assert_eq!((status, details.as_str()), (Status::UNKNOWN, "error=\"the registry is gone\""));
        let (status, details) = ask(Ok(Vec::new())).await;
        assert_eq!(status, Status::UNKNOWN);
        assert_eq!(details, "error=\"no instance answered\" count=0");
    }
}

//! Sources that functions contribute, asked at request time.

use std::time::Duration;

use tokio::task::JoinSet;

use super::{EnvProperty, EnvSource, flatten};
use crate::model::provider::Provider;

/// How long a function may take before its source shows an error instead.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks all providers at once; their sources come in the order of the providers. One that fails,
/// panics or takes too long gives a single property `error`.
pub async fn gather(providers: &[Provider]) -> Vec<EnvSource> {
    let mut sources: Vec<EnvSource> = providers
        .iter()
        .map(|provider| EnvSource {
            name: provider.name.clone(),
            properties: vec![EnvProperty::error("the source panicked")],
            is_environment: false,
        })
        .collect();
    // Tasks end when the set is dropped: a caller that goes away leaves nothing behind.
    let mut tasks = JoinSet::new();
    for (index, provider) in providers.iter().enumerate() {
        let provide = provider.provide.clone();
        tasks.spawn(async move {
            let properties =
                match tokio::time::timeout(TIMEOUT, async move { provide().await }).await {
                    Ok(Ok(document)) => flatten::flatten(document),
                    Ok(Err(error)) => vec![EnvProperty::error(&error)],
                    Err(_) => vec![EnvProperty::error("the source took more than 5 seconds")],
                };
            (index, properties)
        });
    }
    while let Some(joined) = tasks.join_next().await {
        // A task that panicked leaves the error that is already there.
        if let Ok((index, properties)) = joined
            && let Some(source) = sources.get_mut(index)
        {
            source.properties = properties;
        }
    }
    sources
}

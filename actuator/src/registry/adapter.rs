//! From plain functions to what subjects ask: generated code and run-time twins call these.

use std::{future::Future, sync::Arc};

use serde::Serialize;
use serde_json::Value;

use super::Components;
use crate::{
    health::{BlockingIndicator, HealthIndicator, IntoHealth},
    meter::{
        MeterRegistry, Metrics,
        site::{GaugeFn, GaugeValue},
    },
    model::provider::ProviderFn,
    scheduling::{TaskResult, Work},
};

/// A check from an async function.
pub fn async_check<F, Fut, T>(check: F) -> Arc<dyn HealthIndicator>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
    T: IntoHealth,
{
    Arc::new(check)
}

/// A check from a function that may block: it runs on the blocking pool.
pub fn blocking_check<F, T>(check: F) -> Arc<dyn HealthIndicator>
where
    F: Fn() -> T + Send + Sync + 'static,
    T: IntoHealth,
{
    Arc::new(BlockingIndicator::new(check))
}

/// A provider from a function.
pub fn provider<F, T>(provide: F) -> ProviderFn
where
    F: Fn() -> T + Send + Sync + 'static,
    T: Serialize,
{
    Arc::new(move || Box::pin(std::future::ready(document(&provide()))))
}

/// A provider from an async function.
pub fn async_provider<F, Fut, T>(provide: F) -> ProviderFn
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
    T: Serialize,
{
    Arc::new(move || {
        let provided = provide();
        Box::pin(async move { document(&provided.await) })
    })
}

/// A scheduled task from an async function.
pub fn async_task<F, Fut, T>(task: F) -> Work
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
    T: TaskResult,
{
    Work::asynchronous(task)
}

/// A scheduled task from a function that may block: it runs on the blocking pool.
pub fn blocking_task<F, T>(task: F) -> Work
where
    F: Fn() -> T + Send + Sync + 'static,
    T: TaskResult,
{
    Work::blocking(task)
}

/// The value of a gauge from a function.
pub fn gauge<F, T>(value: F) -> GaugeFn
where
    F: Fn() -> T + Send + Sync + 'static,
    T: GaugeValue,
{
    Arc::new(move || value().number())
}

/// A struct of handles: the component that is there, or a new one.
pub fn handles<M: Metrics>(registry: &MeterRegistry, components: &mut Components) -> Arc<M> {
    if let Some((_, known)) = components.all::<M>().pop() {
        return known;
    }
    let made = Arc::new(M::new(registry));
    components.insert(None, Arc::clone(&made));
    made
}

/// Makes a struct of handles a component, unless the set-up has asked for it already.
pub fn declared_metrics<M: Metrics>(registry: &MeterRegistry, components: &mut Components) {
    handles::<M>(registry, components);
}

fn document(value: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

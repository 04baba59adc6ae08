//! Loggers of the recorded names: a target is known once something was logged under it.

/// One line for each of them.
pub fn speak() {
    tracing::info!(target: "com.example.demo.DemoApplication", "started");
    tracing::info!(target: "com.example", "a package that logs itself");
    tracing::info!(target: "com.example.demo", "as its class");
    tracing::info!(target: "com.example.shop", "one of the group shop");
    tracing::info!(target: "com.example.cart", "the other one");
    tracing::debug!(target: "org.springframework", "a logger without a level of its own");
}

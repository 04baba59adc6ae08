//! The smallest service that Spring Boot Admin can manage: four checks, a property source, the
//! facts of the build, one route that records who was greeted; and orders, for an incident.
//!
//! ```console
//! $ cargo run -p quickstart
//! $ curl http://127.0.0.1:8080/actuator/health
//! ```

mod orders;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use actuator::{ActuatorInfo, App, Health, audit::Audit, env_source, health_check};
use axum::{Router, extract::Path, routing::get};
use serde::Serialize;

/// Build, git and compiler facts, read while compiling.
#[derive(ActuatorInfo)]
struct Quickstart;

/// How many greetings went out.
#[derive(Default)]
struct Greetings(AtomicU64);

/// What an audit event of a greeting says.
#[derive(Serialize)]
struct Greeted {
    count: u64,
}

/// Are greetings going out? It is shown, and never changes the status of the whole.
#[health_check(name = "greetings", critical = false)]
async fn greetings(sent: &Greetings) -> Health {
    Health::up().with_detail("sent", sent.0.load(Ordering::Relaxed))
}

/// Is there a key to the shop? No traffic without it.
#[health_check(name = "shopKey", groups = ["readiness"])]
async fn shop_key() -> bool {
    !shop().api_key.is_empty()
}

/// Can temporary files be written? Looked at in the background; one failure is no outage.
#[health_check(name = "tempDir", timeout = "1s", interval = "2s", failure_threshold = 2)]
fn temp_dir() -> std::io::Result<()> {
    let file = std::env::temp_dir().join(format!("quickstart-{}", std::process::id()));
    std::fs::write(&file, b"ok")?;
    std::fs::remove_file(file)
}

/// Does somebody tidy up? Too many temporary files are a warning; counting them is kept a minute.
#[health_check(name = "tempFiles", failure_status = "degraded", success_ttl = "1m")]
fn temp_files() -> std::io::Result<bool> {
    Ok(std::fs::read_dir(std::env::temp_dir())?.nth(10_000).is_none())
}

/// What the shop is configured with.
#[derive(Serialize)]
struct Shop {
    currency: &'static str,
    languages: [&'static str; 2],
    api_key: &'static str,
}

#[env_source(name = "shop")]
fn shop() -> Shop {
    // The key is shown as ****** in /actuator/env.
    Shop { currency: "EUR", languages: ["en", "de"], api_key: "s3cr3t" }
}

async fn greet(greetings: Arc<Greetings>, audit: Audit, name: String) -> String {
    let count = greetings.0.fetch_add(1, Ordering::Relaxed) + 1;
    audit.record(&name, "GREETED", Greeted { count });
    tracing::info!(%name, count, "greeting");
    tracing::debug!(%name, "only seen once the level of quickstart is DEBUG");
    format!("Hello, {name}!\n")
}

fn setup(app: &mut App) -> Router {
    let (greetings, audit) = (Arc::new(Greetings::default()), app.audit());
    app.component(greetings.clone());
    let orders = orders::routes(audit.clone());
    let greet = move |Path(name): Path<String>| greet(greetings.clone(), audit.clone(), name);
    Router::new().route("/hello/{name}", get(greet)).merge(orders)
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}

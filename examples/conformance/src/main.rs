//! The application of the recordings in `actuator/tests/golden`: the same components, groups,
//! sources, loggers, routes and `/ctl` switches, so that its recorded answers can be replayed
//! against this crate (`cargo test -p conformance --test golden -- --nocapture`).

mod audit;
mod caches;
mod checks;
mod client;
mod endpoints;
mod jobs;
mod loggers;
mod meters;
mod migrations;
mod routes;
mod sessions;
mod switches;

use std::sync::Arc;

use actuator::{ActuatorInfo, App, routing::Router};

use switches::Switches;

#[derive(ActuatorInfo)]
struct Demo;

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}

async fn setup(app: &mut App) -> actuator::Result<Router> {
    let switches = Arc::new(Switches::new(app.availability()));
    app.component(Arc::clone(&switches));
    audit::remember(app);
    loggers::speak();
    meters::register(&app.meters());
    jobs::register(app);
    caches::register(app);
    migrations::register(app);
    sessions::register(app);
    Ok(routes::routes(switches))
}

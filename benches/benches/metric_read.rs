//! What reading one metric costs, and that it does not depend on how many there are: requests per
//! second of `GET /actuator/metrics/{name}` in a service with 10 and in one with 1,000 meters of
//! its own, beside a plain axum handler that answers the same bytes.

use std::{error::Error, time::Duration};

use actuator::{Actuator, Running};
use actuator_benches::{
    load::{Target, compare},
    plain,
};
use tokio::runtime;

const ROUNDS: usize = 11;
const ROUND: Duration = Duration::from_millis(800);
const PATH: &str = "/actuator/metrics/orders.5";

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let few = servers.block_on(start_actuator(10))?;
    let many = servers.block_on(start_actuator(1_000))?;
    let (few, many) = (Target::get(few.address(), PATH), Target::get(many.address(), PATH));
    let sample = load.block_on(many.ask())?;
    println!("{}", String::from_utf8_lossy(&sample.body));
    let plain = Target::get(servers.block_on(plain::serve(PATH, sample.body))?, PATH);

    let variants = [
        ("plain axum handler, same bytes", plain),
        ("GET /actuator/metrics/{name}, 10 meters", few),
        ("GET /actuator/metrics/{name}, 1,000 meters", many),
    ];
    load.block_on(compare(&variants, ROUNDS, ROUND))?;
    Ok(())
}

async fn start_actuator(meters: usize) -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("metric-read", "1.0.0")
        .force_setting("server.port", "0")
        .with(move |app| {
            for number in 0..meters {
                let counter = app.meters().meter(format!("orders.{number}")).counter();
                counter.increment();
            }
        })
        .start()
        .await
}

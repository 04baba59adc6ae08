//! What our own loop of connections costs beside `axum::serve`: requests per second over loopback,
//! on connections that are kept alive, and on a new one for each request.
//!
//! Both serve the same router with the same layer, in this process, and take turns under the same
//! load. The servers have one thread and the load another.

use std::{
    error::Error,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use actuator::{Actuator, Builder, Running};
use actuator_benches::{
    load::{Target, compare},
    table,
};
use axum::{Router, routing::get};
use tokio::{net::TcpListener, runtime};

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(600);
/// Callers at once that open a connection for each request.
const CALLERS: usize = 8;
const PATH: &str = "/plain";

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let bare = servers.block_on(serve_with_axum())?;
    let ours = servers.block_on(serve_with_actuator())?;
    let targets = [
        ("axum::serve", Target::get(bare, PATH)),
        ("actuator's listener", Target::get(ours.address(), PATH)),
    ];
    println!("connections that are kept alive");
    load.block_on(compare(&targets, ROUNDS, ROUND))?;
    println!("\na connection for each request");
    load.block_on(compare_anew(&targets))?;
    Ok(())
}

/// All that is not the listener is off.
fn builder() -> Builder {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("listener", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("actuator.request-id.enabled", "false")
        .force_setting("management.httpexchanges.recording.enabled", "false")
        .force_setting("management.metrics.enable.http", "false")
}

fn routes() -> Router {
    Router::new().route(PATH, get(|| async { "plain" }))
}

async fn serve_with_actuator() -> actuator::Result<Running> {
    builder().router(routes()).start().await
}

async fn serve_with_axum() -> Result<SocketAddr, Box<dyn Error>> {
    let actuator = builder().build().await?;
    let router = routes().merge(actuator.router()).layer(actuator.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}

/// As [`compare`], with a connection for each request.
async fn compare_anew(targets: &[(&str, Target)]) -> io::Result<()> {
    let mut measured = vec![Vec::new(); targets.len()];
    for round in 0..=ROUNDS {
        for ((_, target), rates) in targets.iter().zip(&mut measured) {
            let rate = anew(target).await?;
            if round > 0 {
                rates.push(rate);
            }
        }
    }
    let names = targets.iter().map(|(name, _)| *name);
    let rows: Vec<_> = names.zip(measured.iter().map(|rates| table::median(rates))).collect();
    table::print(&format!("median of {ROUNDS} rounds"), "requests/s", &rows);
    Ok(())
}

async fn anew(target: &Target) -> io::Result<f64> {
    let began = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let target = target.clone();
            tokio::spawn(async move {
                let mut count = 0_u32;
                while began.elapsed() < ROUND {
                    target.ask().await?;
                    count += 1;
                }
                io::Result::Ok(count)
            })
        })
        .collect();
    let mut count = 0;
    for caller in callers {
        count += caller.await.map_err(io::Error::other)??;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

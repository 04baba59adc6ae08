//! What a request allocates: calls of the allocator per request of one axum router without a network,
//! bare, with a middleware that does nothing, and with the layer as it can be set.
//!
//! Twice, each in a process of its own: without a `tracing` subscriber, and with the one that
//! actuator installs.

#[path = "request/mod.rs"]
mod request;

use std::alloc::System;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower::ServiceExt as _;

use crate::request::{HEADERS, Variant, request, router, served};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: u32 = 20_000;
const TRACED: (&str, &str) =
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

async fn nothing(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn allocations(router: &Router, headers: &[(&str, &str)]) -> f64 {
    let send = || async {
        let Ok(response) = router.clone().oneshot(request(headers)).await;
        std::hint::black_box(response);
    };
    // Rings and pools fill up.
    for _ in 0..2_000 {
        send().await;
    }
    let region = Region::new(ALLOCATOR);
    for _ in 0..REQUESTS {
        send().await;
    }
    let change = region.change();
    let calls = change.allocations + change.reallocations;
    f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / f64::from(REQUESTS)
}

async fn measure_all() -> actuator::Result<()> {
    let mut variants = vec![
        ("nothing", router()),
        ("no-op middleware", router().layer(middleware::from_fn(nothing))),
    ];
    for variant in Variant::ALL {
        variants.push((variant.name, router().layer(variant.layer().await?)));
    }
    for (_, router) in &mut variants {
        *router = served(std::mem::take(router));
    }
    let traced: Vec<_> = HEADERS.into_iter().chain([TRACED]).collect();
    println!(
        "{:<28} {:>10} {:>10} {:>10}",
        "allocations/request", "no headers", "6 headers", "traced"
    );
    for (name, router) in &variants {
        print!("{name:<28}");
        for headers in [&[], &HEADERS[..], &traced] {
            print!(" {:>10.3}", allocations(router, headers).await);
        }
        println!();
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if request::measures_in_children()? {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(measure_all())?)
}

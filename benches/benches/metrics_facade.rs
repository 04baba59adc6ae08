//! What a recording through the `metrics` crate costs: nanoseconds for a counter and a histogram
//! with five labels each, through the macros and through handles that are kept, into our registry
//! and into that of metrics-exporter-prometheus, and into none at all, which is what the macros
//! themselves cost; in one run. The variants take turns, so that a
//! slow moment hits all of them.

use std::{hint::black_box, thread, time::Instant};

use actuator::Actuator;
use actuator_benches::table;
use axum_prometheus::metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use metrics::{
    Counter, Histogram, NoopRecorder, Recorder, Unit, counter, describe_histogram, histogram,
    with_local_recorder,
};

const ROUNDS: usize = 41;
const RECORDINGS: u32 = 20_000;

const BUCKETS: [f64; 14] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];

/// Labels that the compiler knows: the key is made once.
fn literals() {
    counter!("orders", "method" => "GET", "uri" => "/orders/{id}", "status" => "200",
        "outcome" => "SUCCESS", "region" => "eu")
    .increment(1);
    histogram!("orders.time", "method" => "GET", "uri" => "/orders/{id}", "status" => "200",
        "outcome" => "SUCCESS", "region" => "eu")
    .record(0.012);
}

/// The values of a request, which the program knows when it runs: the key is made each time.
fn values() -> (Counter, Histogram) {
    let (method, uri) = (black_box("GET"), black_box("/orders/{id}"));
    let (status, outcome, region) = (black_box("200"), black_box("SUCCESS"), black_box("eu"));
    (
        counter!("orders", "method" => method, "uri" => uri, "status" => status,
            "outcome" => outcome, "region" => region),
        histogram!("orders.time", "method" => method, "uri" => uri, "status" => status,
            "outcome" => outcome, "region" => region),
    )
}

fn record(handles: &(Counter, Histogram)) {
    handles.0.increment(1);
    handles.1.record(black_box(0.012));
}

/// Nanoseconds of one call.
fn measure(call: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..RECORDINGS {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(RECORDINGS)
}

/// A counter and a histogram: with literal labels, with labels of the run time, by handles.
fn all_ways(recorder: &dyn Recorder) -> [f64; 3] {
    with_local_recorder(recorder, || {
        describe_histogram!("orders.time", Unit::Seconds, "How long orders take");
        let handles = values();
        [measure(literals), measure(|| record(&values())), measure(|| record(&handles))]
    })
}

/// The same on several threads at once, all on the same series: the slowest thread.
fn on_threads<R: Recorder + Sync>(recorder: &R, threads: usize) -> [f64; 3] {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| all_ways(recorder))).collect();
        let slowest = |mut slowest: [f64; 3], one: [f64; 3]| {
            for (slowest, one) in slowest.iter_mut().zip(one) {
                *slowest = slowest.max(one);
            }
            slowest
        };
        threads.into_iter().filter_map(|thread| thread.join().ok()).fold([0.0; 3], slowest)
    })
}

fn prometheus() -> Result<(impl Recorder + Sync, PrometheusHandle), Box<dyn std::error::Error>> {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
    let handle = recorder.handle();
    Ok((recorder, handle))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let slo = BUCKETS.map(|bound| bound.to_string()).join(",");
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .force_setting("management.metrics.distribution.slo.orders.time", slo);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let actuator = runtime.block_on(builder.build())?;
    let ours = actuator.metrics_recorder();
    let (theirs, upkeep) = prometheus()?;
    for threads in [1, 2] {
        let mut rounds: [Vec<[f64; 3]>; 3] = Default::default();
        for round in 0..=ROUNDS {
            let measured = [
                on_threads(&ours, threads),
                on_threads(&theirs, threads),
                on_threads(&NoopRecorder, threads),
            ];
            // Else it keeps each value that was ever recorded.
            upkeep.run_upkeep();
            // The first round warms up.
            if round > 0 {
                for (rounds, measured) in rounds.iter_mut().zip(measured) {
                    rounds.push(measured);
                }
            }
        }
        for (way, title) in
            ["labels known to the compiler", "labels of the run time", "handles that are kept"]
                .iter()
                .enumerate()
        {
            let of = |rounds: &Vec<[f64; 3]>| {
                let figures: Vec<f64> =
                    rounds.iter().filter_map(|round| round.get(way).copied()).collect();
                table::median(&figures)
            };
            let [ours, theirs, none] = &rounds;
            table::print(
                &format!("counter and histogram, {threads} thread(s), {title}"),
                "ns",
                &[
                    ("actuator", of(ours)),
                    ("metrics-exporter-prometheus 0.18", of(theirs)),
                    ("no recorder", of(none)),
                ],
            );
        }
    }
    Ok(())
}

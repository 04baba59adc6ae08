//! What it costs a thread to log a line: an event of three fields in a span of two, in each of our
//! formats, beside the JSON and the text of `tracing-subscriber`. All of them write to nowhere.
//!
//! Ours are written by another thread; while that works, nothing is measured, so that a full queue
//! makes nothing look fast. The variants take turns, so that a slow moment hits all of them.

use std::{
    alloc::System,
    error::Error,
    hint::black_box,
    io,
    time::{Duration, Instant},
};

use actuator::logging::{self, LogFormat, OutputLayer};
use actuator_benches::table;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tracing::{Dispatch, dispatcher, info, info_span};
use tracing_subscriber::{Registry, fmt, layer::SubscriberExt as _};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 60;
/// As many lines as fit into our queue.
const LINES: u32 = 1_000;
/// The middle round has to be quick, not the quickest one: a line is short, and rounds are many.
const PATIENCE: Duration = Duration::from_secs(10);

/// A way to write lines.
struct Way {
    name: &'static str,
    dispatch: Dispatch,
    ours: Option<OutputLayer>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let ways = [
        theirs("tracing-subscriber, JSON", fmt::layer().json().with_writer(io::sink)),
        theirs("tracing-subscriber, text", fmt::layer().with_ansi(false).with_writer(io::sink)),
        ours("text", LogFormat::Text)?,
        ours("logstash", LogFormat::Logstash)?,
        ours("ecs", LogFormat::Ecs)?,
        ours("gelf", LogFormat::Gelf)?,
        ours("c2c", LogFormat::C2c)?,
    ];
    let kinds: [(&str, fn()); 3] = [
        ("plain values", plain as fn()),
        ("text with a colon and quotes", with_address),
        ("Debug and Display", foreign),
    ];
    for (title, line) in kinds {
        let mut nanos = vec![Vec::new(); ways.len()];
        let mut bytes = vec![0.0; ways.len()];
        for _ in 0..ROUNDS {
            for (index, way) in ways.iter().enumerate() {
                let (took, allocated) = measure(way, line);
                nanos.get_mut(index).ok_or("a way")?.push(took);
                *bytes.get_mut(index).ok_or("a way")? = allocated;
            }
        }
        let rows: Vec<_> = ways
            .iter()
            .zip(nanos.iter().zip(bytes))
            .map(|(way, (nanos, bytes))| (way.name, vec![bytes, table::median(nanos)]))
            .collect();
        table::print_columns(title, &["B/line", "ns/line"], &rows);
    }
    for way in &ways {
        let lost = way.ours.as_ref().map_or(0, OutputLayer::dropped);
        assert_eq!(lost, 0, "{} lost lines, so its figures mean nothing", way.name);
    }
    Ok(())
}

fn theirs<L>(name: &'static str, layer: L) -> Way
where
    L: tracing_subscriber::Layer<Registry> + Send + Sync,
{
    Way { name, dispatch: Dispatch::new(Registry::default().with(layer)), ours: None }
}

fn ours(name: &'static str, format: LogFormat) -> io::Result<Way> {
    let layer = logging::output().format(format).service("shop", "1.2.3").writer(io::sink());
    let layer = layer.build()?;
    let dispatch = Dispatch::new(Registry::default().with(layer.clone()));
    Ok(Way { name, dispatch, ours: Some(layer) })
}

/// Nanoseconds and allocated bytes of a line.
fn measure(way: &Way, line: fn()) -> (f64, f64) {
    dispatcher::with_default(&way.dispatch, || {
        let span = info_span!("request", method = "GET", order = 4711);
        let _entered = span.enter();
        let region = Region::new(ALLOCATOR);
        let began = Instant::now();
        for _ in 0..LINES {
            line();
        }
        let took = began.elapsed();
        let allocated = region.change().bytes_allocated;
        if let Some(ours) = &way.ours {
            ours.flush_within(PATIENCE);
        }
        let lines = f64::from(LINES);
        (took.as_secs_f64() * 1e9 / lines, f64::from(u32::try_from(allocated).unwrap_or(0)) / lines)
    })
}

fn plain() {
    info!(rows = black_box(3), ratio = black_box(0.25), cache = black_box("hit"), "order stored");
}

fn with_address() {
    let address = black_box("http://localhost:8080/orders?state=\"new\"");
    info!(rows = black_box(3), ratio = black_box(0.25), address, "calling: the next one");
}

fn foreign() {
    let (state, id) = (black_box(Some("paid")), black_box(4711));
    info!(?state, %id, rows = black_box(3), "order {id} stored");
}

//! What `#[timed]` and `#[counted]` add to a call, beside the clock alone and handles that were
//! resolved by hand: nanoseconds per call of a function that does nothing.

use std::{error::Error, hint::black_box, sync::Arc, thread, time::Instant};

use actuator::{
    Actuator, counted,
    meter::{Counter, Timer},
    metrics, timed,
};
use actuator_benches::table;

const ROUNDS: usize = 11;
const CALLS: u32 = 200_000;

#[inline(never)]
fn plain(number: u64) -> Result<u64, String> {
    if number == u64::MAX { Err(String::new()) } else { Ok(black_box(number)) }
}

#[inline(never)]
fn clock(number: u64) -> Result<u64, String> {
    let started = Instant::now();
    let returned = plain(number);
    black_box(started.elapsed());
    returned
}

#[timed("bench.timed")]
#[inline(never)]
fn timed_call(number: u64) -> Result<u64, String> {
    plain(number)
}

#[counted("bench.counted")]
#[inline(never)]
fn counted_call(number: u64) -> Result<u64, String> {
    plain(number)
}

#[timed("bench.failing", error = Refused::kind)]
#[inline(never)]
fn failing_call(number: u64) -> Result<u64, Refused> {
    if black_box(number) == u64::MAX { Ok(number) } else { Err(Refused("sold_out")) }
}

struct Refused(&'static str);

impl Refused {
    fn kind(&self) -> &'static str {
        self.0
    }
}

#[metrics(prefix = "bench.handles")]
struct Handles {
    timer: Arc<Timer>,
    counter: Arc<Counter>,
}

/// What is called, by its name.
type Variant = (&'static str, Box<dyn FnMut(u64)>);

/// Nanoseconds of one call.
fn per_call(mut call: impl FnMut(u64)) -> f64 {
    let started = Instant::now();
    for number in 0..u64::from(CALLS) {
        call(number);
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut variants: Vec<Variant> = vec![
        ("the clock, read twice", Box::new(|number| drop(black_box(clock(number))))),
        ("the function alone", Box::new(|number| drop(black_box(plain(number))))),
        ("#[timed] before a service started", Box::new(|n| drop(black_box(timed_call(n))))),
        ("#[counted] before a service started", Box::new(|n| drop(black_box(counted_call(n))))),
    ];
    let before = measure(&mut variants);
    let (sent, handles) = std::sync::mpsc::channel();
    let _service = Actuator::builder()
        .isolated()
        .force_setting("server.port", "0")
        .with(move |app| drop(sent.send(app.metrics::<Handles>())))
        .start()
        .await?;
    let handles = handles.recv()?;
    let (timer, counter) = (Arc::clone(&handles.timer), Arc::clone(&handles.counter));
    let mut variants: Vec<Variant> = vec![
        (
            "Timer, handle resolved by hand",
            Box::new(move |number| {
                let started = Instant::now();
                drop(black_box(plain(number)));
                timer.record(started.elapsed());
            }),
        ),
        ("#[timed]", Box::new(|number| drop(black_box(timed_call(number))))),
        ("#[timed], an error with a name", Box::new(|n| drop(black_box(failing_call(n))))),
        (
            "Counter, handle resolved by hand",
            Box::new(move |number| {
                drop(black_box(plain(number)));
                counter.increment();
            }),
        ),
        ("#[counted]", Box::new(|number| drop(black_box(counted_call(number))))),
    ];
    let after = measure(&mut variants);
    let title = format!("median of {ROUNDS} rounds, {} cores", thread::available_parallelism()?);
    table::print(&title, "ns/call", &[before, after].concat());
    Ok(())
}

fn measure(variants: &mut [Variant]) -> Vec<(&'static str, f64)> {
    let mut rounds = vec![Vec::new(); variants.len()];
    for round in 0..=ROUNDS {
        for ((_, call), measured) in variants.iter_mut().zip(&mut rounds) {
            let nanos = per_call(&mut *call);
            // The first round warms up.
            if round > 0 {
                measured.push(nanos);
            }
        }
    }
    variants.iter().zip(&rounds).map(|((name, _), all)| (*name, table::median(all))).collect()
}

//! What thread dumps with stacks cost, and whether a process survives them: some thousand dumps of a
//! service with 200 threads, among them such that panic, unwind, capture backtraces, allocate and come
//! and go all the time. Prints how many threads answered and how many of their stacks were complete,
//! by kind; how long a dump takes; and the latency of requests without dumps and with one a second.
//!
//! `cargo bench -p actuator-benches --bench thread_stacks -- 10000` takes 10,000 dumps; 1,000 by
//! default. The service is a process of its own; that it lost its life is an error.

use std::{
    backtrace::Backtrace,
    collections::BTreeMap,
    env,
    error::Error,
    hint,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    panic,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use actuator::Actuator;
use actuator_benches::{
    load::{Connection, Target},
    table,
};
use axum::{Router, routing::get};
use tokio::{runtime, time};

const DUMPS: usize = 1_000;
/// The argument of the process that serves.
const SERVE: &str = "--serve";
const THREADS: usize = 200;
/// How long requests are sent in a round, without dumps or with them, and how many rounds of each.
const LASTS: Duration = Duration::from_secs(10);
const ROUNDS: usize = 7;
const KINDS: [&str; 8] =
    ["panics", "backtraces", "allocates", "spawns", "computes", "parks", "sleeps", "tokio"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if let Some(at) = arguments.iter().position(|argument| argument == SERVE) {
        let is_hostile = arguments.get(at + 1).is_some_and(|kind| kind == "hostile");
        return runtime.block_on(serve(is_hostile));
    }
    let dumps = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(DUMPS);
    runtime.block_on(soak(dumps))?;
    runtime.block_on(quiet())
}

/// The process that serves.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(kind: &str) -> Result<Self, Box<dyn Error>> {
        let mut child =
            Command::new(env::current_exe()?).args([SERVE, kind]).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut addresses = lines.filter_map(|line| line.strip_prefix("serves ")?.parse().ok());
        let address = addresses.next().ok_or("it does not say where it serves")?;
        Ok(Self { child, address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often threads of a kind were seen, answered, and told all of their stack.
#[derive(Default)]
struct Seen {
    threads: u32,
    answered: u32,
    complete: u32,
}

async fn soak(dumps: usize) -> Result<(), Box<dyn Error>> {
    let mut server = Server::start("hostile")?;
    let mut dump = Connection::open(&stacks(server.address)).await?;
    let (mut kinds, mut took) = (BTreeMap::<&str, Seen>::new(), Vec::new());
    for _ in 0..dumps {
        let began = Instant::now();
        let answer = dump.ask().await?;
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
        count(&String::from_utf8(answer.body)?, &mut kinds);
    }
    if let Some(status) = server.child.try_wait()? {
        return Err(format!("the service is gone: {status}").into());
    }
    println!("{dumps} dumps, and the service is alive");
    let percent = |part: u32, all: u32| 100.0 * f64::from(part) / f64::from(all.max(1));
    let rows: Vec<(&str, Vec<f64>)> = kinds
        .iter()
        .map(|(kind, seen)| {
            let shares =
                [percent(seen.answered, seen.threads), percent(seen.complete, seen.answered)];
            (*kind, vec![f64::from(seen.threads), shares[0], shares[1]])
        })
        .collect();
    table::print_columns("stacks by kind", &["threads", "% answered", "% complete"], &rows);
    took.sort_by(f64::total_cmp);
    let row = vec![at(&took, 50), at(&took, 99), at(&took, 100)];
    let title = format!("a dump of {THREADS} threads, some hostile, in ms");
    table::print_columns(&title, &["p50", "p99", "max"], &[("dump", row)]);
    Ok(())
}

/// The dump as text.
fn stacks(address: SocketAddr) -> Target {
    Target::get(address, "/actuator/threaddump").accepting("text/plain")
}

/// Reads the text form: a head for each thread, then its frames.
fn count(text: &str, kinds: &mut BTreeMap<&'static str, Seen>) {
    for block in text.split("\n\"").skip(1) {
        let Some(kind) = KINDS.iter().find(|kind| block.starts_with(**kind)) else { continue };
        let seen = kinds.entry(kind).or_default();
        seen.threads += 1;
        if block.contains("\tat ") {
            seen.answered += 1;
            seen.complete += u32::from(!block.contains("\t... "));
        }
    }
}

/// A service whose threads wait, as those of most do: what dumps cost its callers.
async fn quiet() -> Result<(), Box<dyn Error>> {
    let server = Server::start("quiet")?;
    let dump = stacks(server.address);
    let mut once = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        dump.ask().await?;
        once.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    once.sort_by(f64::total_cmp);
    let row = vec![at(&once, 50), at(&once, 99)];
    let title = format!("a dump of {THREADS} threads that wait, in ms");
    table::print_columns(&title, &["p50", "p99"], &[("dump", row)]);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(latency(server.address).await?);
        let dump = dump.clone();
        let dumping = tokio::spawn(async move {
            loop {
                let _ = dump.ask().await;
                time::sleep(Duration::from_secs(1)).await;
            }
        });
        with.push(latency(server.address).await?);
        dumping.abort();
    }
    let rows = [("no dumps", micros(&without)), ("one a second", micros(&with))];
    table::print_columns("requests meanwhile, in µs", &["p50", "p99.9", "p99"], &rows);
    Ok(())
}

/// The median of each percentile over rounds of milliseconds.
fn micros(rounds: &[Vec<f64>]) -> Vec<f64> {
    let median = |percent: f64| {
        let values: Vec<f64> = rounds.iter().map(|sorted| at(sorted, percent) * 1e3).collect();
        table::median(&values)
    };
    [50.0, 99.9, 99.0].map(median).to_vec()
}

/// Of requests that follow one another on four connections, sorted, in milliseconds.
async fn latency(address: SocketAddr) -> Result<Vec<f64>, Box<dyn Error>> {
    let target = Target::get(address, "/hello");
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let target = target.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(&target).await?;
                let (began, mut took) = (Instant::now(), Vec::new());
                while began.elapsed() < LASTS {
                    let asked = Instant::now();
                    connection.expect_ok().await?;
                    took.push(asked.elapsed().as_secs_f64() * 1_000.0);
                }
                Ok::<_, std::io::Error>(took)
            })
        })
        .collect();
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await??);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

/// A percentile of sorted values.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn at(sorted: &[f64], percent: impl Into<f64>) -> f64 {
    let index = (sorted.len() as f64 * percent.into() / 100.0) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

async fn serve(is_hostile: bool) -> Result<(), Box<dyn Error>> {
    panic::set_hook(Box::new(|_| {}));
    let mut count = THREADS;
    if is_hostile {
        for (kind, many, turn) in hostile() {
            for _ in 0..many {
                start(kind, turn)?;
            }
            count -= many;
        }
    }
    for number in 0..count {
        if number % 2 == 0 {
            start("parks", thread::park)?;
        } else {
            start("sleeps", || thread::sleep(Duration::from_millis(500)))?;
        }
    }
    let running = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("stacks", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("actuator.threaddump.time-to-live", "0ms")
        .router(Router::new().route("/hello", get(|| async { "hello" })))
        .start()
        .await?;
    println!("serves {}", running.address());
    running.until_told_to_stop().await;
    Ok(())
}

type Turn = fn();

/// Threads that are in the middle of something all the time, and how many of each.
fn hostile() -> [(&'static str, usize, Turn); 5] {
    fn panics() {
        fn deeper(levels: u32) -> u32 {
            let guard = Box::new(levels);
            if levels == 0 {
                #[expect(clippy::panic, reason = "threads that panic are what is looked at")]
                panic::panic_any(levels);
            }
            deeper(levels - 1) + *guard
        }
        let _ = panic::catch_unwind(|| deeper(hint::black_box(20)));
    }
    fn backtraces() {
        drop(hint::black_box(Backtrace::force_capture()));
    }
    fn allocates() {
        let texts: Vec<String> = (0..64).map(|number| format!("{number:>200}")).collect();
        drop(hint::black_box(texts));
    }
    fn spawns() {
        if let Ok(thread) = thread::Builder::new().name("short".to_owned()).spawn(|| ()) {
            let _ = thread.join();
        }
    }
    fn computes() {
        hint::black_box((0..10_000_u64).fold(1, |sum, number| hint::black_box(sum ^ number)));
    }
    [
        ("panics", 2, panics),
        ("backtraces", 2, backtraces),
        ("allocates", 2, allocates),
        ("spawns", 1, spawns),
        ("computes", 1, computes),
    ]
}

fn start(kind: &str, turn: impl Fn() + Send + 'static) -> std::io::Result<()> {
    let thread = thread::Builder::new().name(kind.to_owned());
    thread.spawn(move || {
        loop {
            turn();
        }
    })?;
    Ok(())
}

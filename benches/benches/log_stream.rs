//! What viewers of the log cost the application that writes it: the throughput of a thread that logs
//! as fast as it can, and the time of a line at 50 MB/s, without viewers, with 20 who read, and with
//! 20 who do not; what each viewer got of it; and the memory of the process.
//!
//! The log goes to memory only, where a line is cheapest and viewers weigh most. The variants take
//! turns in one service, so that a slow moment hits all of them. The viewers live in this process,
//! on a thread of their own: what they cost is in the figures too.

use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use actuator::{Actuator, Running};
use actuator_benches::table;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime,
};
use tracing::info;

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(2);
const VIEWERS: u64 = 20;
/// Bytes per second of the paced thread.
const PACE: f64 = 50e6;
/// Makes lines of about 200 bytes.
const PADDING: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
                       xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const LINE: f64 = 200.0;

/// What those who watch do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    Nobody,
    Read,
    /// They open the stream and read nothing.
    Sleep,
}

/// What the viewers got.
#[derive(Default)]
struct Got {
    bytes: AtomicU64,
    lost: AtomicU64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let service = servers.block_on(start())?;
    let address = service.address();
    let before = resident();
    let variants = [
        ("no viewers", Watch::Nobody),
        ("20 viewers who read", Watch::Read),
        ("20 viewers who do not", Watch::Sleep),
    ];
    let mut rounds = vec![Vec::new(); variants.len()];
    let mut resident_after = vec![0; variants.len()];
    let got = Arc::new(Got::default());
    for round in 0..=ROUNDS {
        let measured = rounds.iter_mut().zip(&mut resident_after);
        for ((_, watch), (measured, after)) in variants.iter().zip(measured) {
            let viewers = Viewers::open(address, *watch, &got)?;
            let figures = [full_speed(), paced()];
            *after = resident();
            viewers.close();
            // The first round warms up.
            if round > 0 {
                measured.push(figures);
            }
        }
    }
    for (at, title, unit) in [
        (1, "a line at 50 MB/s, median", "ns"),
        (0, "one thread that logs as fast as it can, median", "lines/s"),
    ] {
        let rows: Vec<_> = variants
            .iter()
            .zip(&rounds)
            .map(|((name, _), rounds)| {
                let column: Vec<f64> = rounds.iter().filter_map(|r| r.get(at).copied()).collect();
                (*name, table::median(&column))
            })
            .collect();
        table::print(title, unit, &rows);
    }
    let seconds = ROUND.as_secs_f64() * 2.0 * 10.0 * 20.0;
    let (bytes, lost) = (got.bytes.load(Relaxed), got.lost.load(Relaxed));
    println!(
        "\na viewer gets {:.0} bytes/s; {lost} lines were told as lost",
        as_f64(bytes) / seconds
    );
    println!("resident before: {} KiB", before / 1024);
    for ((name, _), after) in variants.iter().zip(resident_after) {
        println!("resident at the end of the last round, {name}: {} KiB", after / 1024);
    }
    Ok(())
}

async fn start() -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("log-stream", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("logging.console.enabled", "false")
        .start()
        .await
}

fn log_line(number: u64) {
    info!(target: "shop::orders", number, "{PADDING}");
}

/// Lines per second.
fn full_speed() -> f64 {
    let began = Instant::now();
    let mut lines = 0_u64;
    while began.elapsed() < ROUND {
        for _ in 0..1_000 {
            log_line(lines);
            lines += 1;
        }
    }
    as_f64(lines) / began.elapsed().as_secs_f64()
}

/// Nanoseconds of a line, of a thread that logs a bit each millisecond.
fn paced() -> f64 {
    let (began, mut busy, mut lines) = (Instant::now(), Duration::ZERO, 0_u64);
    while began.elapsed() < ROUND {
        let start = Instant::now();
        while as_f64(lines) * LINE < began.elapsed().as_secs_f64() * PACE {
            log_line(lines);
            lines += 1;
        }
        busy += start.elapsed();
        thread::sleep(Duration::from_millis(1));
    }
    busy.as_secs_f64() * 1e9 / as_f64(lines)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Resident bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

/// Open streams, read on a thread of their own.
struct Viewers {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Viewers {
    fn open(address: SocketAddr, watch: Watch, got: &Arc<Got>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (stopped, got) = (Arc::clone(&stop), Arc::clone(got));
        let (tell, told) = std::sync::mpsc::channel();
        let count = if watch == Watch::Nobody { 0 } else { VIEWERS };
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let mut tasks = Vec::new();
                for _ in 0..count {
                    let got = Arc::clone(&got);
                    let Ok(stream) = open(address).await else { break };
                    tasks.push(tokio::spawn(read(stream, watch, got)));
                }
                let _ = tell.send(tasks.len());
                while !stopped.load(Relaxed) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                tasks.iter().for_each(tokio::task::JoinHandle::abort);
            });
        });
        if told.recv() != Ok(usize::try_from(count).unwrap_or_default()) {
            return Err(std::io::Error::other("a stream cannot be opened"));
        }
        Ok(Self { stop, thread })
    }

    fn close(self) {
        self.stop.store(true, Relaxed);
        let _ = self.thread.join();
        // The places of those who do not read are free once the server has noticed.
        thread::sleep(Duration::from_millis(700));
    }
}

async fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /actuator/logstream?tail=0 HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    if !head.ends_with(b"200") {
        return Err(std::io::Error::other(String::from_utf8_lossy(&head).into_owned()));
    }
    Ok(stream)
}

async fn read(mut stream: TcpStream, watch: Watch, got: Arc<Got>) {
    if watch == Watch::Sleep {
        std::future::pending::<()>().await;
    }
    let mut buffer = vec![0; 128 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        got.bytes.fetch_add(length as u64, Relaxed);
        // Of what is told there is one at most in a part.
        let part = buffer.get(..length).unwrap_or_default();
        let mark = b"{\"lost\":";
        let lost = part.windows(mark.len()).position(|window| window == mark);
        let digits = lost.and_then(|at| part.get(at + mark.len()..)).unwrap_or_default();
        let digits: String =
            digits.iter().map(|b| char::from(*b)).take_while(char::is_ascii_digit).collect();
        got.lost.fetch_add(digits.parse().unwrap_or_default(), Relaxed);
    }
}

//! What thousands of callers who dawdle cost everybody else: silent ones, such that send a byte of
//! a head per second, half a body, or never read their answer. Meanwhile a probe asks for liveness,
//! on a connection of its own each time: how long that takes, and how many descriptors the service
//! has before, meanwhile, and once its time-outs are over although no caller has closed anything.
//!
//! The service is a process of its own: with actuator's listener, with room for fewer callers than
//! there are, and with `axum::serve`, which has no time-outs. Raises the limit of descriptors as far
//! as it may; more than 6,000 are needed.

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use actuator::{Actuator, Builder};
use actuator_benches::{load::Target, table};
use axum::{Router, body::Body, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime,
    time::{sleep, timeout},
};

const CALLERS: usize = 5_000;
/// How long the probe asks.
const LASTS: Duration = Duration::from_secs(20);
/// How long the service's time-outs may take after that.
const AFTERWARDS: Duration = Duration::from_secs(25);
const BETWEEN_PROBES: Duration = Duration::from_millis(10);
const LIVENESS: &str = "/actuator/health/liveness";
/// The argument of the process that serves, with one of the variants.
const SERVE: &str = "--serve";
const VARIANTS: [&str; 3] = ["actuator", "actuator, room for 2,000", "axum::serve"];

fn main() -> Result<(), Box<dyn Error>> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut arguments = env::args().skip_while(|argument| argument != SERVE).skip(1);
    if let Some(variant) = arguments.next() {
        return runtime.block_on(serve(&variant));
    }
    let mut rows = Vec::new();
    for variant in VARIANTS {
        eprintln!("{variant}: {} s at most", (LASTS + AFTERWARDS).as_secs());
        rows.push((variant, runtime.block_on(measure(variant))?));
    }
    let columns =
        ["files before", "files during", "files after", "probes", "lost", "p50 ms", "p99 ms"];
    table::print_columns(&format!("{CALLERS} slow callers"), &columns, &rows);
    Ok(())
}

/// The process that serves.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(variant: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(env::current_exe()?)
            .args([SERVE, variant])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut addresses = lines.filter_map(|line| line.strip_prefix("serves ")?.parse().ok());
        let address = addresses.next().ok_or("it does not say where it serves")?;
        Ok(Self { child, address })
    }

    fn files(&self) -> Result<f64, Box<dyn Error>> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count();
        Ok(f64::from(u32::try_from(files)?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn measure(variant: &str) -> Result<Vec<f64>, Box<dyn Error>> {
    let server = Server::start(variant)?;
    let probe = Target::get(server.address, LIVENESS);
    probe.ask().await?;
    sleep(Duration::from_millis(100)).await;
    let before = server.files()?;
    let until = Instant::now() + LASTS;
    let callers: Vec<_> =
        (0..CALLERS).map(|number| tokio::spawn(dawdle(server.address, number, until))).collect();
    let mut took = Vec::new();
    let mut during = 0.0_f64;
    let mut lost = 0_u32;
    while Instant::now() < until {
        let asked = Instant::now();
        // A probe that is hung up on is lost, and asks again at once.
        while probe.ask().await.is_err() {
            lost += 1;
        }
        took.push(asked.elapsed().as_secs_f64() * 1_000.0);
        if took.len() % 100 == 0 {
            during = during.max(server.files()?);
        }
        sleep(BETWEEN_PROBES).await;
    }
    let deadline = Instant::now() + AFTERWARDS;
    let mut after = server.files()?;
    while after > before && Instant::now() < deadline {
        sleep(Duration::from_millis(100)).await;
        after = server.files()?;
    }
    for caller in callers {
        caller.abort();
    }
    took.sort_by(f64::total_cmp);
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or(f64::NAN);
    let probes = f64::from(u32::try_from(took.len())?);
    Ok(vec![before, during, after, probes, f64::from(lost), at(50), at(99)])
}

/// One of the callers, who comes back when it is sent away.
async fn dawdle(address: SocketAddr, number: usize, until: Instant) {
    // They come within a second, and not at once: the queue of the socket is not what is measured.
    sleep(Duration::from_micros(u64::try_from(number).unwrap_or(0) * 200)).await;
    while Instant::now() < until {
        let Ok(mut stream) = TcpStream::connect(address).await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        match number % 4 {
            0 => wait_for_end(&mut stream).await,
            1 => trickle(&mut stream).await,
            2 => {
                let half = "POST /actuator/loggers/x HTTP/1.1\r\nhost: x\r\n\
                            content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
                let _ = stream.write_all(half.as_bytes()).await;
                wait_for_end(&mut stream).await;
            }
            _ => {
                let _ = stream.write_all(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n").await;
                // Never reads, so that it does not learn of its end either.
                sleep(LASTS + AFTERWARDS).await;
            }
        }
    }
}

async fn wait_for_end(stream: &mut TcpStream) {
    let mut buffer = [0; 512];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

async fn trickle(stream: &mut TcpStream) {
    while stream.write_all(b"G").await.is_ok() {
        let mut byte = [0];
        // Nothing is said in the middle of a head: what comes is the end.
        if timeout(Duration::from_secs(1), stream.read(&mut byte)).await.is_ok() {
            return;
        }
    }
}

fn routes() -> Router {
    let long: Arc<[u8]> = vec![b'x'; 16 * 1024 * 1024].into();
    let body = axum::body::Bytes::from_owner(long);
    Router::new().route("/long", get(move || async move { Body::from(body) }))
}

fn builder() -> Builder {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("slow-clients", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("actuator.server.write-timeout", "10s")
}

async fn serve(variant: &str) -> Result<(), Box<dyn Error>> {
    if variant == VARIANTS[2] {
        let actuator = builder().build().await?;
        let router = routes().merge(actuator.router()).layer(actuator.layer());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("serves {}", listener.local_addr()?);
        axum::serve(listener, router).await?;
        return Ok(());
    }
    let mut builder = builder().router(routes());
    if variant == VARIANTS[1] {
        builder = builder.force_setting("actuator.server.max-connections", "2000");
    }
    let running = builder.start().await?;
    println!("serves {}", running.address());
    running.until_told_to_stop().await;
    Ok(())
}

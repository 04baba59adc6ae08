//! What levels that can be changed cost: a callsite that is off, with and without a thousand levels
//! of others, and one change of a level with 5,000 callsites; beside the `Targets` of
//! `tracing-subscriber`, fixed and reloadable.
//!
//! Callsites remember for the whole process what its subscriber said, so each way is measured in
//! processes of its own, which take turns.

use std::{
    env,
    error::Error,
    hint::black_box,
    process::Command,
    time::{Duration, Instant},
};

use actuator::Actuator;
use actuator_benches::table;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header::CONTENT_TYPE},
};
use tower::ServiceExt as _;
use tracing::{
    Level, Metadata,
    callsite::{Callsite, DefaultCallsite, Identifier},
    field::FieldSet,
    level_filters::LevelFilter,
    metadata::Kind,
    subscriber::Interest,
};
use tracing_subscriber::{
    Registry,
    filter::Targets,
    layer::{Layer, SubscriberExt as _},
    reload,
};

/// By which a process is told what to measure.
const WAY: &str = "LOG_LEVELS_WAY";
const WAYS: [(&str, &str); 4] = [
    ("static", "tracing-subscriber, Targets, fixed"),
    // What is fixed has one set of levels only.
    ("static-many", "tracing-subscriber, Targets, fixed"),
    ("reload", "tracing-subscriber, Targets, reloadable"),
    ("actuator", "actuator::logging::layer()"),
];
const ROUNDS: usize = 7;
const CALLS: u32 = 20_000_000;
const CALLSITES: usize = 5_000;
const CALLSITES_PER_TARGET: usize = 10;
const OVERRIDES: usize = 1_000;
const CHANGES: u32 = 200;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What one process has measured.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Picoseconds of a call that is off, where every other level is INFO.
    off: f64,
    /// The same beside a thousand levels of other targets, TRACE among them.
    off_beside_many: f64,
    /// Microseconds of a change of one level.
    change: f64,
    /// The same beside a thousand others.
    change_beside_many: f64,
}

fn main() -> Result<()> {
    if let Ok(way) = env::var(WAY) {
        let Figures { off, off_beside_many, change, change_beside_many } = measure(&way)?;
        println!("figures {off} {off_beside_many} {change} {change_beside_many}");
        return Ok(());
    }
    let mut best = [[f64::INFINITY; 4]; WAYS.len()];
    for _ in 0..ROUNDS {
        for ((way, _), best) in WAYS.iter().zip(&mut best) {
            for (best, figure) in best.iter_mut().zip(in_a_process(way)?) {
                *best = best.min(figure);
            }
        }
    }
    let rows = |at: usize| -> Vec<(&str, f64)> {
        WAYS.iter()
            .zip(&best)
            .filter_map(|((_, name), figures)| Some((*name, *figures.get(at)?)))
            .filter(|(_, figure)| figure.is_finite())
            .collect()
    };
    table::print("a callsite that is off", "ps", &rows(0));
    table::print("the same beside 1,000 levels of others", "ps", &rows(1));
    table::print("one change, 5,000 callsites (ours: over the API)", "us", &rows(2));
    table::print("the same beside 1,000 levels of others", "us", &rows(3));
    Ok(())
}

/// The four figures of a way, from a process of its own.
fn in_a_process(way: &str) -> Result<[f64; 4]> {
    let output = Command::new(env::current_exe()?).env(WAY, way).output()?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().find_map(|line| line.strip_prefix("figures "));
    let line = line.ok_or_else(|| {
        format!("{way} measured nothing: {text}{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let mut figures = [f64::INFINITY; 4];
    for (figure, word) in figures.iter_mut().zip(line.split(' ')) {
        *figure = word.parse()?;
    }
    Ok(figures)
}

fn measure(way: &str) -> Result<Figures> {
    match way {
        "static" => measure_static(0),
        "static-many" => measure_static(OVERRIDES),
        "reload" => measure_reload(),
        _ => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(measure_actuator()),
    }
}

/// Hears everything that passes, and does nothing with it.
struct Null;

impl<S: tracing::Subscriber> Layer<S> for Null {}

/// INFO, and so many levels of targets that nobody uses.
fn targets(many: usize) -> Targets {
    let levels = [LevelFilter::TRACE, LevelFilter::DEBUG, LevelFilter::WARN, LevelFilter::OFF];
    let others = (0..many).zip(levels.into_iter().cycle());
    let others = others.map(|(number, level)| (format!("other::t{number}"), level));
    Targets::new().with_default(LevelFilter::INFO).with_targets(others)
}

fn measure_static(many: usize) -> Result<Figures> {
    let subscriber = Registry::default().with(Null).with(targets(many));
    tracing::subscriber::set_global_default(subscriber)?;
    let (off, never) = (off(), f64::INFINITY);
    let (off, off_beside_many) = if many > 0 { (never, off) } else { (off, never) };
    Ok(Figures { off, off_beside_many, change: never, change_beside_many: never })
}

fn measure_reload() -> Result<Figures> {
    let (filter, handle) = reload::Layer::new(targets(0));
    tracing::subscriber::set_global_default(Registry::default().with(Null).with(filter))?;
    let off_alone = off();
    make_callsites();
    let changed = |many: usize| -> Result<f64> {
        let mut took = Vec::new();
        for change in 0..CHANGES {
            let level = if change % 2 == 0 { LevelFilter::DEBUG } else { LevelFilter::WARN };
            // As one who changes one level would do: the others are kept in it.
            let targets = targets(many).with_target("shop::db", level);
            let began = Instant::now();
            handle.reload(targets)?;
            took.push(began.elapsed());
        }
        Ok(micros(&took))
    };
    let change = changed(0)?;
    handle.reload(targets(OVERRIDES))?;
    let off_beside_many = off();
    Ok(Figures { off: off_alone, off_beside_many, change, change_beside_many: changed(OVERRIDES)? })
}

async fn measure_actuator() -> Result<Figures> {
    let subscriber = Registry::default().with(Null).with(actuator::logging::layer());
    tracing::subscriber::set_global_default(subscriber)?;
    let builder = Actuator::builder().isolated().listening_on(([127, 0, 0, 1], 8080).into());
    let router = builder.build().await?.router();
    let off_alone = off();
    make_callsites();
    let change = changed_over_the_api(&router).await?;
    let levels = ["TRACE", "DEBUG", "WARN", "OFF"].into_iter().cycle();
    let many: Vec<String> = (1..OVERRIDES)
        .zip(levels)
        .map(|(number, level)| format!("\"other::t{number}\":\"{level}\""))
        .collect();
    let body = format!("{{\"levels\":{{{}}}}}", many.join(","));
    post(&router, "/actuator/loggeroverrides", body).await?;
    let off_beside_many = off();
    let change_beside_many = changed_over_the_api(&router).await?;
    Ok(Figures { off: off_alone, off_beside_many, change, change_beside_many })
}

/// Microseconds from the request to the answer.
async fn changed_over_the_api(router: &Router) -> Result<f64> {
    let mut took = Vec::new();
    for change in 0..CHANGES {
        let level = if change % 2 == 0 { "DEBUG" } else { "WARN" };
        let body = format!("{{\"configuredLevel\":\"{level}\"}}");
        let began = Instant::now();
        post(router, "/actuator/loggers/shop::db", body).await?;
        took.push(began.elapsed());
    }
    Ok(micros(&took))
}

async fn post(router: &Router, target: &str, body: String) -> Result<()> {
    let request = Request::post(target).header(CONTENT_TYPE, "application/json");
    let answer = router.clone().oneshot(request.body(Body::from(body))?).await?;
    match answer.status() {
        StatusCode::NO_CONTENT => Ok(()),
        status => Err(format!("{target} answered {status}").into()),
    }
}

/// The middle one.
fn micros(took: &[Duration]) -> f64 {
    table::median(&took.iter().map(|took| took.as_secs_f64() * 1e6).collect::<Vec<_>>())
}

/// Picoseconds of a call that is off: the quickest of some runs. The same code for all ways.
#[inline(never)]
fn off() -> f64 {
    let run = || {
        let began = Instant::now();
        for number in 0..CALLS {
            tracing::debug!(target: "shop::cart", number = black_box(number), "not said");
        }
        began.elapsed().as_secs_f64() * 1e12 / f64::from(CALLS)
    };
    (0..5).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// Registers callsites of all levels, as a large service has them once it has done everything.
fn make_callsites() {
    let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
    for number in 0..CALLSITES {
        let module = number / CALLSITES_PER_TARGET;
        let target = format!("service::area{}::module{module}", module % 20);
        let level = levels.get(number % levels.len()).copied().unwrap_or(Level::INFO);
        // They live as long as the process, as those of macros do.
        let metadata = Box::leak(Box::new(Metadata::new(
            "event of a benchmark",
            target.leak(),
            level,
            None,
            None,
            None,
            FieldSet::new(&["message"], Identifier(&Nobody)),
            Kind::EVENT,
        )));
        Box::leak(Box::new(DefaultCallsite::new(metadata))).register();
    }
}

/// Gives fields an identity; it is never registered.
struct Nobody;

impl Callsite for Nobody {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        static METADATA: Metadata<'static> = Metadata::new(
            "nobody",
            "nobody",
            Level::TRACE,
            None,
            None,
            None,
            FieldSet::new(&[], Identifier(&Nobody)),
            Kind::EVENT,
        );
        &METADATA
    }
}
